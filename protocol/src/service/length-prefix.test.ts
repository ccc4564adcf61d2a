import { expect, test } from 'vitest';
import { LengthPrefix } from './length-prefix.ts';

function addAll(prefix: LengthPrefix, hex: string): boolean[] {
  return [...Buffer.from(hex.replaceAll(' ', ''), 'hex')].map((byte) => prefix.add(byte));
}

test.each([
  ['00', 0],
  ['07', 7],
  ['7f', 127],
  ['80 01', 128],
  ['af 01', 175],
  ['85 02', 261],
  ['ff ff 7f', 2_097_151],
  ['80 80 80 80 01', 0x1000_0000],
  ['ff ff ff ff 07', 0x7fff_ffff],
  ['81 80 80 80 00', 1],
])('%s is %i', (hex, value) => {
  const prefix = new LengthPrefix();
  const ends = addAll(prefix, hex);
  expect(ends).toEqual(ends.map((_, index) => index === ends.length - 1));
  expect(prefix.value).toBe(value);
  expect(prefix.byteCount).toBe(ends.length);
});

test.each(['80 80 80 80 08', 'ff ff ff ff 87', '80 80 80 80 80'])('%s is over 31 bits', (hex) => {
  const refused = expect.objectContaining({ name: 'ProtocolError', code: 'malformed' });
  expect(() => addAll(new LengthPrefix(), hex)).toThrow(refused);
});

test('a prefix can be read after another', () => {
  const prefix = new LengthPrefix();
  addAll(prefix, 'af01');
  prefix.reset();
  expect(addAll(prefix, '05')).toEqual([true]);
  expect([prefix.value, prefix.byteCount]).toEqual([5, 1]);
});
