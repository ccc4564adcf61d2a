import { ProtocolError } from '../protocol-error.ts';
import { messageTooLarge } from './message-too-large.ts';
import { StreamBuffer } from './stream-buffer.ts';

/** A length prefix has at most this many bytes (client-protocol 3.2). */
const PREFIX_BYTES_MAX = 5;

/** The largest body that a length prefix can announce: 2 GiB - 1. */
export const BINARY_BODY_MAX_BYTES = 0x7fffffff;

/** How many bytes the length prefix of a body of `length` bytes takes: 1 to 5. */
export function prefixLength(length: number): number {
  let count = 1;
  for (let rest = length; rest > 0x7f; rest >>>= 7) count++;
  return count;
}

/** Writes the length prefix at `offset` and gives the offset behind it. */
export function writePrefix(target: Uint8Array, offset: number, length: number): number {
  let at = offset;
  let rest = length;
  for (; rest > 0x7f; rest >>>= 7) target[at++] = (rest & 0x7f) | 0x80;
  target[at++] = rest;
  return at;
}

/** A new buffer with the length prefix of `body` and a copy of `body`. */
export function writeBinaryFrame(body: Uint8Array): Uint8Array {
  const start = prefixLength(body.length);
  const frame = new Uint8Array(start + body.length);
  writePrefix(frame, 0, body.length);
  frame.set(body, start);
  return frame;
}

interface Prefix {
  readonly prefixBytes: number;
  readonly bodyBytes: number;
}

/** Splits a byte stream at length prefixes. Empty frames are skipped. */
export class BinaryFrameReader {
  readonly #buffer = new StreamBuffer();
  readonly #maxFrameBytes: number;

  /** `maxFrameBytes` counts the length prefix too. */
  constructor(maxFrameBytes: number = Number.POSITIVE_INFINITY) {
    this.#maxFrameBytes = maxFrameBytes;
  }

  get pendingBytes(): number {
    return this.#buffer.length;
  }

  push(chunk: Uint8Array): void {
    this.#buffer.push(chunk);
  }

  /** One body without its prefix, as a view; undefined when more bytes are needed. */
  next(): Uint8Array | undefined {
    for (;;) {
      const prefix = this.#readPrefix();
      const framed = prefix === undefined ? undefined : prefix.prefixBytes + prefix.bodyBytes;
      if (framed !== undefined && framed > this.#maxFrameBytes) throw messageTooLarge(this.#maxFrameBytes);
      if (prefix === undefined || framed === undefined || framed > this.#buffer.length) {
        this.#buffer.keep();
        return undefined;
      }
      this.#buffer.drop(prefix.prefixBytes);
      const body = this.#buffer.take(prefix.bodyBytes);
      if (body.length > 0) return body;
    }
  }

  #readPrefix(): Prefix | undefined {
    let length = 0;
    for (let index = 0; index < PREFIX_BYTES_MAX; index++) {
      const byte = this.#buffer.at(index);
      if (byte === undefined) return undefined;
      // Not a shift: the fifth byte would overflow 32 bits.
      length += (byte & 0x7f) * 2 ** (7 * index);
      if (byte < 0x80) {
        if (length > BINARY_BODY_MAX_BYTES) break;
        return { prefixBytes: index + 1, bodyBytes: length };
      }
    }
    throw new ProtocolError('message-too-large', 'Messages over 2GB in size are not supported.');
  }
}
