import { expect, test } from 'vitest';
import { parseJsonWithComments } from './json-with-comments.ts';

test.each([
  { text: '{"a":[1,2]}', value: { a: [1, 2] } },
  { text: '\uFEFF{"a":1}', value: { a: 1 } },
  { text: '// first\n{"a":1 /* one */} // last', value: { a: 1 } },
  { text: '{"a":[1,2,],}', value: { a: [1, 2] } },
  { text: '{"a":1, // why\n /* and */ }', value: { a: 1 } },
  { text: '{"a":"http://h/*x*/,]"}', value: { a: 'http://h/*x*/,]' } },
  { text: '{"a":"\\"//","b":"\\\\",}', value: { a: '"//', b: '\\' } },
])('$text', ({ text, value }) => {
  expect(parseJsonWithComments(text)).toEqual(value);
});

test.each([
  { text: '', place: 'line 1, column 1' },
  { text: '{', place: 'line 1, column 2' },
  { text: '{"a":1 /* open }', place: 'line 1, column 8' },
  { text: '{"a" 1}', place: 'line 1, column 6' },
  { text: '\uFEFF{\n  /* a\n comment */ "code": secret }', place: 'line 3, column 21' },
])('$text is none', ({ text, place }) => {
  expect(() => parseJsonWithComments(text)).toThrow(new SyntaxError(`It is not JSON at ${place}.`));
});
