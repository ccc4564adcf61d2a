import fc from 'fast-check';
import { expect, test } from 'vitest';
import { queryStringWithoutToken, queryValue, queryValues, readTarget } from './request-target.ts';

test('a target is read without case and without a trailing slash', () => {
  expect(readTarget('/Client/Negotiate/?hub=Chat')).toEqual({ path: '/client/negotiate', rawQuery: 'hub=Chat' });
  expect(readTarget('/')).toEqual({ path: '/', rawQuery: '' });
});

test('query names compare without case, values are decoded, repeats are kept', () => {
  expect(queryValues('HUB=a%20b&x=1&hub=c+d&%68ub=e', 'hub')).toEqual(['a b', 'c d', 'e']);
  expect(queryValue('id', 'id')).toBe('');
  expect(queryValue('idx=1', 'id')).toBeUndefined();
  expect(queryValue('id=%zz', 'id')).toBe('%zz');
});

test('values are those of URLSearchParams, whatever the query', () => {
  const texts = fc.array(fc.tuple(fc.constantFrom('id', 'hub', 'Hub', 'x'), fc.string({ unit: 'grapheme' })), {
    maxLength: 6,
  });
  fc.assert(
    fc.property(texts, (pairs) => {
      const query = new URLSearchParams(pairs).toString();
      const wanted = [...new URLSearchParams(query)]
        .filter(([key]) => key.toLowerCase() === 'hub')
        .map(([, value]) => value);
      expect(queryValues(query, 'hub')).toEqual(wanted);
    }),
  );
});

test('the token is left out of what app servers see, the rest is untouched', () => {
  expect(queryStringWithoutToken('hub=a&access_token=x&b=%20&Access_Token=y&id=1')).toBe('?hub=a&b=%20&id=1');
  expect(queryStringWithoutToken('access_token=x')).toBe('');
  expect(queryStringWithoutToken('access_tokens=x')).toBe('?access_tokens=x');
});
