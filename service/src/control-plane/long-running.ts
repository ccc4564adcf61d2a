// Long-running operations (control-plane 4), for people who want to see their pollers work: the work itself is done
// when the first answer goes out, and as many polls as were asked for say that it still runs.

import { randomUUID } from 'node:crypto';
import type { ArmError, ArmErrorDocument } from './arm-error.ts';

const OPERATIONS_MAX = 1000;

/** What an operation came to. `answer` is made when somebody asks, so that no key waits here. */
export type Outcome =
  | { readonly kind: 'succeeded'; readonly answer: () => Response }
  | { readonly kind: 'failed'; readonly error: ArmError };

export interface StatusDocument {
  readonly id: string;
  readonly name: string;
  readonly status: 'Running' | 'Succeeded' | 'Failed';
  readonly startTime: string;
  readonly endTime?: string;
  readonly error?: ArmErrorDocument;
}

/** One operation, and how often it is still said to run. */
export class LongRunningOperation {
  readonly id = randomUUID();
  readonly outcome: Outcome;
  readonly #startTime = new Date().toISOString();
  #pollsLeft: number;

  constructor(outcome: Outcome, polls: number) {
    this.outcome = outcome;
    this.#pollsLeft = polls;
  }

  /** Counts one poll; false while it is said to run. */
  poll(): boolean {
    if (this.#pollsLeft === 0) return true;
    this.#pollsLeft -= 1;
    return false;
  }

  /** `path`: of its own status. */
  status(path: string, isDone: boolean): StatusDocument {
    const head = { id: path, name: this.id, startTime: this.#startTime };
    if (!isDone) return { ...head, status: 'Running' };
    const endTime = new Date().toISOString();
    const { outcome } = this;
    return outcome.kind === 'succeeded'
      ? { ...head, status: 'Succeeded', endTime }
      : { ...head, status: 'Failed', endTime, error: outcome.error.document };
  }
}

/** Those of one process, the last thousand. */
export class LongRunningOperations {
  /** Polls of a call that does not say how many. 0: it is answered at once. */
  readonly defaultPolls: number;
  readonly #operations = new Map<string, LongRunningOperation>();

  constructor(defaultPolls: number) {
    this.defaultPolls = defaultPolls;
  }

  start(outcome: Outcome, polls: number): LongRunningOperation {
    const operation = new LongRunningOperation(outcome, polls);
    this.#operations.set(operation.id, operation);
    const [oldest] = this.#operations.keys();
    if (this.#operations.size > OPERATIONS_MAX && oldest !== undefined) this.#operations.delete(oldest);
    return operation;
  }

  find(id: string): LongRunningOperation | undefined {
    return this.#operations.get(id.toLowerCase());
  }
}
