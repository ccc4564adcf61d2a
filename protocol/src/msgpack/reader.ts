// Reads the part of MessagePack that the service protocol uses (service-protocol 4.2): a cursor over bytes, checked
// against their end at each step. Nothing is copied but text.
import { ProtocolError } from '../protocol-error.ts';
import { textCodec } from './text.ts';

const nilTag = 0xc0;
const emptyMapTag = 0x80;
const noBytes = new Uint8Array(0);

/**
 * A cursor over one MessagePack value after another.
 *
 * Each read throws a `ProtocolError` with code `malformed` when the bytes end early or hold something else. After that,
 * or to read something else, `reset()` it.
 */
export class MessagePackReader {
  #bytes: Uint8Array = noBytes;
  #position = 0;
  #end = 0;

  constructor(bytes: Uint8Array = noBytes) {
    this.reset(bytes);
  }

  /** Starts over at `bytes[start, end)`. */
  reset(bytes: Uint8Array, start = 0, end: number = bytes.length): void {
    this.#bytes = bytes;
    this.#position = start;
    this.#end = Math.min(end, bytes.length);
  }

  /** Number of elements of the array that starts here. Never more than the bytes left. */
  arrayHeader(): number {
    const tag = this.#peek();
    if (tag >= 0x90 && tag <= 0x9f) {
      this.#position++;
      return this.#bounded(tag - 0x90);
    }
    if (tag === 0xdc || tag === 0xdd) {
      this.#position++;
      return this.#bounded(this.#unsigned(tag === 0xdc ? 2 : 4));
    }
    throw this.#unexpected('an array');
  }

  /** Number of pairs of the map that starts here. Never more than half of the bytes left. */
  mapHeader(): number {
    const tag = this.#peek();
    if (tag >= 0x80 && tag <= 0x8f) {
      this.#position++;
      return this.#bounded((tag - 0x80) * 2) / 2;
    }
    if (tag === 0xde || tag === 0xdf) {
      this.#position++;
      return this.#bounded(this.#unsigned(tag === 0xde ? 2 : 4) * 2) / 2;
    }
    throw this.#unexpected('a map');
  }

  /** An integer in any form. One that a number cannot hold exactly is refused. */
  int(): number {
    const tag = this.#peek();
    if (tag <= 0x7f) {
      this.#position++;
      return tag;
    }
    if (tag >= 0xe0) {
      this.#position++;
      return tag - 0x100;
    }
    return this.#wideInt(tag);
  }

  /** An unsigned integer in any form, up to 64 bits. */
  uint64(): bigint {
    if (this.#peek() === 0xcf) {
      this.#position++;
      const high = this.#unsigned(4);
      return (BigInt(high) << 32n) | BigInt(this.#unsigned(4));
    }
    const value = this.int();
    if (value < 0) {
      throw new ProtocolError(
        'malformed',
        `Expected an unsigned integer before byte ${this.#position}, found ${value}.`,
      );
    }
    return BigInt(value);
  }

  /** Text; nil is refused. */
  string(): string {
    const tag = this.#peek();
    let length: number;
    if (tag >= 0xa0 && tag <= 0xbf) {
      this.#position++;
      length = tag - 0xa0;
    } else if (tag >= 0xd9 && tag <= 0xdb) {
      this.#position++;
      length = this.#unsigned(1 << (tag - 0xd9));
    } else {
      throw this.#unexpected('a string');
    }
    if (length === 0) {
      return '';
    }
    const start = this.#advance(length);
    return textCodec.decode(this.#bytes, start, start + length);
  }

  /** Text, or undefined for nil. */
  nullableString(): string | undefined {
    return this.tryNil() ? undefined : this.string();
  }

  /** A view of the bytes of a binary value: it shares memory with what was read. Empty for nil. */
  bin(): Uint8Array {
    return this.nullableBin() ?? noBytes;
  }

  /** A view as `bin()` gives it, or undefined for nil. */
  nullableBin(): Uint8Array | undefined {
    const tag = this.#peek();
    if (tag >= 0xc4 && tag <= 0xc6) {
      this.#position++;
      const length = this.#unsigned(1 << (tag - 0xc4));
      const start = this.#advance(length);
      // Not subarray(): for Node's Buffer that costs half as much again, and gives a Buffer.
      return new Uint8Array(this.#bytes.buffer, this.#bytes.byteOffset + start, length);
    }
    if (tag === nilTag) {
      this.#position++;
      return undefined;
    }
    throw this.#unexpected('binary data');
  }

  bool(): boolean {
    const tag = this.#peek();
    if (tag !== 0xc2 && tag !== 0xc3) {
      throw this.#unexpected('a boolean');
    }
    this.#position++;
    return tag === 0xc3;
  }

  /** Steps over nil if it is next, and says whether it was. */
  tryNil(): boolean {
    return this.#tryTag(nilTag);
  }

  /** Steps over an empty map if it is next, and says whether it was. */
  tryEmptyMap(): boolean {
    return this.#tryTag(emptyMapTag);
  }

  /** Steps over one value of any type, with all that is inside it. */
  skip(): void {
    // Values still to be passed; a container adds its own. Each takes at least one byte, so the loop ends, and however
    // deep the nesting, nothing recurses.
    for (let pending = 1; pending > 0; pending--) {
      pending += this.#skipTag(this.#unsigned(1));
    }
  }

  /** Passes the rest of a value whose tag was just read; gives the number of values inside it. */
  #skipTag(tag: number): number {
    if (tag <= 0x7f || tag >= 0xe0) {
      return 0;
    }
    if (tag <= 0x8f) {
      return (tag - 0x80) * 2;
    }
    if (tag <= 0x9f) {
      return tag - 0x90;
    }
    if (tag <= 0xbf) {
      this.#advance(tag - 0xa0);
      return 0;
    }
    const layout = layouts[tag - 0xc0];
    if (layout === undefined) {
      throw new ProtocolError('malformed', `Byte 0x${tag.toString(16)} starts no MessagePack value.`);
    }
    const size = layout.sizeBytes === 0 ? 0 : this.#unsigned(layout.sizeBytes);
    if (layout.valuesPerUnit > 0) {
      return size * layout.valuesPerUnit;
    }
    this.#advance(layout.fixedBytes + size);
    return 0;
  }

  #tryTag(tag: number): boolean {
    if (this.#position < this.#end && this.#bytes[this.#position] === tag) {
      this.#position++;
      return true;
    }
    return false;
  }

  #wideInt(tag: number): number {
    switch (tag) {
      case 0xcc:
      case 0xcd:
      case 0xce:
        this.#position++;
        return this.#unsigned(1 << (tag - 0xcc));
      case 0xd0:
        this.#position++;
        return (this.#unsigned(1) << 24) >> 24;
      case 0xd1:
        this.#position++;
        return (this.#unsigned(2) << 16) >> 16;
      case 0xd2:
        this.#position++;
        return this.#unsigned(4) | 0;
      case 0xcf:
      case 0xd3:
        this.#position++;
        return this.#safeInt64(tag === 0xd3);
      default:
        throw this.#unexpected('an integer');
    }
  }

  #safeInt64(isSigned: boolean): number {
    const high = this.#unsigned(4);
    const value = (isSigned ? high | 0 : high) * 0x1_0000_0000 + this.#unsigned(4);
    if (!Number.isSafeInteger(value)) {
      throw new ProtocolError('malformed', `The 64-bit integer before byte ${this.#position} is out of range.`);
    }
    return value;
  }

  /** A big-endian unsigned integer of 1 to 4 bytes. */
  #unsigned(byteLength: number): number {
    const bytes = this.#bytes;
    const start = this.#advance(byteLength);
    let value = bytes[start] ?? 0;
    for (let position = start + 1; position < start + byteLength; position++) {
      value = value * 0x100 + (bytes[position] ?? 0);
    }
    return value;
  }

