/** Bytes allocated at first for a body that comes in pieces. */
const initialBytes = 16 * 1024;

/**
 * A message body that comes in pieces, put together in one buffer.
 *
 * The buffer doubles as pieces arrive and ends at the announced length, so a length prefix alone reserves next to
 * nothing, each byte is copied about twice at most, and many tiny pieces hold no more memory than their bytes.
 */
export class SplitBody {
  /** Length that the prefix announced. */
  readonly byteLength: number;
  #bytes: Uint8Array;
  #received = 0;

  constructor(byteLength: number) {
    this.byteLength = byteLength;
    this.#bytes = new Uint8Array(Math.min(byteLength, initialBytes));
  }

  get isComplete(): boolean {
    return this.#received === this.byteLength;
  }

  /** The buffer; holds the body in its first `byteLength` bytes once it is complete. */
  get bytes(): Uint8Array {
    return this.#bytes;
  }

  /** Takes what it needs of `chunk` from `start` on; gives the number of bytes taken. */
  add(chunk: Uint8Array, start: number): number {
    const taken = Math.min(chunk.length - start, this.byteLength - this.#received);
    this.#ensure(this.#received + taken);
    this.#bytes.set(chunk.subarray(start, start + taken), this.#received);
    this.#received += taken;
    return taken;
  }

  #ensure(needed: number): void {
    if (needed <= this.#bytes.length) {
      return;
    }
    const grown = new Uint8Array(Math.min(this.byteLength, Math.max(needed, this.#bytes.length * 2)));
    grown.set(this.#bytes.subarray(0, this.#received));
    this.#bytes = grown;
  }
}
