// Tracing ids of what this app server sends, while the service wants them (service-protocol 6.1, 8.5).
import { randomInt } from 'node:crypto';
import type { ServiceMessage } from '@signalite/protocol/service';

const PREFIX_BITS = 28;
const COUNTER_BITS = 32;

/** Gives messages ids. */
export interface MessageMarker {
  /** The message with an id, or itself where it needs none. */
  mark<M extends ServiceMessage>(message: M): M;
}

/** Gives each message an id by which the service's log can be followed: a random prefix of this hub, and a counter. */
export class MessageTracing implements MessageMarker {
  /** Gives every message an id, wanted or not: for what is sent on behalf of diagnostic clients. */
  readonly always: MessageMarker = { mark: (message) => this.#marked(message) };
  /** The endpoints that want it. */
  readonly #wantedBy = new Set<string>();
  readonly #prefix = BigInt(randomInt(2 ** PREFIX_BITS)) << BigInt(COUNTER_BITS);
  #count = 0;

  /** Switched by the service of an endpoint; it is on while one of them wants it. */
  switch(endpoint: string, isWanted: boolean): void {
    if (isWanted) this.#wantedBy.add(endpoint);
    else this.#wantedBy.delete(endpoint);
  }

  /** The message itself while tracing is off. */
  mark<M extends ServiceMessage>(message: M): M {
    return this.#wantedBy.size === 0 ? message : this.#marked(message);
  }

  #marked<M extends ServiceMessage>(message: M): M {
    this.#count = (this.#count + 1) >>> 0;
    return { ...message, tracingId: this.#prefix | BigInt(this.#count) };
  }
}
