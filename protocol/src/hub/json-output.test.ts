import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { toJsonText } from './json-output.ts';

describe('toJsonText', () => {
  test.each([
    ['bytes', Uint8Array.of(0, 255), '"AP8="'],
    ['bytes of Node', Buffer.from('abc'), '"YWJj"'],
    ['bytes deep inside', { a: [{ b: Uint8Array.of(1) }], c: undefined }, '{"a":[{"b":"AQ=="}]}'],
    ['a bigint', 2n ** 63n, '9223372036854775808'],
    ['a bigint deep inside', [{ id: -1n, at: new Date(0) }], '[{"id":-1,"at":"1970-01-01T00:00:00.000Z"}]'],
    ['undefined', undefined, 'null'],
    ['a function', () => 1, 'null'],
    ['numbers that JSON does not have', [Number.NaN, Number.POSITIVE_INFINITY], '[null,null]'],
    ['holes beside a bigint', [undefined, 1n, () => 1], '[null,1,null]'],
    ['boxed values beside a bigint', [new String('a'), new Number(2), 1n], '["a",2,1]'],
    ['what toJSON gives', { toJSON: () => ({ a: 1 }), b: 1n }, '{"a":1}'],
    ['names that need escapes', { 'a"b': 1n }, '{"a\\"b":1}'],
    ['lone surrogates', '\ud83d', '"\\ud83d"'],
  ])('writes %s', (_, value, text) => {
    expect(toJsonText(value)).toBe(text);
  });

  test('writes megabytes of bytes', () => {
    const bytes = new Uint8Array(3_000_001).fill(7);
    expect(toJsonText(bytes)).toBe(`"${Buffer.from(bytes).toString('base64')}"`);
  });

  test('a bigint changes nothing in what is beside it', () => {
    fc.assert(
      fc.property(fc.anything({ withDate: true, withNullPrototype: true }), (value) => {
        expect(toJsonText([value, 1n])).toBe(`[${JSON.stringify(value) ?? 'null'},1]`);
      }),
    );
  });

  test('refuses a cycle', () => {
    const cycle: { self?: object } = {};
    cycle.self = cycle;
    expect(() => toJsonText(cycle)).toThrow('The value holds itself');
    expect(() => toJsonText([1n, cycle])).toThrow(RangeError);
  });
});
