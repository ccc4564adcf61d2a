import { expect, test } from 'vitest';
import { createEventStreamReader } from './event-stream-reader.ts';

function read(...texts: readonly string[]): string[] {
  const reader = createEventStreamReader();
  return texts.flatMap((text) => reader(text));
}

test.each([
  ['one event', 'data: a\r\n\r\n', ['a']],
  ['line feeds alone', 'data: a\n\ndata: b\n\n', ['a', 'b']],
  ['no space after the colon', 'data:a\r\n\r\n', ['a']],
  ['only one space is left out', 'data:  a\r\n\r\n', [' a']],
  ['an empty line of data', 'data: a\r\ndata:\r\ndata: b\r\n\r\n', ['a\n\nb']],
  ['several lines of data', 'data: a\r\ndata: b\r\n\r\n', ['a\nb']],
  ['a colon in the data', 'data: {"a":1}\u001e\r\n\r\n', ['{"a":1}\u001e']],
  ['comments and other fields', ':\r\n: hello\r\nevent: x\r\nid: 1\r\nretry: 5\r\ndata: a\r\n\r\n', ['a']],
  ['a field whose name only begins alike', 'database: a\r\n\r\n', []],
  ['an event without data', 'event: x\r\n\r\n\r\n', []],
  ['an event that is not complete', 'data: a\r\n', []],
])('%s', (_name, text, events) => {
  expect(read(text)).toEqual(events);
  expect(read(...text)).toEqual(events);
});

test('each call gives what it completes', () => {
  const reader = createEventStreamReader();
  expect(reader('data: a\r')).toEqual([]);
  expect(reader('\n\r\ndata: b\r\n\r\nda')).toEqual(['a', 'b']);
  expect(reader('')).toEqual([]);
  expect(reader('ta: c\r\n\r\n')).toEqual(['c']);
});
