// An app server may invent types as it likes.
const TYPES_MAX = 64;

/** Messages of one server connection that were ignored: those of newer SDKs, and those that nobody asked for. */
export class IgnoredMessages {
  readonly #counts = new Map<number, number>();

  /** Counts one; true when it is the first of its type, and so worth a word. */
  count(messageType: number): boolean {
    const before = this.#counts.get(messageType) ?? 0;
    if (before === 0 && this.#counts.size >= TYPES_MAX) return false;
    this.#counts.set(messageType, before + 1);
    return before === 0;
  }

  /** How many there were, by message type. */
  get counts(): ReadonlyMap<number, number> {
    return this.#counts;
  }
}
