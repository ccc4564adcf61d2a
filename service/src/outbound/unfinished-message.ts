const EMPTY = Buffer.alloc(0);

/** The start of a hub message whose rest is still to come: own memory, and however small the pieces are, no more work. */
export class UnfinishedMessage {
  #memory = EMPTY;
  #length = 0;

  /** Bytes that are held. */
  get length(): number {
    return this.#length;
  }

  /** Adds a piece. Gives all that came, valid until the next call. */
  add(piece: Buffer): Buffer {
    const length = this.#length + piece.length;
    if (length > this.#memory.length) {
      // Doubled: to copy everything for every piece would cost the square of its size.
      const larger = Buffer.allocUnsafe(Math.max(length, 2 * this.#length));
      this.#memory.copy(larger, 0, 0, this.#length);
      this.#memory = larger;
    }
    piece.copy(this.#memory, this.#length);
    this.#length = length;
    return this.#memory.subarray(0, length);
  }

  /** Holds a copy of `start` in place of what was held. */
  begin(start: Buffer): void {
    this.#memory = start.length === 0 ? EMPTY : Buffer.from(start);
    this.#length = start.length;
  }
}
