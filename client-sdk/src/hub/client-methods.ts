import { HubMessageType, type InvocationMessage } from '@signalite/protocol';
import type { HubLink } from './hub-link.ts';

/** A handler of one client method. */
export type MethodHandler = (...args: unknown[]) => unknown;

/** Takes what handlers throw. */
export interface ErrorLog {
  error(message: string, error: unknown): void;
}

/** The methods that the hub can call on this client, by their names in lower case: those count without it. */
export type ClientMethods = Map<string, Set<MethodHandler>>;

/**
 * Calls the handlers of a method one after the other, and answers if the hub asked (client-protocol 3.10). Exactly one of
 * them must have a result then.
 */
export async function callClientMethod(
  methods: ClientMethods,
  { target, arguments: args, invocationId }: InvocationMessage,
  link: HubLink,
  log: ErrorLog,
): Promise<void> {
  const results: unknown[] = [];
  let error: string | undefined;
  for (const handler of [...(methods.get(target.toLowerCase()) ?? [])]) {
    try {
      const result = await handler(...args);
      if (result === undefined) continue;
      results.push(result);
      error = undefined;
    } catch (cause) {
      error = String(cause);
      log.error(target, cause);
    }
  }
  if (!invocationId) return;
  if (results.length > 1) error = 'Client provided multiple results.';
  else if (!results.length) error ??= "Client didn't provide a result.";
  const answer = { type: HubMessageType.Completion, invocationId };
  // A result that cannot be encoded is the hub's to know.
  await link
    .send({ ...answer, ...(error === undefined ? { result: results[0] } : { error }) })
    .catch((cause) => link.post({ ...answer, error: String(cause) }));
}
