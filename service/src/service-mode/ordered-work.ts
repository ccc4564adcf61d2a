/** Work of one client, one piece after the other in the order in which it came. */
export class OrderedWork {
  #last: Promise<void> = Promise.resolve();
  #waiting = 0;

  /** Pieces that are not done. */
  get waiting(): number {
    return this.#waiting;
  }

  /** `work` must not reject. */
  add(work: () => Promise<void>): void {
    this.#waiting += 1;
    this.#last = this.#last.then(work).finally(() => {
      this.#waiting -= 1;
    });
  }
}
