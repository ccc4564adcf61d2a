// MessagePack, written for this suite alone: it must not agree with anybody's mistakes.

/** A map as it stands on the wire: in order, repeated keys included. */
export class PackMap {
  readonly entries: readonly (readonly [PackValue, PackValue])[];

  constructor(entries: readonly (readonly [PackValue, PackValue])[]) {
    this.entries = entries;
  }

  /** The first value of a key. */
  get(key: string | number): PackValue | undefined {
    return this.entries.find(([name]) => name === key)?.[1];
  }

  /** Every value of a key. */
  all(key: string | number): PackValue[] {
    return this.entries.filter(([name]) => name === key).map(([, value]) => value);
  }

  has(key: string | number): boolean {
    return this.entries.some(([name]) => name === key);
  }
}

/** What MessagePack carries. Integers beyond 2^53 are bigints. */
export type PackValue = null | boolean | number | bigint | string | Uint8Array | readonly PackValue[] | PackMap;

/** Bytes that are not MessagePack. */
export class MalformedPack extends Error {}

/** A map with the entries of an object. */
export function packMap(fields: Readonly<Record<string, PackValue>> = {}): PackMap {
  return new PackMap(Object.entries(fields));
}

/** The bytes of one value. */
export function encodePack(value: PackValue): Uint8Array {
  const parts: Uint8Array[] = [];
  encodeInto(parts, value);
  return Buffer.concat(parts);
}

/** One value, and nothing behind it. */
export function decodePack(bytes: Uint8Array): PackValue {
  const reader = new PackReader(bytes);
  const value = reader.read();
  if (reader.left > 0) throw new MalformedPack(`${reader.left} bytes stand behind the value.`);
  return value;
}

function encodeInto(parts: Uint8Array[], value: PackValue): void {
  if (value === null) parts.push(Uint8Array.of(0xc0));
  else if (typeof value === 'boolean') parts.push(Uint8Array.of(value ? 0xc3 : 0xc2));
  else if (typeof value === 'bigint') parts.push(encodeBig(value));
  else if (typeof value === 'number') parts.push(Number.isInteger(value) ? encodeInteger(value) : encodeFloat(value));
  else if (typeof value === 'string') {
    const text = Buffer.from(value);
    parts.push(head(text.length, { fix: [0xa0, 32], sizes: [0xd9, 0xda, 0xdb] }), text);
  } else if (value instanceof Uint8Array) {
    parts.push(head(value.length, { sizes: [0xc4, 0xc5, 0xc6] }), value);
  } else if (value instanceof PackMap) {
    parts.push(head(value.entries.length, { fix: [0x80, 16], sizes: [undefined, 0xde, 0xdf] }));
    for (const [key, one] of value.entries) {
      encodeInto(parts, key);
      encodeInto(parts, one);
    }
  } else {
    parts.push(head(value.length, { fix: [0x90, 16], sizes: [undefined, 0xdc, 0xdd] }));
    for (const one of value) encodeInto(parts, one);
  }
}

interface HeadForms {
  /** First byte, and how many lengths fit into it. */
  readonly fix?: readonly [number, number];
  /** First bytes for lengths of 8, 16 and 32 bits. */
  readonly sizes: readonly [number | undefined, number, number];
}

function head(length: number, { fix, sizes: [size8, size16, size32] }: HeadForms): Uint8Array {
  if (fix !== undefined && length < fix[1]) return Uint8Array.of(fix[0] | length);
  if (size8 !== undefined && length < 0x1_00) return Uint8Array.of(size8, length);
  if (length < 0x1_00_00) return Uint8Array.of(size16, length >> 8, length & 0xff);
  const bytes = Buffer.alloc(5);
  bytes[0] = size32;
  bytes.writeUInt32BE(length, 1);
  return bytes;
}

function encodeInteger(value: number): Uint8Array {
  if (value >= 0 && value < 0x80) return Uint8Array.of(value);
  if (value < 0 && value >= -32) return Uint8Array.of(value & 0xff);
  if (value >= 0 && value < 0x1_00) return Uint8Array.of(0xcc, value);
  if (value >= 0 && value < 0x1_00_00) return Uint8Array.of(0xcd, value >> 8, value & 0xff);
  const bytes = Buffer.alloc(5);
  if (value >= 0 && value < 2 ** 32) {
    bytes[0] = 0xce;
    bytes.writeUInt32BE(value, 1);
    return bytes;
  }
  if (value < 0 && value >= -(2 ** 31)) {
    bytes[0] = 0xd2;
    bytes.writeInt32BE(value, 1);
    return bytes;
  }
  return encodeBig(BigInt(value));
}

