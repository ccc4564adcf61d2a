import { expect, test } from 'vitest';
import { copyBytes } from './copy-bytes.ts';

const source = Uint8Array.from({ length: 20_000 }, (_, index) => index % 251);

test.each([0, 1, 64, 65, 2048, 2049, 10_000])('copies of %i bytes are exact and apart from each other', (size) => {
  const copies = Array.from({ length: 20 }, (_, index) => copyBytes(source, index, index + size));
  copies[7]?.fill(0xff);
  for (const [index, copy] of copies.entries()) {
    expect(copy).toEqual(index === 7 ? new Uint8Array(size).fill(0xff) : source.slice(index, index + size));
  }
});

test('small copies share memory, so that one costs no allocation of its own', () => {
  const [first, second] = [copyBytes(source, 0, 100), copyBytes(source, 0, 100)];
  const third = copyBytes(source, 0, 100);
  expect(new Set([first.buffer, second.buffer, third.buffer]).size).toBeLessThan(3);
});
