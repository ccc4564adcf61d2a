import { expect, test } from 'vitest';
import { readInterval, readOffset, readQuery, readTime, readTruth, readWhole } from './read-value.ts';

test.each([
  ['1m', 'PT1M'],
  ['60m', 'PT1H'],
  ['1d', 'P1D'],
  ['PT24H', 'P1D'],
  ['pt5m', 'PT5M'],
  ['full', 'FULL'],
])('the interval %s is %s', (text, expected) => {
  expect(readInterval(text)).toBe(expected);
});

test.each([
  ['30s', 30_000],
  ['1h', 3_600_000],
  ['1h30m', 5_400_000],
  ['1d6h', 108_000_000],
  ['PT1H30M', 5_400_000],
  ['P1D', 86_400_000],
])('the offset %s is %d ms', (text, expected) => {
  expect(readOffset(text)).toBe(expected);
});

test.each([
  ['True', true],
  ['false', false],
])('%s is %s', (text, expected) => {
  expect(readTruth(text)).toBe(expected);
});

test.each([
  ['an interval', () => readInterval('7m'), 'PT1M'],
  ['an interval', () => readInterval(''), 'PT1M'],
  ['an offset', () => readOffset('P'), '1d6h'],
  ['an offset', () => readOffset('1 hour'), '1d6h'],
  ['a truth', () => readTruth('maybe'), 'true or false'],
  ['a number', () => readWhole('2.5'), 'whole number'],
  ['a number', () => readWhole(''), 'whole number'],
  ['a time', () => readTime('yesterday'), 'ISO 8601'],
  ['a query', () => readQuery('[['), 'no JMESPath'],
])('%s that is none says what would be one', (_, read, hint) => {
  expect(read).toThrow(hint);
});
