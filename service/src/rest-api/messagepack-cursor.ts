import { ProtocolError } from '@signalite/protocol';

/** What stands at one place of MessagePack bytes. Of an array or a map it is the head; its values follow. */
export type MessagePackHead =
  | { readonly kind: 'nil' }
  | { readonly kind: 'boolean'; readonly value: boolean }
  /** Of up to 64 bits. */
  | { readonly kind: 'integer'; readonly value: bigint }
  | { readonly kind: 'float'; readonly value: number }
  | { readonly kind: 'text'; readonly value: string }
  | { readonly kind: 'bytes'; readonly value: Uint8Array }
  | { readonly kind: 'extension'; readonly type: number; readonly value: Uint8Array }
  | { readonly kind: 'array'; readonly length: number }
  | { readonly kind: 'map'; readonly length: number };

const DEPTH_MAX = 500;
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Steps over MessagePack values of any type. Throws `ProtocolError` where they are cut off or malformed. */
export class MessagePackCursor {
  readonly #bytes: Uint8Array;
  readonly #data: Data;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#data = new Data(bytes);
  }

  get isAtEnd(): boolean {
    return this.#data.left === 0;
  }

  /** Takes a value, or the head of an array or a map. */
  next(): MessagePackHead {
    const data = this.#data;
    const code = data.unsigned(1);
    if (code <= 0x7f) return { kind: 'integer', value: BigInt(code) };
    if (code <= 0x8f) return data.map(code & 0x0f);
    if (code <= 0x9f) return data.array(code & 0x0f);
    if (code <= 0xbf) return data.text(code & 0x1f);
    if (code >= 0xe0) return { kind: 'integer', value: BigInt(code - 0x100) };
    const head = HEADS[code - 0xc0];
    if (head === undefined) throw malformed('a byte that MessagePack does not use');
    return head(data);
  }

  /** Takes a whole value, with all that is inside it, as it stands. */
  slice(): Uint8Array {
    const start = this.#data.at;
    this.#skip(0);
    return this.#bytes.subarray(start, this.#data.at);
  }

  #skip(depth: number): void {
    if (depth > DEPTH_MAX) throw malformed(`more than ${DEPTH_MAX} levels`);
    const head = this.next();
    const values = head.kind === 'array' ? head.length : head.kind === 'map' ? 2 * head.length : 0;
    for (let left = values; left > 0; left--) this.#skip(depth + 1);
  }
}

/** Takes what heads are followed by. */
class Data {
  at = 0;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get left(): number {
    return this.#bytes.length - this.at;
  }

  unsigned(width: 1 | 2 | 4): number {
    const at = this.#take(width);
    if (width === 1) return this.#view.getUint8(at);
    return width === 2 ? this.#view.getUint16(at) : this.#view.getUint32(at);
  }

  wide(width: 1 | 2 | 4 | 8): bigint {
    return width === 8 ? this.#view.getBigUint64(this.#take(8)) : BigInt(this.unsigned(width));
  }

  signed(width: 1 | 2 | 4 | 8): bigint {
    return BigInt.asIntN(8 * width, this.wide(width));
  }

  float(width: 4 | 8): number {
    const at = this.#take(width);
    return width === 4 ? this.#view.getFloat32(at) : this.#view.getFloat64(at);
  }

  bytes(length: number): Uint8Array {
    const at = this.#take(length);
    return this.#bytes.subarray(at, at + length);
  }

  text(length: number): MessagePackHead {
    const bytes = this.bytes(length);
    try {
      return { kind: 'text', value: utf8.decode(bytes) };
    } catch {
      throw malformed('a text that is not UTF-8');
    }
  }

  array(length: number): MessagePackHead {
    this.#count(length);
    return { kind: 'array', length };
  }

  map(length: number): MessagePackHead {
    this.#count(2 * length);
    return { kind: 'map', length };
  }

  /** Each value takes a byte at least: a count beyond what is left is refused before anybody counts to it. */
  #count(values: number): void {
    if (values > this.left) throw malformed('a count beyond its end');
  }

  #take(length: number): number {
    const { at } = this;
    if (length > this.left) throw malformed('a value that is cut off');
    this.at = at + length;
    return at;
  }
}

type Head = (data: Data) => MessagePackHead;
type Width = 1 | 2 | 4 | 8;

const bytes =
  (width: 1 | 2 | 4): Head =>
  (data) => ({ kind: 'bytes', value: data.bytes(data.unsigned(width)) });
const extension =
  (length: (data: Data) => number): Head =>
  (data) => {
    const size = length(data);
    return { kind: 'extension', type: Number(data.signed(1)), value: data.bytes(size) };
  };
const sized = (width: 1 | 2 | 4) => (data: Data) => data.unsigned(width);
const fixed = (size: number) => () => size;
const float =
  (width: 4 | 8): Head =>
  (data) => ({ kind: 'float', value: data.float(width) });
const unsigned =
  (width: Width): Head =>
  (data) => ({ kind: 'integer', value: data.wide(width) });
const signed =
  (width: Width): Head =>
  (data) => ({ kind: 'integer', value: data.signed(width) });

/** What follows the codes 0xC0 to 0xDF, in order; 0xC1 is not used. */
const HEADS: readonly (Head | undefined)[] = [
  ...[(): MessagePackHead => ({ kind: 'nil' }), undefined],
  ...[false, true].map(
    (value): Head =>
      () => ({ kind: 'boolean', value }),
  ),
  ...[bytes(1), bytes(2), bytes(4)],
  ...[extension(sized(1)), extension(sized(2)), extension(sized(4))],
  ...[float(4), float(8)],
  ...[unsigned(1), unsigned(2), unsigned(4), unsigned(8)],
  ...[signed(1), signed(2), signed(4), signed(8)],
  ...[1, 2, 4, 8, 16].map((size) => extension(fixed(size))),
  ...([1, 2, 4] as const).map(
    (width): Head =>
      (data) =>
        data.text(data.unsigned(width)),
  ),
  ...([2, 4] as const).map(
    (width): Head =>
      (data) =>
        data.array(data.unsigned(width)),
  ),
  ...([2, 4] as const).map(
    (width): Head =>
      (data) =>
        data.map(data.unsigned(width)),
  ),
];

function malformed(what: string): ProtocolError {
  return new ProtocolError('malformed', `The MessagePack data holds ${what}.`);
}