  #peek(): number {
    if (this.#position >= this.#end) {
      throw this.#truncated();
    }
    return this.#bytes[this.#position] ?? 0;
  }

  /** Moves past bytes that must be there; gives where they start. */
  #advance(byteLength: number): number {
    const start = this.#position;
    if (byteLength > this.#end - start) {
      throw this.#truncated();
    }
    this.#position = start + byteLength;
    return start;
  }

  /** Each value takes at least a byte: a count beyond the bytes left is refused before anyone loops over it. */
  #bounded(values: number): number {
    if (values > this.#end - this.#position) {
      throw this.#truncated();
    }
    return values;
  }

  #truncated(): ProtocolError {
    return new ProtocolError(
      'malformed',
      `The MessagePack data ends in the middle of a value, after byte ${this.#position}.`,
    );
  }

  #unexpected(expected: string): ProtocolError {
    const tag = this.#bytes[this.#position] ?? 0;
    return new ProtocolError(
      'malformed',
      `Expected ${expected} at byte ${this.#position}, found 0x${tag.toString(16).padStart(2, '0')}.`,
    );
  }
}

/** What follows a tag from 0xc0 on: `fixedBytes`, or a size of `sizeBytes` that counts bytes or contained values. */
interface Layout {
  readonly fixedBytes: number;
  readonly sizeBytes: number;
  /** 0: the size counts bytes. */
  readonly valuesPerUnit: number;
}

function fixed(fixedBytes: number): Layout {
  return { fixedBytes, sizeBytes: 0, valuesPerUnit: 0 };
}

function sized(sizeBytes: number, valuesPerUnit = 0, fixedBytes = 0): Layout {
  return { fixedBytes, sizeBytes, valuesPerUnit };
}

/** Layouts of the tags 0xc0 to 0xdf, in order. 0xc1 is no value. */
const layouts: readonly (Layout | undefined)[] = [
  ...[fixed(0), undefined, fixed(0), fixed(0)],
  ...[sized(1), sized(2), sized(4)],
  ...[sized(1, 0, 1), sized(2, 0, 1), sized(4, 0, 1)],
  ...[fixed(4), fixed(8)],
  ...[fixed(1), fixed(2), fixed(4), fixed(8)],
  ...[fixed(1), fixed(2), fixed(4), fixed(8)],
  ...[fixed(2), fixed(3), fixed(5), fixed(9), fixed(17)],
  ...[sized(1), sized(2), sized(4)],
  ...[sized(2, 1), sized(4, 1), sized(2, 2), sized(4, 2)],
];
