// Results that app servers wait for from clients (service-protocol 9).

/** How an invocation of a client ended. */
export type ResultOutcome =
  /** A framed Completion in the client's hub protocol. */
  | { readonly kind: 'completed'; readonly protocol: string; readonly payload: Uint8Array }
  /** The caller's own server connection carried the result: nothing is left to do. */
  | { readonly kind: 'delivered' }
  | { readonly kind: 'failed'; readonly why: ResultFailure; readonly error: string };

/** `reported`: by the app server that holds the client. `refused`: nobody was asked. */
export type ResultFailure = 'no-connection' | 'no-payload' | 'refused' | 'disconnected' | 'timed-out' | 'reported';

/** An invocation of a client that waits for its result. */
export interface AwaitedResult {
  readonly invocationId: string;
  readonly connectionId: string;
  readonly callerServerId: string;
}

interface PendingResult extends AwaitedResult {
  readonly deadlineAt: number;
  readonly settle: (outcome: ResultOutcome) => void;
}

/** Pending client results of one hub, by invocation id. */
export class ClientResults {
  readonly #pending = new Map<string, PendingResult>();
  readonly #max: number;

  constructor(max: number) {
    this.#max = max;
  }

  get count(): number {
    return this.#pending.size;
  }

  /** Why no wait may begin; undefined when one may. Ask before anybody is told of the invocation. */
  refusal(invocationId: string): string | undefined {
    if (this.#pending.has(invocationId)) return `Invocation id '${invocationId}' is already in use.`;
    return this.#pending.size < this.#max ? undefined : 'Too many client results are pending.';
  }

  /** Resolves when the client answered, left, or `deadlineAt` passed. The id must be free: see `refusal`. */
  wait(awaited: AwaitedResult, deadlineAt: number): Promise<ResultOutcome> {
    const { invocationId, connectionId, callerServerId } = awaited;
    return new Promise((settle) => {
      this.#pending.set(invocationId, { invocationId, connectionId, callerServerId, deadlineAt, settle });
    });
  }

  /** What one connection is asked for, in the order of asking. */
  awaitedFrom(connectionId: string): readonly AwaitedResult[] {
    if (this.#pending.size === 0) return [];
    return [...this.#pending.values()].filter((pending) => pending.connectionId === connectionId);
  }

  /** False when nobody waits for it, or it comes for another connection than the one asked. */
  complete(invocationId: string, connectionId: string, outcome: ResultOutcome): boolean {
    const pending = this.#pending.get(invocationId);
    if (pending === undefined || pending.connectionId !== connectionId) return false;
    this.#pending.delete(invocationId);
    pending.settle(outcome);
    return true;
  }

  failConnection(connectionId: string): void {
    if (this.#pending.size === 0) return;
    const error = `Connection '${connectionId}' disconnected.`;
    this.#failWhere((pending) => pending.connectionId === connectionId, 'disconnected', error);
  }

  expire(now: number): void {
    this.#failWhere((pending) => pending.deadlineAt <= now, 'timed-out', 'Invocation timed out.');
  }

  #failWhere(matches: (pending: PendingResult) => boolean, why: ResultFailure, error: string): void {
    for (const [id, pending] of this.#pending) {
      if (!matches(pending)) continue;
      this.#pending.delete(id);
      pending.settle({ kind: 'failed', why, error });
    }
  }
}
