// What differs between Kestrel and the SDK inside the app, and reaches clients only because SdkApp tells it. Each is
// written as Kestrel has it before lines are compared.

interface Explained {
  readonly reason: string;
  readonly sdk: RegExp;
  readonly kestrel: string;
}

export const EXPLAINED: readonly Explained[] = [
  {
    reason: 'the SDK throws HubException where Kestrel throws IOException, when a client that is asked is not there',
    sdk: /HubException: (Connection '[^']*' does not exist\.)/g,
    kestrel: 'IOException: $1',
  },
  {
    reason: "the same when it goes; the SDK's own text wins when it notices before the service's answer is there",
    sdk: /HubException: (Connection '[^']*')(?: is)? disconnected\./g,
    kestrel: 'IOException: $1 disconnected.',
  },
];

/** A line as Kestrel would have it, as far as differences are explained. */
export function asKestrel(line: string): string {
  return EXPLAINED.reduce((text, { sdk, kestrel }) => text.replace(sdk, kestrel), line);
}
