/** What was sent since the last reset, and how much may be. */
export class MessageBudget {
  #limit = Number.POSITIVE_INFINITY;
  #spent = 0;
  readonly #onSpent: () => void;

  /** `onSpent`: told when the limit is reached, by a message or by a lower limit. */
  constructor(onSpent: () => void = ignore) {
    this.#onSpent = onSpent;
  }

  /** `Infinity`: no end. */
  get limit(): number {
    return this.#limit;
  }

  /** Since the last reset. */
  get spent(): number {
    return this.#spent;
  }

  get isSpent(): boolean {
    return this.#spent >= this.#limit;
  }

  /** Changes the limit; what was spent stays spent. */
  changeLimit(messages: number): void {
    const wasSpent = this.isSpent;
    this.#limit = messages;
    if (this.isSpent && !wasSpent) this.#onSpent();
  }

  /** A new day. */
  reset(): void {
    this.#spent = 0;
  }

  /** On the way of every delivery: an addition and a comparison. */
  spend(messages: number): void {
    const before = this.#spent;
    this.#spent = before + messages;
    if (this.#spent >= this.#limit && before < this.#limit) this.#onSpent();
  }
}

function ignore(): void {
  // Nobody asked to be told.
}
