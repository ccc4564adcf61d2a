// Reads the fields of service messages that the stand-in needs (service-protocol 4). It trusts its peer: no bounds.

const NIL = 0xc0;

export class StandInReader {
  readonly #bytes: Buffer;
  #at: number;

  constructor(bytes: Buffer, at: number) {
    this.#bytes = bytes;
    this.#at = at;
  }

  /** Length of an array; nil counts as empty. */
  array(): number {
    const tag = this.#byte();
    if (tag === NIL) return 0;
    return tag === 0xdc ? this.#unsigned(2) : tag === 0xdd ? this.#unsigned(4) : tag & 0x0f;
  }

  int(): number {
    const tag = this.#byte();
    return tag === 0xcc ? this.#byte() : tag === 0xcd ? this.#unsigned(2) : tag === 0xce ? this.#unsigned(4) : tag;
  }

  string(): string {
    const tag = this.#byte();
    if (tag === NIL) return '';
    const size = tag === 0xd9 ? this.#byte() : tag === 0xda ? this.#unsigned(2) : tag & 0x1f;
    this.#at += size;
    return this.#bytes.toString('utf8', this.#at - size, this.#at);
  }

  strings(): string[] {
    return Array.from({ length: this.array() }, () => this.string());
  }

  /** A view of binary data. */
  bytes(): Buffer {
    const tag = this.#byte();
    const size = tag === 0xc4 ? this.#byte() : tag === 0xc5 ? this.#unsigned(2) : this.#unsigned(4);
    this.#at += size;
    return this.#bytes.subarray(this.#at - size, this.#at);
  }

  /** The JSON payload of a message that has one for each hub protocol. */
  jsonPayload(): Buffer {
    let found: Buffer = Buffer.alloc(0);
    const tag = this.#byte();
    const pairs = tag === NIL ? 0 : tag === 0xde ? this.#unsigned(2) : tag & 0x0f;
    for (let pair = 0; pair < pairs; pair++) {
      const name = this.string();
      const payload = this.bytes();
      if (name === 'json') found = payload;
    }
    return found;
  }

  #byte(): number {
    return this.#bytes[this.#at++] ?? 0;
  }

  #unsigned(byteLength: number): number {
    this.#at += byteLength;
    return this.#bytes.readUIntBE(this.#at - byteLength, byteLength);
  }
}
