// client-protocol 2.4; the format of text/event-stream.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { writeEvent } from './event-stream.ts';

/** Data of all events of a stream, as a reader of the format understands them. */
function read(stream: string): string[] {
  const events: string[] = [];
  let data: string[] = [];
  for (const line of stream.split(/\r\n|\r|\n/)) {
    if (line === '') {
      if (data.length > 0) events.push(data.join('\n'));
      data = [];
    } else if (line.startsWith('data: ')) data.push(line.slice('data: '.length));
  }
  // What no blank line follows is no event.
  return events;
}

test.each([
  ['{"type":6}\x1e', 'data: {"type":6}\x1e\r\n\r\n'],
  ['{}\x1e{"type":6}\x1e', 'data: {}\x1e{"type":6}\x1e\r\n\r\n'],
  ['a\nb', 'data: a\r\ndata: b\r\n\r\n'],
  ['a\r\nb\rc\n\nd', 'data: a\r\ndata: b\r\ndata: c\r\ndata: \r\ndata: d\r\n\r\n'],
  ['a\n', 'data: a\r\ndata: \r\n\r\n'],
  ['ü\n€', 'data: ü\r\ndata: €\r\n\r\n'],
])('%j', (messages, expected) => {
  expect(writeEvent(Buffer.from(messages)).toString()).toBe(expected);
});

test('a reader gets one event with the same lines, whatever they are', () => {
  const anyText = fc
    .array(fc.oneof(fc.string({ unit: 'grapheme' }), fc.constantFrom('\n', '\r', '\r\n', 'data: ', ':', ' ', '\x1e')))
    .map((parts) => parts.join(''))
    .filter((text) => text !== '');
  fc.assert(
    fc.property(fc.array(anyText, { minLength: 1, maxLength: 3 }), (texts) => {
      const stream = Buffer.concat(texts.map((text) => writeEvent(Buffer.from(text)))).toString();
      expect(read(`:\r\n${stream}`)).toEqual(texts.map((text) => text.replaceAll(/\r\n|\r/g, '\n')));
    }),
  );
});
