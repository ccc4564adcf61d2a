// The varint in front of each message (service-protocol 4.1): seven bits per byte, low bits first.
import { ProtocolError } from '../protocol-error.ts';

const maxPrefixBytes = 5;

/**
 * The length prefix as its bytes come in. `add` takes one byte after the other until it gives true; then `value` is the
 * length of the body. Throws a `ProtocolError` with code `malformed` for a prefix beyond 2 GiB - 1.
 */
export class LengthPrefix {
  value = 0;
  #byteCount = 0;

  /** Bytes of the prefix so far. */
  get byteCount(): number {
    return this.#byteCount;
  }

  /** Forgets all, to read another prefix. */
  reset(): void {
    this.value = 0;
    this.#byteCount = 0;
  }

  /** Takes one byte; true when it was the last. */
  add(byte: number): boolean {
    this.#byteCount++;
    if (this.#byteCount === maxPrefixBytes && byte > 0x07) {
      throw new ProtocolError('malformed', 'The length prefix of a service message is longer than 31 bits.');
    }
    this.value |= (byte & 0x7f) << ((this.#byteCount - 1) * 7);
    return byte < 0x80;
  }
}
