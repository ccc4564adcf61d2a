import { expect, test } from 'vitest';
import { firstDifference, type Observation, readObservations, writeObservations } from './observations.ts';

const LINES = ['echo = a\\nb\n"c"\r', '', '# not a head: really', 'closed no error'];

const SEEN: readonly Observation[] = [
  { scenario: 's', client: '.NET client 10', transport: 'WebSockets', protocol: 'json', lines: LINES },
  { scenario: 's', client: '.NET client 10', transport: 'LongPolling', protocol: 'messagepack', lines: LINES },
  { scenario: 's', client: '@a/b', transport: 'WebSockets', protocol: 'json', lines: LINES },
  { scenario: 's', client: '@a/b', transport: 'LongPolling', protocol: 'json', lines: ['other'] },
  { scenario: 's', client: '@a/c', transport: 'LongPolling', protocol: 'json', lines: [] },
];

test('what was written is read again', () => {
  expect([...readObservations(writeObservations(SEEN))]).toEqual([
    ['.NET client 10: WebSockets json', LINES],
    ['.NET client 10: LongPolling messagepack', LINES],
    ['@a/b: WebSockets json', LINES],
    ['@a/b: LongPolling json', ['other']],
    ['@a/c: LongPolling json', []],
  ]);
});

test('equal lines are written once', () => {
  expect(
    writeObservations(SEEN)
      .split('\n')
      .filter((line) => line.endsWith('closed no error')),
  ).toHaveLength(1);
});

test('the first difference is told', () => {
  expect(firstDifference(['a', 'b'], ['a', 'b'])).toBeUndefined();
  expect(firstDifference(['a', 'b'], ['a', 'c'])).toBe('line 2\n  Kestrel: b\n  service: c');
  expect(firstDifference(['a', 'b'], ['a'])).toBe('line 2\n  Kestrel: b\n  service: (nothing)');
  expect(firstDifference(['a'], ['a', 'b'], 'record')).toBe('line 2\n  Kestrel: (nothing)\n  record: b');
});
