// Confirmations that the service owes us (service-protocol 8.4).
import { AckStatus } from '@signalite/protocol/service';
import { SignalRServerError } from '../errors.ts';
import type { Outlet } from './outlet.ts';

const ACK_TIMEOUT_MS = 10_000;
const ACK_ID_MAX = 2 ** 31 - 1;
const PENDING_MAX = 100_000;

interface PendingAck {
  readonly outlet: Outlet;
  readonly deadlineAt: number;
  readonly resolve: (answer: AckAnswer) => void;
  readonly reject: (error: Error) => void;
}

/** An operation that the service confirms. */
export interface AwaitedAck {
  readonly ackId: number;
  /** False when what the operation is about is not there. */
  readonly confirmed: Promise<boolean>;
}

/** What the service answered. */
export interface AckAnswer {
  /** False when what the operation is about is not there. */
  readonly isDone: boolean;
  /** The answer to a query. */
  readonly payload: Uint8Array | undefined;
}

/** An operation whose answer is more than a confirmation. */
export interface AwaitedAnswer {
  readonly ackId: number;
  readonly answered: Promise<AckAnswer>;
}

/** The pending confirmations of one hub, by id. */
export class Acks {
  readonly #pending = new Map<number, PendingAck>();
  readonly #now: () => number;
  #lastId = 0;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Expects a confirmation on `outlet` within ten seconds. */
  expect(outlet: Outlet): AwaitedAck {
    const { ackId, answered } = this.expectAnswer(outlet);
    return { ackId, confirmed: answered.then(({ isDone }) => isDone) };
  }

  /** Expects an answer on `outlet` within ten seconds. */
  expectAnswer(outlet: Outlet): AwaitedAnswer {
    if (this.#pending.size >= PENDING_MAX) {
      throw new SignalRServerError('ack-failed', `${PENDING_MAX} operations wait for the service. Await some of them.`);
    }
    const ackId = this.#nextId();
    const answered = new Promise<AckAnswer>((resolve, reject) => {
      this.#pending.set(ackId, { outlet, deadlineAt: this.#now() + ACK_TIMEOUT_MS, resolve, reject });
    });
    return { ackId, answered };
  }

  /** The service answered. Late and repeated answers are ignored. */
  complete(ackId: number, status: number, payload?: Uint8Array): void {
    const pending = this.#pending.get(ackId);
    if (pending === undefined) return;
    this.#pending.delete(ackId);
    if (status === AckStatus.Ok) pending.resolve({ isDone: true, payload: payload && Uint8Array.from(payload) });
    else if (status === AckStatus.NotFound) pending.resolve({ isDone: false, payload: undefined });
    else if (status === AckStatus.Timeout || status === AckStatus.InternalServerError) pending.reject(timedOut());
    else pending.reject(new SignalRServerError('ack-failed', `The service refused the operation (status ${status}).`));
  }

  /** Gives up what was not confirmed in time. */
  expire(): void {
    const now = this.#now();
    this.#rejectWhere(({ deadlineAt }) => deadlineAt <= now, timedOut);
  }

  /** Confirmations come on the connection of the operation: with it they are lost. */
  connectionLost(outlet: Outlet): void {
    this.#rejectWhere(
      (pending) => pending.outlet === outlet,
      () => new SignalRServerError('connection-lost', 'The server connection ended before the service confirmed.'),
    );
  }

  #rejectWhere(matches: (pending: PendingAck) => boolean, error: () => Error): void {
    for (const [ackId, pending] of this.#pending) {
      if (!matches(pending)) continue;
      this.#pending.delete(ackId);
      pending.reject(error());
    }
  }

  #nextId(): number {
    do {
      this.#lastId = this.#lastId === ACK_ID_MAX ? 1 : this.#lastId + 1;
    } while (this.#pending.has(this.#lastId));
    return this.#lastId;
  }
}

function timedOut(): SignalRServerError {
  return new SignalRServerError('ack-timeout', 'The service did not confirm the operation in time. Try again.');
}
