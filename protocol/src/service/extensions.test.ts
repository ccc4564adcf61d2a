import { encode } from '@msgpack/msgpack';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MessagePackReader } from '../msgpack/reader.ts';
import { MessagePackWriter } from '../msgpack/writer.ts';
import {
  type DeclaredExtensions,
  dataExtensions,
  type Extensions,
  expiringExtensions,
  fanOutExtensions,
  openExtensions,
  readExtensions,
  tracedExtensions,
  writeExtensions,
  writeTracing,
} from './extensions.ts';

const all: Extensions = {
  tracingId: 1234n,
  ttlSeconds: 666,
  protocol: 'json',
  filter: 'f',
  dataType: 2,
  isPartial: true,
};

const declarations: [string, DeclaredExtensions, Extensions, string][] = [
  ['tracing', tracedExtensions, { tracingId: 1234n }, '8101cd04d2'],
  ['expiry', expiringExtensions, { tracingId: 1234n, ttlSeconds: 666 }, '8201cd04d202cd029a'],
  ['open', openExtensions, { tracingId: 1234n, protocol: 'json' }, '8201cd04d203a46a736f6e'],
  ['fan-out', fanOutExtensions, { tracingId: 1234n, filter: 'f' }, '8201cd04d204a166'],
  ['data', dataExtensions, { tracingId: 1234n, dataType: 2, isPartial: true }, '8301cd04d2050206c3'],
];

function written(write: (writer: MessagePackWriter) => void): string {
  const writer = new MessagePackWriter();
  write(writer);
  return Buffer.from(writer.take()).toString('hex');
}

function read(bytes: Uint8Array, declared: DeclaredExtensions): Extensions {
  const target: Extensions = {};
  // What follows the map must still be in place.
  const reader = new MessagePackReader(Uint8Array.from([...bytes, 0x2a]));
  readExtensions(reader, target, declared);
  expect(reader.int()).toBe(42);
  return target;
}

function fromHex(hex: string): Uint8Array {
  return new Uint8Array(Buffer.from(hex, 'hex'));
}

describe.each(declarations)('%s extensions', (_name, declared, extensions, hex) => {
  test('are written in the order of their keys, and no others', () => {
    expect(written((writer) => writeExtensions(writer, all, declared))).toBe(hex);
  });

  test('are read, and no others', () => {
    expect(read(fromHex(hex), declared)).toEqual(extensions);
    const everything = fromHex('8601cd04d202cd029a03a46a736f6e04a166050206c3');
    expect(read(everything, declared)).toEqual(extensions);
  });

  test('may all be missing', () => {
    expect(written((writer) => writeExtensions(writer, {}, declared))).toBe('80');
    expect(read(fromHex('80'), declared)).toEqual({});
    expect(read(fromHex('c0'), declared)).toEqual({});
  });
});

test('tracing alone is written as by the general function', () => {
  expect(written((writer) => writeTracing(writer, all))).toBe('8101cd04d2');
  expect(written((writer) => writeTracing(writer, {}))).toBe('80');
});

test('defaults are neither written nor reported', () => {
  expect(written((writer) => writeExtensions(writer, { dataType: 0 }, dataExtensions))).toBe('80');
  expect(read(fromHex('82050006c2'), dataExtensions)).toEqual({});
});

test('nil is no value', () => {
  expect(read(fromHex('8301c005c006c0'), dataExtensions)).toEqual({});
});

test('keys that nobody knows are skipped, whatever they hold and wherever they stand', () => {
  const value = fc.letrec((tie) => ({
    value: fc.oneof(
      fc.oneof(fc.constant(null), fc.boolean(), fc.integer(), fc.double(), fc.string(), fc.uint8Array()),
      fc.array(tie('value'), { maxLength: 4 }),
      fc.dictionary(fc.string(), tie('value'), { maxKeys: 4 }),
    ),
  })).value;
  const unknownKey = fc.oneof(fc.integer({ max: 0 }), fc.integer({ min: 7 }));
  const entries = fc.array(fc.tuple(unknownKey, value), { maxLength: 20 });
  const place = fc.nat();
  fc.assert(
    fc.property(entries, place, (unknown, seed) => {
      const before = seed % (unknown.length + 1);
      const bytes = (entry: [number, unknown]) => [...encode(entry[0]), ...encode(entry[1])];
      const count = unknown.length + 1;
      const map = Uint8Array.from([
        ...[0xde, 0, count],
        ...unknown.slice(0, before).flatMap(bytes),
        ...[0x05, 0x03],
        ...unknown.slice(before).flatMap(bytes),
      ]);
      expect(read(map, dataExtensions)).toEqual({ dataType: 3 });
    }),
  );
});

test.each(['8101a161', '8103', '82018002', '81a16101', '810601', 'a0'])('a broken map is refused: %s', (hex) => {
  const declared = dataExtensions | openExtensions;
  const refused = expect.objectContaining({ name: 'ProtocolError', code: 'malformed' });
  expect(() => readExtensions(new MessagePackReader(fromHex(hex)), {}, declared)).toThrow(refused);
});