function encodeBig(value: bigint): Uint8Array {
  const bytes = Buffer.alloc(9);
  bytes[0] = value < 0n ? 0xd3 : 0xcf;
  if (value < 0n) bytes.writeBigInt64BE(value, 1);
  else bytes.writeBigUInt64BE(value, 1);
  return bytes;
}

function encodeFloat(value: number): Uint8Array {
  const bytes = Buffer.alloc(9);
  bytes[0] = 0xcb;
  bytes.writeDoubleBE(value, 1);
  return bytes;
}

/** Reads value by value. */
export class PackReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get left(): number {
    return this.#bytes.length - this.#at;
  }

  read(): PackValue {
    const first = this.#uint(1);
    if (first < 0x80) return first;
    if (first < 0x90) return this.#map(first & 0x0f);
    if (first < 0xa0) return this.#array(first & 0x0f);
    if (first < 0xc0) return this.#text(first & 0x1f);
    if (first >= 0xe0) return first - 0x1_00;
    const form = FORMS[first];
    if (form === undefined) throw new MalformedPack(`The byte 0x${first.toString(16)} begins nothing.`);
    return form(this.#forms);
  }

  readonly #forms: FormReader = {
    uint: (size) => this.#uint(size),
    int: (size) => this.#take(size).readIntBE(0, size),
    big: (isSigned) => narrow(isSigned ? this.#take(8).readBigInt64BE() : this.#take(8).readBigUInt64BE()),
    float: () => this.#take(4).readFloatBE(),
    double: () => this.#take(8).readDoubleBE(),
    text: (size) => this.#text(this.#uint(size)),
    binary: (size) => Uint8Array.from(this.#take(this.#uint(size))),
    array: (size) => this.#array(this.#uint(size)),
    map: (size) => this.#map(this.#uint(size)),
  };

  #uint(size: number): number {
    return this.#take(size).readUIntBE(0, size);
  }

  #text(length: number): string {
    return this.#take(length).toString('utf8');
  }

  #array(length: number): PackValue[] {
    return Array.from({ length }, () => this.read());
  }

  #map(length: number): PackMap {
    return new PackMap(Array.from({ length }, () => [this.read(), this.read()] as const));
  }

  #take(length: number): Buffer {
    if (length > this.left) throw new MalformedPack('The value ends too early.');
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }
}

interface FormReader {
  readonly uint: (size: number) => PackValue;
  readonly int: (size: number) => PackValue;
  readonly big: (isSigned: boolean) => PackValue;
  readonly float: () => PackValue;
  readonly double: () => PackValue;
  readonly text: (size: number) => PackValue;
  readonly binary: (size: number) => PackValue;
  readonly array: (size: number) => PackValue;
  readonly map: (size: number) => PackValue;
}

const FORMS: Readonly<Record<number, (reader: FormReader) => PackValue>> = {
  192: () => null,
  194: () => false,
  195: () => true,
  196: (reader) => reader.binary(1),
  197: (reader) => reader.binary(2),
  198: (reader) => reader.binary(4),
  202: (reader) => reader.float(),
  203: (reader) => reader.double(),
  204: (reader) => reader.uint(1),
  205: (reader) => reader.uint(2),
  206: (reader) => reader.uint(4),
  207: (reader) => reader.big(false),
  208: (reader) => reader.int(1),
  209: (reader) => reader.int(2),
  210: (reader) => reader.int(4),
  211: (reader) => reader.big(true),
  217: (reader) => reader.text(1),
  218: (reader) => reader.text(2),
  219: (reader) => reader.text(4),
  220: (reader) => reader.array(2),
  221: (reader) => reader.array(4),
  222: (reader) => reader.map(2),
  223: (reader) => reader.map(4),
};

function narrow(value: bigint): number | bigint {
  const isSafe = value <= BigInt(Number.MAX_SAFE_INTEGER) && value >= BigInt(Number.MIN_SAFE_INTEGER);
  return isSafe ? Number(value) : value;
}
