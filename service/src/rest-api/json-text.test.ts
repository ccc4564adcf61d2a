// rest-api 5.1.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DEPTH_MAX, elementTexts, memberTexts, readJsonText } from './json-text.ts';

const read = (text: string) => readJsonText(Buffer.from(text));

describe('reading', () => {
  test.each(['', ' ', '{', '[1,]', '{"a":1}x', "{'a':1}", '01', 'NaN', '"\u0001"', '{"a"}'])(
    '%s is no JSON',
    (text) => {
      expect(read(text)).toBeUndefined();
    },
  );

  test('bytes that are not UTF-8 are no JSON', () => {
    expect(readJsonText(Buffer.from([0x22, 0xff, 0x22]))).toBeUndefined();
  });

  test('a byte order mark and space around are no part of the text', () => {
    expect(read('\ufeff \n{"a":1}\r\n')).toEqual({ value: { a: 1 }, text: '{"a":1}' });
  });

  test('nesting is limited', () => {
    const nested = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`;
    expect(read(nested(DEPTH_MAX))).toBeDefined();
    expect(read(nested(DEPTH_MAX + 1))).toBeUndefined();
    expect(read(nested(500_000))).toBeUndefined();
    expect(read(`"${'['.repeat(1000)}"`)).toBeDefined();
  });
});

describe('texts of members and elements', () => {
  test('stand as they were written', () => {
    const text = '{ "A" : 12345678901234567890 , "b":{"c" : [1.0, 1e400]},"d\\"\\u0065":"}],\\\\" }';
    expect([...memberTexts(text)]).toEqual([
      ['a', '12345678901234567890'],
      ['b', '{"c" : [1.0, 1e400]}'],
      ['d"e', '"}],\\\\"'],
    ]);
    expect(elementTexts('[ 1 , [2, {"x":"]"}] ,"a,b", null ]')).toEqual(['1', '[2, {"x":"]"}]', '"a,b"', 'null']);
  });

  test('of nothing are none', () => {
    expect([...memberTexts(' { } ')]).toEqual([]);
    expect(elementTexts('[\n]')).toEqual([]);
  });

  test('of names that are alike: the last', () => {
    expect(memberTexts('{"target":"a","Target":"b","TARGET":"c"}').get('target')).toBe('"c"');
  });

  test('say what the whole text says', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue()), fc.constantFrom(undefined, 1, '\t'), (values, space) => {
        expect(elementTexts(JSON.stringify(values, null, space)).map((one): unknown => JSON.parse(one))).toEqual(
          values.map((value): unknown => JSON.parse(JSON.stringify(value))),
        );
        const object = Object.fromEntries(values.map((value, index) => [`\\"${index}{`, value]));
        const members = memberTexts(JSON.stringify(object, null, space));
        for (const [name, value] of Object.entries(object)) {
          expect(JSON.parse(members.get(name) ?? '')).toEqual(JSON.parse(JSON.stringify(value)));
        }
      }),
    );
  });
});
