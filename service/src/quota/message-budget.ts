/** What is left of the messages that may be sent, and what happens when nothing is. */
export class MessageBudget {
  #left = Number.POSITIVE_INFINITY;
  readonly #onSpent: () => void;

  /** `onSpent`: told when the last message was sent, once for each `grant`. */
  constructor(onSpent: () => void) {
    this.#onSpent = onSpent;
  }

  get isSpent(): boolean {
    return this.#left <= 0;
  }

  /** Allows so many messages from now on; `Infinity` for no end. */
  grant(messages: number): void {
    this.#left = messages;
    if (messages <= 0) this.#onSpent();
  }

  /** On the way of every delivery: two numbers and a comparison. */
  spend(messages: number): void {
    const before = this.#left;
    this.#left = before - messages;
    if (this.#left <= 0 && before > 0) this.#onSpent();
  }
}
