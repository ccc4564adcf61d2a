import { encode } from '@msgpack/msgpack';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ProtocolError } from '../protocol-error.ts';
import { MessagePackReader } from './reader.ts';

function readerOf(hex: string): MessagePackReader {
  return new MessagePackReader(new Uint8Array(Buffer.from(hex.replaceAll(' ', ''), 'hex')));
}

function malformed(text: string): unknown {
  return expect.objectContaining({ name: 'ProtocolError', code: 'malformed', message: expect.stringContaining(text) });
}

test.each([
  ['00', 0],
  ['7f', 127],
  ['cc ff', 255],
  ['cd 00 01', 1],
  ['ce ff ff ff ff', 0xffff_ffff],
  ['cf 00 1f ff ff ff ff ff ff', Number.MAX_SAFE_INTEGER],
  ['e0', -32],
  ['ff', -1],
  ['d0 80', -128],
  ['d1 80 00', -32768],
  ['d2 80 00 00 00', -0x8000_0000],
  ['d2 00 00 00 04', 4],
  ['d3 ff ff ff ff ff ff ff ff', -1],
  ['d3 ff e0 00 00 00 00 00 01', Number.MIN_SAFE_INTEGER],
])('int() reads %s', (hex, value) => {
  expect(readerOf(hex).int()).toBe(value);
});

test.each(['cf 00 20 00 00 00 00 00 00', 'd3 ff e0 00 00 00 00 00 00'])(
  'int() refuses %s, which no number holds',
  (hex) => {
    expect(() => readerOf(hex).int()).toThrow(malformed('out of range'));
  },
);

test.each([
  ['05', 5n],
  ['cd 04 d2', 1234n],
  ['d3 00 00 00 00 00 00 00 07', 7n],
  ['cf ff ff ff ff ff ff ff ff', 2n ** 64n - 1n],
])('uint64() reads %s', (hex, value) => {
  expect(readerOf(hex).uint64()).toBe(value);
});

test('uint64() refuses a negative integer', () => {
  expect(() => readerOf('ff').uint64()).toThrow(malformed('unsigned'));
});

test.each([
  ['a0', ''],
  ['a3 61 62 63', 'abc'],
  ['d9 03 61 62 63', 'abc'],
  ['da 00 03 61 62 63', 'abc'],
  ['db 00 00 00 03 61 62 63', 'abc'],
  ['a2 c3 a9', 'é'],
  ['a1 ff', '\ufffd'],
])('string() reads %s', (hex, text) => {
  expect(readerOf(hex).string()).toBe(text);
  expect(readerOf(hex).nullableString()).toBe(text);
});

test('nil is text only where it may be', () => {
  expect(readerOf('c0').nullableString()).toBeUndefined();
  expect(() => readerOf('c0').string()).toThrow(malformed('Expected a string at byte 0, found 0xc0.'));
});

test.each(['c4 02 07 08', 'c5 00 02 07 08', 'c6 00 00 00 02 07 08'])('bin() gives a view for %s', (hex) => {
  const bytes = new Uint8Array(Buffer.from(`ffff${hex.replaceAll(' ', '')}`, 'hex'));
  const reader = new MessagePackReader();
  reader.reset(bytes, 2);
  const data = reader.bin();
  expect(data).toEqual(Uint8Array.of(7, 8));
  expect(data.buffer).toBe(bytes.buffer);
  bytes[bytes.length - 1] = 9;
  expect(data).toEqual(Uint8Array.of(7, 9));
});

test('views into a Node buffer are plain and at the right place', () => {
  const buffer = Buffer.concat([Buffer.from('c4020708', 'hex'), Buffer.alloc(10)]);
  const reader = new MessagePackReader(buffer.subarray(0, 4));
  expect(reader.bin()).toStrictEqual(Uint8Array.of(7, 8));
});

test('nil is binary data without bytes', () => {
  expect(readerOf('c0').bin()).toEqual(new Uint8Array(0));
  expect(readerOf('c0').nullableBin()).toBeUndefined();
  expect(readerOf('c400').nullableBin()).toEqual(new Uint8Array(0));
});

test('bool() reads both', () => {
  expect(readerOf('c2').bool()).toBe(false);
  expect(readerOf('c3').bool()).toBe(true);
});

test('headers give their counts', () => {
  expect(readerOf('92 00 00').arrayHeader()).toBe(2);
  expect(readerOf('dc 00 02 00 00').arrayHeader()).toBe(2);
  expect(readerOf('dd 00 00 00 02 00 00').arrayHeader()).toBe(2);
  expect(readerOf('81 00 00').mapHeader()).toBe(1);
  expect(readerOf('de 00 01 00 00').mapHeader()).toBe(1);
  expect(readerOf('df 00 00 00 01 00 00').mapHeader()).toBe(1);
});

test.each(['dd ff ff ff ff 00', '92 00', 'dc 00 03 00 00'])('an array that cannot fit is refused: %s', (hex) => {
  expect(() => readerOf(hex).arrayHeader()).toThrow(malformed('ends'));
});

