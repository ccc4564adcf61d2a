// Length prefixes of the service protocol (service-protocol 4.1) and of MessagePack hub messages (client-protocol 3).

const LENGTH_BYTES_MAX = 5;

/** A body with its length in front, seven bits a byte, the lowest first. */
export function prefixed(body: Uint8Array): Buffer {
  const prefix: number[] = [];
  let left = body.length;
  do {
    prefix.push((left & 0x7f) | (left > 0x7f ? 0x80 : 0));
    left >>>= 7;
  } while (left > 0);
  return Buffer.concat([Uint8Array.from(prefix), body]);
}

/** Cuts a stream of bytes into bodies, wherever its pieces end. */
export class PrefixedReader {
  #bytes: Buffer = Buffer.alloc(0);

  /** Throws on a prefix that cannot be. */
  push(piece: Uint8Array): Buffer[] {
    this.#bytes = Buffer.concat([this.#bytes, piece]);
    const bodies: Buffer[] = [];
    for (let body = this.#next(); body !== undefined; body = this.#next()) bodies.push(body);
    return bodies;
  }

  /** Bytes of a body that is not whole yet. */
  get pendingBytes(): number {
    return this.#bytes.length;
  }

  #next(): Buffer | undefined {
    let length = 0;
    for (let index = 0; index < LENGTH_BYTES_MAX; index++) {
      const byte = this.#bytes[index];
      if (byte === undefined) return undefined;
      length += (byte & 0x7f) * 2 ** (7 * index);
      if (byte >= 0x80) continue;
      const end = index + 1 + length;
      if (this.#bytes.length < end) return undefined;
      const body = this.#bytes.subarray(index + 1, end);
      this.#bytes = this.#bytes.subarray(end);
      return body;
    }
    throw new Error('A length prefix has more than five bytes.');
  }
}
