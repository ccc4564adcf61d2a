// Writes the part of MessagePack that the service protocol uses (service-protocol 4.1, 4.2) into one buffer that is
// used again and again.
import { copyBytes } from './copy-bytes.ts';
import { textCodec, utf8Length } from './text.ts';

/** Sizes of a writer's buffer. */
export interface MessagePackWriterOptions {
  /** Bytes allocated at first. Default 4096. */
  readonly initialBytes?: number;
  /** `reset()` lets go of a buffer that grew beyond this. Default 1 MiB. */
  readonly retainedBytes?: number;
}

/** Text up to this many UTF-16 units is written unit by unit: for text this short a native call costs more. */
const shortText = 40;

/**
 * Appends MessagePack values to a scratch buffer.
 *
 * Write, take the bytes with `take()`, then `reset()`. The buffer behind `bytes()` is written again after that, so what
 * goes to a socket must be a copy.
 */
export class MessagePackWriter {
  readonly #initialBytes: number;
  readonly #retainedBytes: number;
  #bytes: Uint8Array;
  #position = 0;
  #frameStart = 0;
  #framePrefixBytes = 1;

  constructor(options: MessagePackWriterOptions = {}) {
    this.#initialBytes = options.initialBytes ?? 4096;
    this.#retainedBytes = Math.max(options.retainedBytes ?? 1024 * 1024, this.#initialBytes);
    this.#bytes = new Uint8Array(this.#initialBytes);
  }

  /** Where the next byte goes. */
  get position(): number {
    return this.#position;
  }

  /** Starts over at `position`. What precedes it holds anything. Lets go of a buffer that grew unusually large. */
  reset(position = 0): void {
    if (this.#bytes.length > this.#retainedBytes) {
      this.#bytes = new Uint8Array(Math.max(this.#initialBytes, position));
    }
    this.#position = 0;
    this.reserve(position);
  }

  /** Takes back what was written from `position` on. */
  truncate(position: number): void {
    this.#position = Math.min(position, this.#position);
  }

  /** Leaves out `byteLength` bytes, to be filled in later, and gives where they start. They hold anything. */
  reserve(byteLength: number): number {
    const start = this.#position;
    this.#ensure(byteLength);
    this.#position = start + byteLength;
    return start;
  }

  /** The buffer itself, good until the next call that writes: for filling in what `reserve()` left out. */
  get buffer(): Uint8Array {
    return this.#bytes;
  }

