const RECORD_SEPARATOR = 0x1e;
const MORE_BIT = 0x80;
const PREFIX_BYTES_MAX = 5;

/**
 * One direction of a client's bytes, cut into hub messages with their framing (client-protocol 3.1, 3.2), however the
 * bytes were batched. The first message is the handshake's, which is text in every hub protocol.
 */
export class HubStream {
  readonly #isText: () => boolean;
  #rest: Buffer = Buffer.alloc(0);
  #isHandshaken = false;

  /** `isText` is asked once the handshake's message has passed. */
  constructor(isText: () => boolean) {
    this.#isText = isText;
  }

  /** Bytes of a message that is not whole yet. */
  get pendingBytes(): number {
    return this.#rest.length;
  }

  push(chunk: Uint8Array): Buffer[] {
    this.#rest = Buffer.concat([this.#rest, chunk]);
    const messages: Buffer[] = [];
    for (let length = this.#nextLength(); length > 0; length = this.#nextLength()) {
      messages.push(this.#rest.subarray(0, length));
      this.#rest = this.#rest.subarray(length);
      this.#isHandshaken = true;
    }
    return messages;
  }

  /** What is left when nothing more comes. */
  takeRest(): Buffer {
    const rest = this.#rest;
    this.#rest = Buffer.alloc(0);
    return rest;
  }

  /** Length of the next whole message; 0 when there is none. */
  #nextLength(): number {
    if (!this.#isHandshaken || this.#isText()) return this.#rest.indexOf(RECORD_SEPARATOR) + 1;
    let body = 0;
    for (let index = 0; index < PREFIX_BYTES_MAX; index++) {
      const byte = this.#rest[index];
      if (byte === undefined) return 0;
      body += (byte & ~MORE_BIT) * 2 ** (7 * index);
      if (byte < MORE_BIT) {
        const framed = index + 1 + body;
        return framed <= this.#rest.length ? framed : 0;
      }
    }
    return 0;
  }
}
