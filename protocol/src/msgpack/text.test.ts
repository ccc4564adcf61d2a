import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createNodeTextCodec, createWebTextCodec, type TextCodec, textCodec, utf8Length } from './text.ts';

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

const codecs: [string, () => TextCodec | undefined][] = [
  ['node', createNodeTextCodec],
  ['web', createWebTextCodec],
];

/** Any text, lone surrogates included. */
const anyText = fc
  .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 60 })
  .map((units) => String.fromCharCode(...units));

function write(codec: TextCodec, text: string): Uint8Array {
  const bytes = new Uint8Array(4 + text.length * 3);
  const written = codec.encodeInto(text, bytes, 4);
  return bytes.slice(4, 4 + written);
}

describe.each(codecs)('the text codec for %s', (_name, create) => {
  const codec = create() ?? expect.fail('not available here');

  test('writes what TextEncoder writes', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(write(codec, text)).toEqual(encoder.encode(text));
      }),
    );
  });

  test('reads what TextDecoder reads, of valid bytes and others', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        expect(codec.decode(Uint8Array.from([1, ...bytes, 2]), 1, 1 + bytes.length)).toBe(decoder.decode(bytes));
      }),
    );
  });

  test.each(['', 'conn1', 'x'.repeat(500), 'schön', '日本'.repeat(40), '\u{1f600}', '\ufeffbom', '\0'])(
    'gives back %j',
    (text) => {
      const bytes = encoder.encode(text);
      expect(codec.decode(bytes, 0, bytes.length)).toBe(text);
      expect(write(codec, text)).toEqual(bytes);
    },
  );
});

test('Node has the faster codec', () => {
  expect(textCodec.decode.toString()).toContain('utf8Slice');
});

test('utf8Length counts what TextEncoder writes', () => {
  fc.assert(
    fc.property(anyText, (text) => {
      expect(utf8Length(text)).toBe(encoder.encode(text).length);
    }),
  );
  expect(utf8Length('a\u{1f600}\ud83d')).toBe(8);
});
