import { type CompletionMessage, HubMessageType, type InvocationMessage } from '@signalite/protocol';
import type { ClientLog } from './client-log.ts';

/** A handler of one client method. */
export type MethodHandler = (...args: unknown[]) => unknown;

/** The methods that the hub can call on this client, and the answers to those calls (client-protocol 3.10). */
export class ClientMethods {
  readonly #handlers = new Map<string, MethodHandler[]>();
  readonly #log: ClientLog;

  constructor(log: ClientLog) {
    this.#log = log;
  }

  /** Adding a handler twice is adding it once. */
  add(method: string, handler: MethodHandler): void {
    const key = method.toLowerCase();
    const handlers = this.#handlers.get(key) ?? [];
    if (!handlers.includes(handler)) this.#handlers.set(key, [...handlers, handler]);
  }

  /** Without a handler, all of the method's go. */
  remove(method: string, handler?: MethodHandler): void {
    const key = method.toLowerCase();
    const rest = handler ? this.#handlers.get(key)?.filter((one) => one !== handler) : undefined;
    if (rest?.length) this.#handlers.set(key, rest);
    else this.#handlers.delete(key);
  }

  /** Calls the handlers one after the other, and answers if the hub asked. */
  call(message: InvocationMessage, answer: (message: CompletionMessage) => Promise<void>): void {
    void this.#run(message).then((outcome) => {
      const { invocationId } = message;
      if (!invocationId) return;
      const head = { type: HubMessageType.Completion, invocationId } as const;
      answer({ ...head, ...outcome })
        // A result that cannot be encoded is the hub's to know. If the connection is lost, nobody waits.
        .catch((error) => answer({ ...head, error: String(error) }))
        .catch(() => undefined);
    });
  }

  async #run({ target, arguments: args }: InvocationMessage): Promise<{ result: unknown } | { error: string }> {
    const results: unknown[] = [];
    let failure: string | undefined;
    const handlers = this.#handlers.get(target.toLowerCase());
    if (!handlers) this.#log({ name: 'method-without-handler', method: target });
    for (const handler of handlers ?? []) {
      try {
        const result = await handler(...args);
        if (result === undefined) continue;
        results.push(result);
        failure = undefined;
      } catch (error) {
        failure = String(error);
        this.#log({ name: 'handler-failed', method: target, error });
      }
    }
    if (results.length > 1) return { error: 'Client provided multiple results.' };
    if (failure !== undefined) return { error: failure };
    return results.length ? { result: results[0] } : { error: "Client didn't provide a result." };
  }
}
