import { WELL_KNOWN_ACCESS_KEY } from 'signalite';
import { expect, test } from 'vitest';
import { isSignedBy } from './signature.ts';

// The vector of upstream-and-emulator 2.3.
const CONNECTION_ID = 'abc';
const SIGNED = 'sha256=D4B71F6479906BF45CDC69C969315019A67A52DEAE1EAB86C7A7F3D9B25CD31E';
const OTHER = `sha256=${'0'.repeat(64)}`;

test.each([
  { what: 'by the key', header: SIGNED },
  { what: 'in lower case', header: SIGNED.toLowerCase() },
  { what: 'by the key as the second of two', header: `${OTHER},${SIGNED}` },
])('a connection id signed $what passes', ({ header }) => {
  expect(isSignedBy([WELL_KNOWN_ACCESS_KEY], CONNECTION_ID, header)).toBe(true);
  expect(isSignedBy(['another key', WELL_KNOWN_ACCESS_KEY], CONNECTION_ID, header)).toBe(true);
});

test.each([
  { what: 'nothing', header: '' },
  { what: 'another signature', header: OTHER },
  { what: 'half of it', header: SIGNED.slice(0, 39) },
  { what: 'more than it', header: `${SIGNED}00` },
  { what: 'no digits', header: `sha256=${'x'.repeat(64)}` },
  { what: 'no name of the algorithm', header: SIGNED.slice('sha256='.length) },
  { what: 'a space behind the comma', header: `${OTHER}, ${SIGNED}` },
])('$what does not', ({ header }) => {
  expect(isSignedBy([WELL_KNOWN_ACCESS_KEY], CONNECTION_ID, header)).toBe(false);
});

test('it holds for one connection and one key', () => {
  expect(isSignedBy([WELL_KNOWN_ACCESS_KEY], 'abd', SIGNED)).toBe(false);
  expect(isSignedBy(['another key'], CONNECTION_ID, SIGNED)).toBe(false);
  expect(isSignedBy([], CONNECTION_ID, SIGNED)).toBe(false);
});
