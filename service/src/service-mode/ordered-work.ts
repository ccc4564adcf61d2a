import type { WorkCounter } from './work-counter.ts';

/** Work of one client, one piece after the other in the order in which it came. */
export class OrderedWork {
  readonly #all: WorkCounter;
  #last: Promise<void> = Promise.resolve();
  #waiting = 0;

  /** `all`: counts the work of all clients. */
  constructor(all: WorkCounter) {
    this.#all = all;
  }

  /** Pieces that are not done. */
  get waiting(): number {
    return this.#waiting;
  }

  /** `work` must not reject. */
  add(work: () => Promise<void>): void {
    this.#waiting += 1;
    this.#all.begin();
    this.#last = this.#last.then(work).finally(() => {
      this.#waiting -= 1;
      this.#all.end();
    });
  }
}
