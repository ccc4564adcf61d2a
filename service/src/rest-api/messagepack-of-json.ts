import { MessagePackWriter } from '@signalite/protocol/service';
import { isLosslessNumber, parse } from 'lossless-json';

const FLOAT64 = 0xcb;
const INT64 = 0xd3;
const INTEGER = /^-?\d+$/;
const INT64_MIN = -(2n ** 63n);
const UINT64_MAX = 2n ** 64n - 1n;

/**
 * MessagePack of JSON text (rest-api 5.1): whole numbers become integers of up to 64 bits, other numbers float64, and so do
 * whole numbers that 64 bits do not hold; texts stay texts. `text` is known to be JSON.
 */
export function messagePackOfJson(text: string): Uint8Array {
  const writer = new MessagePackWriter();
  write(writer, parse(text, undefined, { onDuplicateKey: ({ newValue }) => newValue }));
  return writer.take();
}

function write(writer: MessagePackWriter, value: unknown): void {
  if (typeof value === 'string') writer.string(value);
  else if (typeof value === 'boolean') writer.bool(value);
  else if (isLosslessNumber(value)) writeNumber(writer, value.value);
  else if (Array.isArray(value)) {
    writer.arrayHeader(value.length);
    for (const element of value) write(writer, element);
  } else if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value);
    writer.mapHeader(members.length);
    for (const [name, member] of members) {
      writer.string(name);
      write(writer, member);
    }
  } else writer.nil();
}

function writeNumber(writer: MessagePackWriter, text: string): void {
  const integer = INTEGER.test(text) ? BigInt(text) : undefined;
  if (integer === undefined || integer < INT64_MIN || integer > UINT64_MAX) writeFloat(writer, Number(text));
  else if (integer > Number.MAX_SAFE_INTEGER) writer.uint64(integer);
  else if (integer >= Number.MIN_SAFE_INTEGER) writer.int(Number(integer));
  else writeWide(writer, INT64, (view) => view.setBigInt64(1, integer));
}

function writeFloat(writer: MessagePackWriter, value: number): void {
  writeWide(writer, FLOAT64, (view) => view.setFloat64(1, value));
}

function writeWide(writer: MessagePackWriter, code: number, fill: (view: DataView) => void): void {
  const bytes = new Uint8Array(9);
  bytes[0] = code;
  fill(new DataView(bytes.buffer));
  writer.raw(bytes);
}
