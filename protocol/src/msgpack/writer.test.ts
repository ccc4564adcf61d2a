import { decode, encode } from '@msgpack/msgpack';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MessagePackReader } from './reader.ts';
import { lengthPrefixBytes, MessagePackWriter, writeLengthPrefix } from './writer.ts';

/** Bytes that one writer, small so that it has to grow, makes of some calls. */
function written(write: (writer: MessagePackWriter) => void): Uint8Array {
  const writer = new MessagePackWriter({ initialBytes: 1 });
  write(writer);
  return writer.take();
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

describe('values', () => {
  test('integers take their smallest form', () => {
    fc.assert(
      fc.property(fc.oneof(fc.maxSafeInteger(), fc.integer(), fc.integer({ min: -300, max: 300 })), (value) => {
        expect(hex(written((writer) => writer.int(value)))).toBe(hex(encode(value)));
      }),
      { numRuns: 1000 },
    );
  });

  test.each([
    [0n, '00'],
    [127n, '7f'],
    [128n, 'cc80'],
    [65535n, 'cdffff'],
    [0xffff_ffffn, 'ceffffffff'],
    [0x1_0000_0000n, 'cf0000000100000000'],
    [2n ** 64n - 1n, 'cfffffffffffffffff'],
  ])('%i as unsigned 64-bit integer is %s', (value, expected) => {
    expect(hex(written((writer) => writer.uint64(value)))).toBe(expected);
  });

  test('a fixed integer takes five bytes, whatever its value', () => {
    expect(hex(written((writer) => writer.fixedInt32(1)))).toBe('d200000001');
    expect(hex(written((writer) => writer.fixedInt32(-2)))).toBe('d2fffffffe');
  });

  const lengths = [0, 1, 15, 16, 31, 32, 40, 41, 255, 256, 65_535, 65_536];

  test.each(lengths)('text of %i bytes has the header of its length', (length) => {
    const ascii = 'a'.repeat(length);
    expect(hex(written((writer) => writer.string(ascii)))).toBe(hex(encode(ascii)));
    const wide = 'é'.repeat(length / 2).padEnd(Math.ceil(length / 2), 'a');
    expect(hex(written((writer) => writer.string(wide)))).toBe(hex(encode(wide)));
  });

  test('text is UTF-8', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 80 }), (text) => {
        expect(new MessagePackReader(written((writer) => writer.string(text))).string()).toBe(text);
        expect(decode(written((writer) => writer.nullableString(text)))).toBe(text);
      }),
    );
    expect(hex(written((writer) => writer.nullableString(undefined)))).toBe('c0');
  });

  test.each(lengths)('%i bytes of binary data have the header of their length', (length) => {
    const data = new Uint8Array(length).fill(7);
    expect(hex(written((writer) => writer.bin(data)))).toBe(hex(encode(data)));
  });

  test.each([
    [0, '90', '80'],
    [15, '9f', '8f'],
    [16, 'dc0010', 'de0010'],
    [65_535, 'dcffff', 'deffff'],
    [65_536, 'dd00010000', 'df00010000'],
  ])('containers of %i have the headers %s and %s', (length, array, map) => {
    expect(hex(written((writer) => writer.arrayHeader(length)))).toBe(array);
    expect(hex(written((writer) => writer.mapHeader(length)))).toBe(map);
  });

  test('booleans, nil and ready bytes follow each other', () => {
    const bytes = written((writer) => {
      writer.bool(true);
      writer.bool(false);
      writer.nil();
      writer.raw(Uint8Array.of(0x91, 0x05));
    });
    expect(hex(bytes)).toBe('c3c2c09105');
  });
});

describe('length prefix', () => {
  test.each([
    [0, '00'],
    [7, '07'],
    [127, '7f'],
    [128, '8001'],
    [175, 'af01'],
    [261, '8502'],
    [16_383, 'ff7f'],
    [16_384, '808001'],
    [0x7fff_ffff, 'ffffffff07'],
  ])('of %i is %s', (length, expected) => {
    const bytes = new Uint8Array(lengthPrefixBytes(length));
    expect(writeLengthPrefix(bytes, 0, length)).toBe(bytes.length);
    expect(hex(bytes)).toBe(expected);
  });

  test('fits each frame, whatever the sizes of those before', () => {
    const sizes = fc.array(fc.oneof(fc.nat(300), fc.nat(20_000)), { maxLength: 12 });
    fc.assert(
      fc.property(sizes, fc.integer({ min: 1, max: 64 }), (bodies, initialBytes) => {
        const writer = new MessagePackWriter({ initialBytes });
        for (const size of bodies) {
          writer.beginFrame();
          writer.raw(new Uint8Array(size).fill(size));
          writer.endFrame();
        }
        const expected = bodies.flatMap((size) => {
          const prefix = new Uint8Array(lengthPrefixBytes(size));
          writeLengthPrefix(prefix, 0, size);
          return [prefix, new Uint8Array(size).fill(size)];
        });
        expect(Buffer.compare(writer.take(), Buffer.concat(expected))).toBe(0);
      }),
    );
  });
});

describe('buffer', () => {
  test('what was taken stays as it was when the writer goes on', () => {
    const writer = new MessagePackWriter();
    writer.string('first');
    const taken = writer.take();
    writer.reset();
    writer.string('other');
    expect(hex(taken)).toBe('a56669727374');
    expect(hex(writer.take())).toBe('a56f74686572');
  });

  test('bytes() is a view from the given place', () => {
    const writer = new MessagePackWriter();
    writer.int(1);
    writer.int(2);
    expect(writer.bytes(1)).toEqual(Uint8Array.of(2));
    expect(writer.bytes().buffer).toBe(writer.buffer.buffer);
  });

  test('room at the start is left out and filled in later', () => {
    const writer = new MessagePackWriter({ initialBytes: 4 });
    writer.reset(10);
    writer.string('x');
    expect(writer.position).toBe(12);
    writer.buffer.set([8, 9], 8);
    expect(writer.take(8)).toEqual(Uint8Array.of(8, 9, 0xa1, 0x78));
  });

  test('reserve() says where the room is', () => {
    const writer = new MessagePackWriter({ initialBytes: 2 });
    writer.nil();
    expect(writer.reserve(3)).toBe(1);
    expect(writer.position).toBe(4);
    expect(writer.buffer.length).toBeGreaterThanOrEqual(4);
  });

  test('truncate() takes back the end only', () => {
    const writer = new MessagePackWriter();
    writer.int(1);
    writer.int(2);
    writer.truncate(1);
    writer.truncate(5);
    expect(writer.take()).toEqual(Uint8Array.of(1));
  });

  test('a buffer that grew unusually large is let go at the next start', () => {
    const writer = new MessagePackWriter({ initialBytes: 16, retainedBytes: 1000 });
    writer.raw(new Uint8Array(900));
    writer.reset();
    expect(writer.buffer.length).toBe(900);
    writer.raw(new Uint8Array(1001));
    writer.reset(20);
    expect(writer.buffer.length).toBe(20);
    expect(writer.position).toBe(20);
  });
});
