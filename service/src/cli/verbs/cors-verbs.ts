import type { ControlClient, ResourceDocument } from './control-client.ts';
import { found } from './resource-verbs.ts';
import { GROUP, NAME, texts, type Verb, type VerbFlags } from './verb.ts';

const ORIGINS = ['!-a, --allowed-origins <origins...>', 'origins of pages; * for any'] as const;

type Change = (now: readonly string[], given: readonly string[]) => readonly string[];

function originsOf({ properties }: ResourceDocument): readonly string[] {
  const cors = properties['cors'] as { readonly allowedOrigins?: readonly string[] } | undefined;
  return cors?.allowedOrigins ?? [];
}

async function changed(client: ControlClient, flags: VerbFlags, change: Change): Promise<unknown> {
  const resource = await found(client, flags);
  const allowedOrigins = change(originsOf(resource), texts(flags['allowedOrigins']) ?? []);
  return client.request('PATCH', resource.id, { properties: { cors: { allowedOrigins } } });
}

/** `az` never leaves a resource without origins. */
function orAll(origins: readonly string[]): readonly string[] {
  return origins.length === 0 ? ['*'] : origins;
}

export const CORS_VERBS: readonly Verb[] = [
  {
    name: 'list',
    description: 'show the origins that may call',
    options: [NAME, GROUP],
    example: 'signalite cors list --name my-signalr-service',
    run: async (client, flags) => ({ allowedOrigins: originsOf(await found(client, flags)) }),
  },
  {
    name: 'add',
    description: 'allow more origins',
    options: [NAME, GROUP, ORIGINS],
    example: 'signalite cors add --name my-signalr-service --allowed-origins http://localhost:3000',
    run: (client, flags) => changed(client, flags, (now, given) => [...new Set([...now, ...given])]),
  },
  {
    name: 'remove',
    description: 'allow origins no more; when none is left all are allowed, as in Azure',
    options: [NAME, GROUP, ORIGINS],
    example: 'signalite cors remove --name my-signalr-service --allowed-origins http://localhost:3000',
    run: (client, flags) => changed(client, flags, (now, given) => orAll(now.filter((one) => !given.includes(one)))),
  },
  {
    name: 'update',
    description: 'allow these origins and no others',
    options: [NAME, GROUP, ORIGINS],
    example: 'signalite cors update --name my-signalr-service --allowed-origins "*"',
    run: (client, flags) => changed(client, flags, (_, given) => given),
  },
];