test.each(['df ff ff ff ff 00 00', '81 00', 'de 00 02 00 00 00'])('a map that cannot fit is refused: %s', (hex) => {
  expect(() => readerOf(hex).mapHeader()).toThrow(malformed('ends'));
});

type Read = (reader: MessagePackReader) => unknown;

const reads: [string, Read, string][] = [
  ['arrayHeader', (reader) => reader.arrayHeader(), 'an array'],
  ['mapHeader', (reader) => reader.mapHeader(), 'a map'],
  ['int', (reader) => reader.int(), 'an integer'],
  ['uint64', (reader) => reader.uint64(), 'an integer'],
  ['string', (reader) => reader.string(), 'a string'],
  ['bin', (reader) => reader.bin(), 'binary data'],
  ['bool', (reader) => reader.bool(), 'a boolean'],
];

describe.each(reads)('%s()', (_name, read, expected) => {
  test('refuses another type', () => {
    expect(() => read(readerOf('ca 00 00 00 00'))).toThrow(malformed(`Expected ${expected} at byte 0, found 0xca.`));
  });

  test('refuses to read past the end', () => {
    expect(() => read(readerOf(''))).toThrow(malformed('ends'));
    const inside = new MessagePackReader();
    inside.reset(Uint8Array.of(0, 0), 1, 1);
    expect(() => read(inside)).toThrow(malformed('ends'));
  });
});

test.each(['cc', 'cd 00', 'ce 00 00 00', 'cf 00 00 00 00 00 00 00', 'd2 00'])('a cut integer is refused: %s', (hex) => {
  expect(() => readerOf(hex).int()).toThrow(malformed('ends'));
});

test.each(['a1', 'd9', 'd9 02 61', 'db ff ff ff ff 61'])('cut text is refused: %s', (hex) => {
  expect(() => readerOf(hex).string()).toThrow(malformed('ends'));
});

test.each(['c4', 'c4 02 01', 'c6 ff ff ff ff 01'])('cut binary data is refused: %s', (hex) => {
  expect(() => readerOf(hex).bin()).toThrow(malformed('ends'));
});

test('tryNil() and tryEmptyMap() step only over what they name', () => {
  const reader = readerOf('c0 80 05');
  expect([reader.tryEmptyMap(), reader.tryNil(), reader.tryNil(), reader.tryEmptyMap()]).toEqual([
    false,
    true,
    false,
    true,
  ]);
  expect(reader.int()).toBe(5);
  expect([reader.tryNil(), reader.tryEmptyMap()]).toEqual([false, false]);
});

describe('skip()', () => {
  const value = fc.letrec((tie) => ({
    value: fc.oneof(
      { depthSize: 'medium' },
      fc.oneof(fc.constant(null), fc.boolean(), fc.integer(), fc.double(), fc.string({ maxLength: 300 })),
      fc.oneof(fc.maxSafeInteger(), fc.date({ noInvalidDate: true }), fc.uint8Array({ maxLength: 300 })),
      fc.array(tie('value'), { maxLength: 20 }),
      fc.dictionary(fc.string(), tie('value'), { maxKeys: 20 }),
    ),
  })).value;

  test('passes one value of any type, and no byte more', () => {
    fc.assert(
      fc.property(value, (skipped) => {
        const reader = new MessagePackReader(Uint8Array.from([...encode(skipped), 0x2a]));
        reader.skip();
        expect(reader.int()).toBe(42);
        expect(() => reader.int()).toThrow(ProtocolError);
      }),
    );
  });

  test.each([
    'c7 02 05 01 02',
    'c8 00 02 05 01 02',
    'c9 00 00 00 02 05 01 02',
    'd4 05 01',
    'd5 05 01 02',
    'd6 05 01 02 03 04',
    'd7 05 01 02 03 04 05 06 07 08',
    `d8 05 ${'01'.repeat(16)}`,
    'dd 00 00 00 01 c0',
    'df 00 00 00 01 c0 c0',
    'db 00 00 00 01 61',
    'c6 00 00 00 01 61',
    'd0 80',
  ])('passes %s', (hex) => {
    const reader = readerOf(`${hex} 2a`);
    reader.skip();
    expect(reader.int()).toBe(42);
  });

  test.each(['', '91', '81 00', 'c7', 'c7 02 05 01', 'd8 05', 'cb 00', 'dd ff ff ff ff', 'c6 ff ff ff ff'])(
    'refuses what is cut off: %s',
    (hex) => {
      expect(() => readerOf(hex).skip()).toThrow(malformed('ends'));
    },
  );

  test('refuses the one byte that starts no value', () => {
    expect(() => readerOf('c1').skip()).toThrow(malformed('0xc1'));
  });

  test('passes nesting deeper than any call stack', () => {
    const deep = new Uint8Array(2_000_001).fill(0x91);
    deep[deep.length - 1] = 0xc0;
    const reader = new MessagePackReader(deep);
    reader.skip();
    expect(() => reader.skip()).toThrow(malformed('ends'));
  });
});
