import { expect, test } from 'vitest';
import { PrefixedReader, prefixed } from './length-prefixed.ts';

test.each([
  [7, '07'],
  [175, 'af01'],
  [261, '8502'],
])('a body of %i bytes begins with %s', (length, hex) => {
  const bytes = prefixed(new Uint8Array(length));
  expect(bytes.toString('hex', 0, bytes.length - length)).toBe(hex);
});

test('bodies come whole, wherever the pieces end', () => {
  const stream = Buffer.concat([
    prefixed(Buffer.from('one')),
    prefixed(Buffer.alloc(300, 1)),
    prefixed(Buffer.from('three')),
  ]);
  for (let cut = 0; cut <= stream.length; cut++) {
    const reader = new PrefixedReader();
    const bodies = [...reader.push(stream.subarray(0, cut)), ...reader.push(stream.subarray(cut))];
    expect(bodies.map(({ length }) => length)).toEqual([3, 300, 5]);
    expect(reader.pendingBytes).toBe(0);
  }
});

test('a prefix of six bytes is refused', () => {
  expect(() => new PrefixedReader().push(Buffer.alloc(6, 0xff))).toThrow('more than five bytes');
});
