const EMPTY = new Uint8Array(0);

/**
 * Bytes that arrived and were not taken yet.
 *
 * A chunk that arrives while nothing is held back is looked at in place; what is left of it is copied by `keep()`, so
 * that the owner of the chunk may reuse it. Memory that `take()` has given out is never written again, so its views
 * stay true for as long as the chunk itself does.
 */
export class StreamBuffer {
  #bytes: Uint8Array = EMPTY;
  #start = 0;
  #end = 0;
  #isOwned = true;

  get length(): number {
    return this.#end - this.#start;
  }

  push(chunk: Uint8Array): void {
    if (chunk.length === 0) return;
    if (this.length === 0) {
      this.#bytes = chunk;
      this.#start = 0;
      this.#end = chunk.length;
      this.#isOwned = false;
      return;
    }
    // A borrowed chunk is always full, so what is written to here is our own.
    if (this.#end + chunk.length > this.#bytes.length) this.#move(this.length + chunk.length);
    this.#bytes.set(chunk, this.#end);
    this.#end += chunk.length;
  }

  /** The byte at `offset` from the first one held, or undefined behind the last one. */
  at(offset: number): number | undefined {
    return offset < this.length ? this.#bytes[this.#start + offset] : undefined;
  }

  /** Where `byte` is found first at or behind `from`, or -1. */
  indexOf(byte: number, from: number): number {
    const index = this.#bytes.subarray(0, this.#end).indexOf(byte, this.#start + from);
    return index < 0 ? -1 : index - this.#start;
  }

  drop(length: number): void {
    this.#start += length;
  }

  /** The next `length` bytes, as a view. */
  take(length: number): Uint8Array {
    const from = this.#start;
    this.drop(length);
    return this.#bytes.subarray(from, from + length);
  }

  /** Call it when no complete message is left: gives back a borrowed chunk, and memory that nothing is in. */
  keep(): void {
    if (this.length === 0) {
      this.#bytes = EMPTY;
      this.#start = 0;
      this.#end = 0;
      this.#isOwned = true;
    } else if (!this.#isOwned) {
      this.#move(this.length);
    }
  }

  #move(needed: number): void {
    // Doubling keeps the cost of many small chunks linear.
    const moved = new Uint8Array(needed > this.length ? Math.max(needed, 2 * this.length, 64) : needed);
    moved.set(this.#bytes.subarray(this.#start, this.#end));
    this.#end = this.length;
    this.#start = 0;
    this.#bytes = moved;
    this.#isOwned = true;
  }
}
