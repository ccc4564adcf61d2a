const SEPARATOR = 0x1e;
const MORE = 0x80;
const PREFIX_BYTES_MAX = 5;
const PINGS = [Buffer.from('{"type":6}\x1e'), Buffer.of(2, 0x91, 6)];

/**
 * Bytes of a client in one direction, cut into hub messages with their framing, however they were batched. The first
 * one is the handshake's, which is JSON always. Pings are left out: they come when time has passed.
 */
export class HubPieces {
  readonly #isJson: boolean;
  #bytes: Buffer = Buffer.alloc(0);
  #isShaken = false;

  constructor(isJson: boolean) {
    this.#isJson = isJson;
  }

  push(more: Uint8Array): readonly Buffer[] {
    this.#bytes = Buffer.concat([this.#bytes, more]);
    const pieces: Buffer[] = [];
    for (let length = this.#nextLength(); length > 0; length = this.#nextLength()) {
      pieces.push(this.#bytes.subarray(0, length));
      this.#bytes = this.#bytes.subarray(length);
      this.#isShaken = true;
    }
    return pieces.filter((piece) => !PINGS.some((ping) => ping.equals(piece)));
  }

  /** What is no whole message, when nothing more is waited for. */
  rest(): Buffer {
    const rest = this.#bytes;
    this.#bytes = Buffer.alloc(0);
    return rest;
  }

  /** 0: the next message is not whole. */
  #nextLength(): number {
    if (this.#isJson || !this.#isShaken) return this.#bytes.indexOf(SEPARATOR) + 1;
    let body = 0;
    for (let index = 0; index < PREFIX_BYTES_MAX; index++) {
      const byte = this.#bytes[index];
      if (byte === undefined) return 0;
      body += (byte & ~MORE) * 2 ** (7 * index);
      if (byte < MORE) return index + 1 + body <= this.#bytes.length ? index + 1 + body : 0;
    }
    return 0;
  }
}
