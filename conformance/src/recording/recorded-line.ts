// What real SDKs and clients said to a service, and what it answered, one line an event (recordings/README.md).

/** Bytes: text where they are UTF-8, else base64; long runs of one character by their length. */
export type RecordedPart = string | { readonly base64: string } | { readonly repeat: string; readonly times: number };
export type RecordedPayload = RecordedPart | readonly RecordedPart[];

/** A service message by name, its fields by name. */
export type RecordedMessage = Readonly<Record<string, unknown>> & { readonly type: string };

export type RecordedClaims = Readonly<Record<string, unknown>>;
type Headers = Readonly<Record<string, string>>;

/** `does`: a peer did it, and does it again. `gets`: the service did it, and must do it again. */
export type RecordedLine =
  | {
      readonly does: 'connect';
      readonly who: string;
      readonly path: string;
      readonly headers: Headers;
      readonly claims: RecordedClaims;
    }
  | { readonly does: 'negotiate'; readonly who: string; readonly path: string; readonly claims: RecordedClaims }
  | { readonly gets: 'answer'; readonly who: string; readonly status: number; readonly body: unknown }
  | { readonly does: 'open'; readonly who: string; readonly path: string; readonly headers: Headers }
  | { readonly does: 'say'; readonly who: string; readonly kind: string; readonly payload: RecordedPayload }
  | { readonly gets: 'hub-message'; readonly who: string; readonly kind: string; readonly payload: RecordedPayload }
  | { readonly does: 'send'; readonly who: string; readonly message: RecordedMessage }
  | { readonly gets: 'message'; readonly who: string; readonly message: RecordedMessage }
  | { readonly gets: 'data'; readonly who: string; readonly client: string; readonly payload: RecordedPayload }
  | {
      readonly does: 'call';
      readonly who: string;
      readonly method: string;
      readonly path: string;
      readonly headers: Headers;
      readonly claims?: RecordedClaims;
      readonly payload: RecordedPayload;
    }
  | { readonly gets: 'reply'; readonly who: string; readonly status: number; readonly headers: Headers }
  | { readonly does: 'close'; readonly who: string; readonly code: number }
  | { readonly gets: 'close'; readonly who: string; readonly code: number };

export type Deed = Extract<RecordedLine, { readonly does: string }>;
export type Outcome = Extract<RecordedLine, { readonly gets: string }>;

export function isDeed(line: RecordedLine): line is Deed {
  return 'does' in line;
}

export function bytesOf(payload: RecordedPayload): Buffer {
  const parts: readonly RecordedPart[] = Array.isArray(payload) ? payload : [payload as RecordedPart];
  return Buffer.concat(parts.map(bytesOfPart));
}

function bytesOfPart(part: RecordedPart): Buffer {
  if (typeof part === 'string') return Buffer.from(part);
  return 'base64' in part ? Buffer.from(part.base64, 'base64') : Buffer.from(part.repeat.repeat(part.times), 'latin1');
}
