import { expect, test } from 'vitest';
import { parseExpectedFailures } from './expected-failures.ts';

const KNOWN = new Set(['a.one', 'a.two']);

test('ids, comments and empty lines', () => {
  expect([...parseExpectedFailures('# why\n\na.one # because\n  a.two\n', KNOWN).ids]).toEqual(['a.one', 'a.two']);
});

test.each([
  ['a.three', "Line 1: there is no check 'a.three'. See --list."],
  ['a.one\na.one', "Line 2: 'a.one' is there twice."],
])('%j is refused', (text, message) => {
  expect(() => parseExpectedFailures(text, KNOWN)).toThrow(message);
});
