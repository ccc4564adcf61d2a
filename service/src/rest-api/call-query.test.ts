// rest-api 2.1.
import { expect, test } from 'vitest';
import { CallQuery } from './call-query.ts';
import { RestProblem } from './rest-problem.ts';

test('names compare without case, the first value counts, an empty one is none', () => {
  const query = new CallQuery(
    'MaxPageSize=5&TOP=&api-version=1&excluded=a%2Cb&EXCLUDED=c&excluded=&reason=a+b&reason=c',
  );
  expect(query.integer('maxpagesize', 1)).toBe(5);
  expect(query.integer('top', 1)).toBeUndefined();
  expect(query.text('api-version')).toBe('1');
  expect(query.texts('excluded')).toEqual(['a,b', 'c']);
  expect(query.text('reason')).toBe('a b');
  expect(query.text('filter')).toBeUndefined();
});

test.each(['0', '1', '200'])('ttl=%s is a number', (text) => {
  expect(new CallQuery(`ttl=${text}`).integer('ttl', 0, 200)).toBe(Number(text));
});

test.each(['-1', '201', '1.5', '1e2', 'x', '0x10', '٣', '99999999999', '+1', ' 1'])('ttl=%s is none', (text) => {
  const read = () => new CallQuery(`ttl=${encodeURIComponent(text)}`).integer('ttl', 0, 200);
  expect(read).toThrow(RestProblem);
  expect(read).toThrow("'ttl' must be a whole number from 0 to 200");
});

test('numbers have 32 bits at most', () => {
  expect(new CallQuery('top=2147483647').integer('top', 1)).toBe(2_147_483_647);
  expect(() => new CallQuery('top=2147483648').integer('top', 1)).toThrow(RestProblem);
});

test.each([
  ['completed=true', true],
  ['completed=TRUE', true],
  ['completed=False', false],
  ['completed=', false],
  ['', false],
])('"%s" is %s', (text, expected) => {
  expect(new CallQuery(text).flag('completed')).toBe(expected);
});

test('a flag is true or false', () => {
  expect(() => new CallQuery('completed=1').flag('completed')).toThrow(RestProblem);
});
