// UTF-8 in both directions. Node's own buffer methods read and write at an offset without a view in between, which for
// the short strings of the service protocol is twice as fast as TextDecoder; elsewhere the web's codecs do the work.

/** UTF-8 text read from and written into byte arrays. */
export interface TextCodec {
  /** Text of `bytes[start, end)`. Bytes that are not UTF-8 become U+FFFD. */
  decode(bytes: Uint8Array, start: number, end: number): string;
  /** Writes `text` at `offset`, where there is room for it, and gives the bytes written. Lone surrogates become U+FFFD. */
  encodeInto(text: string, bytes: Uint8Array, offset: number): number;
}

interface NodeBufferPrototype {
  utf8Slice(this: Uint8Array, start: number, end: number): string;
  utf8Write(this: Uint8Array, text: string, offset: number, length: number): number;
}

function isNodeBufferPrototype(value: unknown): value is NodeBufferPrototype {
  return (
    value instanceof Uint8Array &&
    typeof Reflect.get(value, 'utf8Slice') === 'function' &&
    typeof Reflect.get(value, 'utf8Write') === 'function'
  );
}

/** A codec over Node's buffer methods; undefined where there are none. */
export function createNodeTextCodec(): TextCodec | undefined {
  const nodeBuffer: unknown = Reflect.get(globalThis, 'Buffer');
  const prototype: unknown = typeof nodeBuffer === 'function' ? nodeBuffer.prototype : undefined;
  if (!isNodeBufferPrototype(prototype)) {
    return undefined;
  }
  const { utf8Slice, utf8Write } = prototype;
  return {
    decode: (bytes, start, end) => utf8Slice.call(bytes, start, end),
    encodeInto: (text, bytes, offset) => utf8Write.call(bytes, text, offset, bytes.length - offset),
  };
}

const shortText = 24;

/** Text of bytes that are all ASCII; undefined when one is not. For short text, where a TextDecoder call costs more. */
function decodeAscii(bytes: Uint8Array, start: number, end: number): string | undefined {
  let text = '';
  for (let position = start; position < end; position++) {
    const byte = bytes[position] ?? 0;
    if (byte > 0x7f) {
      return undefined;
    }
    text += String.fromCharCode(byte);
  }
  return text;
}

/** A codec that needs nothing but the web's TextDecoder and TextEncoder. */
export function createWebTextCodec(): TextCodec {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  const encoder = new TextEncoder();
  return {
    decode: (bytes, start, end) => {
      const ascii = end - start <= shortText ? decodeAscii(bytes, start, end) : undefined;
      return ascii ?? decoder.decode(bytes.subarray(start, end));
    },
    encodeInto: (text, bytes, offset) => encoder.encodeInto(text, bytes.subarray(offset)).written,
  };
}

/** The fastest codec here. */
export const textCodec: TextCodec = createNodeTextCodec() ?? createWebTextCodec();

/** Bytes that `text` takes in UTF-8; a lone surrogate counts as the three bytes of U+FFFD. */
export function utf8Length(text: string): number {
  let length = text.length;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit < 0x80) {
      continue;
    }
    length += unit < 0x800 ? 1 : 2;
    if (isHighSurrogate(unit) && isLowSurrogate(text.charCodeAt(index + 1))) {
      // A pair takes four bytes: two units were counted already, two more are due for both together.
      index++;
    }
  }
  return length;
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}

/** False for NaN, which is what `charCodeAt` gives past the end. */
function isLowSurrogate(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff;
}
