// What an endpoint is asked over and over while endpoints come and go (service-protocol 6.1, 12.2).
import { type ServicePingMessage, serversRequestPing, statusRequestPing } from '@signalite/protocol/service';
import type { Outlet } from '../server-connection/outlet.ts';

const INTERVAL_MS = 5_000;

/** `servers`: which app servers are connected. `status`: are there clients. */
export type Question = 'servers' | 'status';

const PINGS: { readonly [Q in Question]: () => ServicePingMessage } = {
  servers: serversRequestPing,
  status: statusRequestPing,
};

/** The questions to one endpoint that are open now. */
export class EndpointQuestions {
  readonly #now: () => number;
  /** When each was asked last. */
  readonly #askedAt = new Map<Question, number>();

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Asked with the next sweep first. */
  ask(question: Question): void {
    this.#askedAt.set(question, Number.NEGATIVE_INFINITY);
  }

  stop(question: Question): void {
    this.#askedAt.delete(question);
  }

  /** Once a second. */
  sweep(outlet: Outlet | undefined): void {
    const now = this.#now();
    for (const [question, askedAt] of this.#askedAt) {
      if (outlet === undefined || now - askedAt < INTERVAL_MS) continue;
      this.#askedAt.set(question, now);
      outlet.append(PINGS[question]());
    }
  }
}
