import { expect, test } from 'vitest';
import { sourceAddresses } from './source-addresses.ts';

const USUAL = '32768\t60999\n';

test('the usual range has ports for 10,000 clients', () => {
  expect(sourceAddresses(10_000, 1, USUAL)).toEqual([]);
});

test('more clients than ports take several addresses, others in each process', () => {
  expect(sourceAddresses(60_000, 0x1_0203, USUAL)).toEqual(['127.2.3.1', '127.2.3.2', '127.2.3.3']);
});

test('a range that is too small even so is refused', () => {
  expect(() => sourceAddresses(300, 1, '50000 50100')).toThrow('widen');
});
