import { describe, expect, test } from 'vitest';
import { fromUtf8, refusal, toHex, utf8 } from '../../test/hub-bytes.ts';
import { TextFrameReader, writeTextFrame } from './text-framing.ts';

describe('writeTextFrame', () => {
  test('ends the text with a record separator', () => {
    expect(toHex(writeTextFrame('{"é":1}'))).toBe('7b22c3a9223a317d1e');
  });
});

describe('TextFrameReader', () => {
  test('splits at every separator, empty frames included', () => {
    const reader = new TextFrameReader();
    reader.push(utf8('a\u001e\u001ebc\u001ed'));
    const frames = [reader.next(), reader.next(), reader.next()];
    expect(frames.map((frame) => frame && fromUtf8(frame))).toEqual(['a', '', 'bc']);
    expect(reader.next()).toBeUndefined();
    expect(reader.pendingBytes).toBe(1);
    reader.push(utf8('e\u001e'));
    expect(fromUtf8(reader.next() ?? utf8('nothing'))).toBe('de');
    expect(reader.pendingBytes).toBe(0);
  });

  test('counts the separator towards the limit', () => {
    const reader = new TextFrameReader(4);
    reader.push(utf8('abc\u001e'));
    expect(fromUtf8(reader.next() ?? utf8('nothing'))).toBe('abc');
    reader.push(utf8('abcd\u001e'));
    expect(refusal(() => reader.next())).toMatchObject({
      code: 'message-too-large',
      message: 'The maximum message size of 4B was exceeded.',
    });
  });

  test('refuses a message over the limit before its end is seen', () => {
    const reader = new TextFrameReader(4);
    reader.push(utf8('abcd'));
    expect(reader.next()).toBeUndefined();
    reader.push(utf8('e'));
    expect(refusal(() => reader.next()).code).toBe('message-too-large');
  });

  test('puts a message together from very many chunks', () => {
    const reader = new TextFrameReader();
    for (let count = 0; count < 100_000; count++) {
      reader.push(Uint8Array.of(0x61));
      if (reader.next() !== undefined) throw new Error('There is no separator yet.');
    }
    reader.push(Uint8Array.of(0x1e));
    expect(reader.next()?.length).toBe(100_000);
  });
});
