// rest-api 5.1: how values change their encoding.
import { decode, encode } from '@msgpack/msgpack';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { jsonOfMessagePack } from './json-of-messagepack.ts';
import { messagePackOfJson } from './messagepack-of-json.ts';

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
const bytes = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex');

describe('JSON numbers in MessagePack', () => {
  test.each([
    ['0', '00'],
    ['-0', '00'],
    ['-1', 'ff'],
    ['127', '7f'],
    ['65536', 'ce00010000'],
    ['9007199254740991', 'cf001fffffffffffff'],
    ['9007199254740993', 'cf0020000000000001'],
    ['12345678901234567890', 'cfab54a98ceb1f0ad2'],
    ['18446744073709551615', 'cfffffffffffffffff'],
    ['18446744073709551616', 'cb43f0000000000000'],
    ['-9007199254740993', 'd3ffdfffffffffffff'],
    ['-9223372036854775808', 'd38000000000000000'],
    ['-9223372036854775809', 'cbc3e0000000000000'],
    ['1.0', 'cb3ff0000000000000'],
    ['1e2', 'cb4059000000000000'],
    ['-2.5', 'cbc004000000000000'],
    ['1e999', 'cb7ff0000000000000'],
  ])('%s', (text, expected) => {
    expect(hex(messagePackOfJson(text))).toBe(expected);
  });
});

describe('MessagePack in JSON', () => {
  test.each([
    ['cf ab54a98ceb1f0ad2', '12345678901234567890'],
    ['d3 8000000000000000', '-9223372036854775808'],
    ['d0 80', '-128'],
    ['d1 8000', '-32768'],
    ['d2 80000000', '-2147483648'],
    ['cc ff', '255'],
    ['e0', '-32'],
    ['ca 3fc00000', '1.5'],
    ['cb 7ff8000000000000', 'null'],
    ['cb fff0000000000000', 'null'],
    ['c0', 'null'],
    ['c2', 'false'],
    ['c4 03 010203', '"AQID"'],
    ['c4 00', '""'],
    ['d6 ff 386d4380', '"2000-01-01T00:00:00.000Z"'],
    ['d7 ff 77359400 386d4380', '"2000-01-01T00:00:00.500Z"'],
    ['c7 0c ff 1dcd6500 ffffffffffffffff', '"1969-12-31T23:59:59.500Z"'],
    ['c7 0c ff 00000000 7fffffffffffffff', '[-1,"AAAAAH//////////"]'],
    ['c7 02 ff 0102', '[-1,"AQI="]'],
    ['d4 05 07', '[5,"Bw=="]'],
    ['82 01 a161 c3 a162', '{"1":"a","true":"b"}'],
    ['dc 0001 de 0001 d9 01 61 91 c0', '[{"a":[null]}]'],
    ['a3 22 0a 5c', '"\\"\\n\\\\"'],
  ])('%s is %s', (encoded, text) => {
    expect(jsonOfMessagePack(bytes(encoded))).toBe(text);
  });
});

test('what another library reads of it is the value', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => {
      const text = JSON.stringify(value);
      expect(decode(messagePackOfJson(text))).toEqual(JSON.parse(text));
    }),
  );
});

test('what another library writes is read as the value', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => {
      const plain: unknown = JSON.parse(JSON.stringify(value));
      expect(JSON.parse(jsonOfMessagePack(encode(plain)))).toEqual(plain);
    }),
  );
});

test('whole numbers of 64 bits come back digit for digit', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 64n - 1n }), (number) => {
      expect(jsonOfMessagePack(messagePackOfJson(`[${number}]`))).toBe(`[${number}]`);
    }),
  );
});

test('of names that are alike, the last counts, and none is special', () => {
  expect(decode(messagePackOfJson('{"a":1,"a":2}'))).toEqual({ a: 2 });
  expect(jsonOfMessagePack(messagePackOfJson('{"__proto__":{"a":1},"toString":2}'))).toBe(
    '{"__proto__":{"a":1},"toString":2}',
  );
});
