import { encode } from '@msgpack/msgpack';
import { ProtocolError } from '@signalite/protocol';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MessagePackCursor } from './messagepack-cursor.ts';

const bytes = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex');

test('a value is cut out as it stands', () => {
  const cursor = new MessagePackCursor(bytes('93 01 82 a161 91c0 a162 c402ffff a163 cf0000000000000001'));
  expect(cursor.next()).toEqual({ kind: 'array', length: 3 });
  expect(cursor.next()).toEqual({ kind: 'integer', value: 1n });
  expect(Buffer.from(cursor.slice()).toString('hex')).toBe('82a16191c0a162c402ffff');
  expect(cursor.next()).toEqual({ kind: 'text', value: 'c' });
  expect(cursor.isAtEnd).toBe(false);
  expect(cursor.slice()).toHaveLength(9);
  expect(cursor.isAtEnd).toBe(true);
});

test.each([
  ['', 'cut off'],
  ['c1', 'does not use'],
  ['a3 6161', 'cut off'],
  ['a1 ff', 'not UTF-8'],
  ['cd 01', 'cut off'],
  ['cb 00', 'cut off'],
  ['c6 ffffffff', 'cut off'],
  ['91', 'a count beyond its end'],
  ['81 01', 'a count beyond its end'],
  ['dd ffffffff', 'a count beyond its end'],
  ['df ffffffff', 'a count beyond its end'],
  ['d8 00 0102', 'cut off'],
  [`${'91'.repeat(502)}c0`, 'more than 500 levels'],
])('%s is refused', (text, why) => {
  const cut = () => new MessagePackCursor(bytes(text)).slice();
  expect(cut).toThrow(ProtocolError);
  expect(cut).toThrow(why);
});

test('what is cut off anywhere is refused', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 3 }), fc.nat(), (value, seed) => {
      const whole = encode(JSON.parse(JSON.stringify(value)));
      expect(new MessagePackCursor(whole).slice()).toHaveLength(whole.length);
      const part = whole.subarray(0, seed % whole.length);
      expect(() => new MessagePackCursor(part).slice()).toThrow(ProtocolError);
    }),
  );
});

test('any bytes are a value or a ProtocolError', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), (any) => {
      try {
        expect(new MessagePackCursor(any).slice().length).toBeLessThanOrEqual(any.length);
      } catch (error) {
        expect(error).toBeInstanceOf(ProtocolError);
      }
    }),
  );
});
