// Cuts what a server sends into pieces of WebSocket payloads, without copies.

export const Opcode = { Ping: 9, Close: 8 } as const;

/** Where the pieces go. */
export interface FrameSink {
  /** A frame begins; `payloadBytes` may come in several pieces. */
  frameBegan(opcode: number, payloadBytes: number): void;
  /** The next bytes of its payload: `chunk[start, end)`, valid during the call only. */
  framePiece(chunk: Buffer, start: number, end: number): void;
}

const NOTHING = Buffer.alloc(0);

/** Reads unmasked frames from chunks that end anywhere. */
export class FrameReader {
  readonly #sink: FrameSink;
  #payloadLeft = 0;
  /** A frame header that two chunks share. */
  #head = NOTHING;

  constructor(sink: FrameSink) {
    this.#sink = sink;
  }

  push(next: Buffer): void {
    const chunk = this.#head.length > 0 ? Buffer.concat([this.#head, next]) : next;
    this.#head = NOTHING;
    let at = 0;
    while (at < chunk.length) {
      if (this.#payloadLeft === 0) {
        const bodyAt = this.#begin(chunk, at);
        if (bodyAt === undefined) {
          this.#head = Buffer.from(chunk.subarray(at));
          return;
        }
        at = bodyAt;
      }
      const end = Math.min(chunk.length, at + this.#payloadLeft);
      if (end > at) this.#sink.framePiece(chunk, at, end);
      this.#payloadLeft -= end - at;
      at = end;
    }
  }

  /** Gives where the payload starts; undefined when the header is not complete. */
  #begin(chunk: Buffer, at: number): number | undefined {
    const [opcode, size] = [chunk[at], chunk[at + 1]];
    if (opcode === undefined || size === undefined) return undefined;
    const headerBytes = size === 126 ? 4 : size === 127 ? 10 : 2;
    if (chunk.length - at < headerBytes) return undefined;
    this.#payloadLeft =
      size === 126 ? chunk.readUInt16BE(at + 2) : size === 127 ? Number(chunk.readBigUInt64BE(at + 2)) : size;
    this.#sink.frameBegan(opcode & 0x0f, this.#payloadLeft);
    return at + headerBytes;
  }
}