  /** A copy of what was written from `from` on, of exactly that size. Its `buffer` may hold other copies too. */
  take(from = 0): Uint8Array {
    return copyBytes(this.#bytes, from, this.#position);
  }

  /** A view of what was written from `from` on, good until the next write or reset. */
  bytes(from = 0): Uint8Array {
    return this.#bytes.subarray(from, this.#position);
  }

  /**
   * Starts a length-prefixed message. Room is left for a prefix as long as the last one was: messages of about the same
   * size follow each other, and a wrong guess only costs moving the message when it ends. Frames do not nest.
   */
  beginFrame(): void {
    this.#frameStart = this.reserve(this.#framePrefixBytes);
  }

  /** Ends the message that `beginFrame()` started: fills in its length. */
  endFrame(): void {
    const bodyStart = this.#frameStart + this.#framePrefixBytes;
    const bodyBytes = this.#position - bodyStart;
    const prefixBytes = lengthPrefixBytes(bodyBytes);
    if (prefixBytes !== this.#framePrefixBytes) {
      this.#ensure(prefixBytes);
      this.#bytes.copyWithin(this.#frameStart + prefixBytes, bodyStart, this.#position);
      this.#framePrefixBytes = prefixBytes;
    }
    writeLengthPrefix(this.#bytes, this.#frameStart, bodyBytes);
    this.#position = this.#frameStart + prefixBytes + bodyBytes;
  }

  arrayHeader(length: number): void {
    if (length <= 0x0f) {
      this.#tag(0x90 | length);
    } else if (length <= 0xffff) {
      this.#tagged(0xdc, length, 2);
    } else {
      this.#tagged(0xdd, length, 4);
    }
  }

  mapHeader(pairs: number): void {
    if (pairs <= 0x0f) {
      this.#tag(0x80 | pairs);
    } else if (pairs <= 0xffff) {
      this.#tagged(0xde, pairs, 2);
    } else {
      this.#tagged(0xdf, pairs, 4);
    }
  }

  /** An integer in its smallest form. */
  int(value: number): void {
    if (value >= 0) {
      this.#positiveInt(value);
    } else if (value >= -0x20) {
      this.#tag(value & 0xff);
    } else if (value >= -0x80) {
      this.#tagged(0xd0, value, 1);
    } else if (value >= -0x8000) {
      this.#tagged(0xd1, value, 2);
    } else if (value >= -0x8000_0000) {
      this.#tagged(0xd2, value, 4);
    } else {
      this.#wide(0xd3, BigInt(value));
    }
  }

  /** An integer as five bytes, whatever its value. */
  fixedInt32(value: number): void {
    this.#tagged(0xd2, value, 4);
  }

  /** An unsigned integer of up to 64 bits in its smallest form; higher bits are dropped. */
  uint64(value: bigint): void {
    const unsigned = BigInt.asUintN(64, value);
    if (unsigned <= 0xffff_ffffn) {
      this.#positiveInt(Number(unsigned));
    } else {
      this.#wide(0xcf, unsigned);
    }
  }

  string(text: string): void {
    if (text.length <= shortText && this.#tryShortAscii(text)) {
      return;
    }
    const byteLength = utf8Length(text);
    if (byteLength <= 0x1f) {
      this.#tag(0xa0 | byteLength);
    } else if (byteLength <= 0xff) {
      this.#tagged(0xd9, byteLength, 1);
    } else if (byteLength <= 0xffff) {
      this.#tagged(0xda, byteLength, 2);
    } else {
      this.#tagged(0xdb, byteLength, 4);
    }
    this.#ensure(byteLength);
    this.#position += textCodec.encodeInto(text, this.#bytes, this.#position);
  }

  /** Text, or nil for undefined. */
  nullableString(text: string | undefined): void {
    if (text === undefined) {
      this.nil();
    } else {
      this.string(text);
    }
  }

  bin(data: Uint8Array): void {
    const byteLength = data.length;
    if (byteLength <= 0xff) {
      this.#tagged(0xc4, byteLength, 1);
    } else if (byteLength <= 0xffff) {
      this.#tagged(0xc5, byteLength, 2);
    } else {
      this.#tagged(0xc6, byteLength, 4);
    }
    this.raw(data);
  }

  bool(value: boolean): void {
    this.#tag(value ? 0xc3 : 0xc2);
  }

  nil(): void {
    this.#tag(0xc0);
  }

  /** Bytes that are MessagePack already. */
  raw(data: Uint8Array): void {
    this.#ensure(data.length);
    this.#bytes.set(data, this.#position);
    this.#position += data.length;
  }

  /** Writes text in one pass if all of it is ASCII; otherwise writes nothing and gives false. */
  #tryShortAscii(text: string): boolean {
    const length = text.length;
    this.#ensure(length + 2);
    const bytes = this.#bytes;
    let position = this.#position;
    if (length <= 0x1f) {
      bytes[position++] = 0xa0 | length;
    } else {
      bytes[position++] = 0xd9;
      bytes[position++] = length;
    }
    for (let index = 0; index < length; index++) {
      const unit = text.charCodeAt(index);
      if (unit > 0x7f) {
        return false;
      }
      bytes[position++] = unit;
    }
    this.#position = position;
    return true;
  }

  #positiveInt(value: number): void {
    if (value <= 0x7f) {
      this.#tag(value);
    } else if (value <= 0xff) {
      this.#tagged(0xcc, value, 1);
    } else if (value <= 0xffff) {
      this.#tagged(0xcd, value, 2);
    } else if (value <= 0xffff_ffff) {
      this.#tagged(0xce, value, 4);
    } else {
      this.#wide(0xcf, BigInt(value));
    }
  }

  #tag(tag: number): void {
    if (this.#position >= this.#bytes.length) {
      this.#ensure(1);
    }
    this.#bytes[this.#position++] = tag;
  }

  /** A tag, then `value` as `byteLength` big-endian bytes. */
  #tagged(tag: number, value: number, byteLength: number): void {
    this.#ensure(1 + byteLength);
    const bytes = this.#bytes;
    let position = this.#position;
    bytes[position++] = tag;
    for (let shift = (byteLength - 1) * 8; shift >= 0; shift -= 8) {
      bytes[position++] = value >>> shift;
    }
    this.#position = position;
  }

  /** A tag, then the low 64 bits of `value`. */
  #wide(tag: number, value: bigint): void {
    this.#ensure(9);
    this.#bytes[this.#position++] = tag;
    for (let shift = 56n; shift >= 0n; shift -= 8n) {
      this.#bytes[this.#position++] = Number(BigInt.asUintN(8, value >> shift));
    }
  }

  #ensure(byteLength: number): void {
    const needed = this.#position + byteLength;
    if (needed <= this.#bytes.length) {
      return;
    }
    const grown = new Uint8Array(Math.max(needed, this.#bytes.length * 2));
    grown.set(this.#bytes);
    this.#bytes = grown;
  }
}

/** Bytes of the varint that precedes a message of `byteLength` bytes (service-protocol 4.1). */
export function lengthPrefixBytes(byteLength: number): number {
  let count = 1;
  for (let rest = byteLength >>> 7; rest > 0; rest = rest >>> 7) {
    count++;
  }
  return count;
}

/** Writes the varint that precedes a message of `byteLength` bytes; gives where the message goes. */
export function writeLengthPrefix(bytes: Uint8Array, offset: number, byteLength: number): number {
  let position = offset;
  let rest = byteLength;
  while (rest > 0x7f) {
    bytes[position++] = (rest & 0x7f) | 0x80;
    rest = rest >>> 7;
  }
  bytes[position++] = rest;
  return position;
}
