import type { ClientLog } from './client-log.ts';

/** The callbacks of one event, called in the order in which they were added. */
export class Callbacks<A extends readonly unknown[]> {
  readonly #callbacks = new Set<(...args: A) => unknown>();
  readonly #log: ClientLog;

  constructor(log: ClientLog) {
    this.#log = log;
  }

  /** Gives back a function that removes the callback. */
  add(callback: (...args: A) => unknown): () => void {
    this.#callbacks.add(callback);
    return () => this.#callbacks.delete(callback);
  }

  /** A callback that throws is told of in the log and keeps none of the others from being called. */
  call(...args: A): void {
    for (const callback of [...this.#callbacks]) {
      try {
        callback(...args);
      } catch (error) {
        this.#log({ name: 'handler-failed', error });
      }
    }
  }
}
