/** Passed chunks that are kept before they are dropped together. */
const maxPassed = 64;

/** Chunks that wait to be read, first in, first out. Taking one costs the same however many wait. */
export class ChunkQueue {
  #chunks: Uint8Array[] = [];
  #passed = 0;

  get isEmpty(): boolean {
    return this.#passed === this.#chunks.length;
  }

  push(chunk: Uint8Array): void {
    this.#chunks.push(chunk);
  }

  shift(): Uint8Array | undefined {
    const chunk = this.#chunks[this.#passed];
    if (chunk === undefined) {
      return undefined;
    }
    this.#passed++;
    if (this.#passed === this.#chunks.length || (this.#passed > maxPassed && this.#passed * 2 > this.#chunks.length)) {
      this.#chunks = this.#chunks.slice(this.#passed);
      this.#passed = 0;
    }
    return chunk;
  }
}
