// client-protocol 1.3, 5.1; service-protocol 7.2.
import { expect, test } from 'vitest';
import {
  connectionTokenOf,
  isClientPath,
  queryStringWithoutToken,
  queryValue,
  queryValues,
  readTarget,
} from './request-target.ts';

test.each([
  { url: '/client/?hub=Chat', path: '/client', rawQuery: 'hub=Chat' },
  { url: '/Client/Negotiate', path: '/client/negotiate', rawQuery: '' },
  { url: '/client?a=1?b/', path: '/client', rawQuery: 'a=1?b/' },
  { url: '/', path: '/', rawQuery: '' },
  { url: '/client//', path: '/client/', rawQuery: '' },
])('$url', ({ url, ...target }) => {
  expect(readTarget(url)).toEqual(target);
});

test('names of a query compare without case, and every value is given', () => {
  expect(queryValues('hub=a&HUB=b&h%75b=c&hubs=d&ahub=e&hub', 'hub')).toEqual(['a', 'b', 'c', '']);
  expect(queryValue('x=1', 'hub')).toBeUndefined();
});

test.each([
  { raw: 'v=a%20b+c', value: 'a b c' },
  { raw: 'v=%C3%A9', value: 'é' },
  { raw: 'v=a=b', value: 'a=b' },
  { raw: 'v=%zz', value: '%zz' },
  { raw: 'v=#%26', value: '#&' },
  { raw: 'v=', value: '' },
])('$raw is decoded as "$value"', ({ raw, value }) => {
  expect(queryValue(raw, 'v')).toBe(value);
});

test('an empty id is none', () => {
  expect(connectionTokenOf('hub=chat&id=')).toBeUndefined();
  expect(connectionTokenOf('hub=chat&ID=x')).toBe('x');
});

test.each([
  { raw: '', text: '' },
  { raw: 'hub=chat&id=x', text: '?hub=chat&id=x' },
  { raw: 'access_token=secret', text: '' },
  { raw: 'a=%2f&access_token=secret&b=+%20', text: '?a=%2f&b=+%20' },
  { raw: 'Access_Token=secret&access%5Ftoken=secret&access_token', text: '' },
  { raw: 'my_access_token=mine', text: '?my_access_token=mine' },
])('app servers get "$text" of "$raw"', ({ raw, text }) => {
  expect(queryStringWithoutToken(raw)).toBe(text);
});

test('client paths are the route and what is below it', () => {
  expect(['/client', '/client/negotiate'].every(isClientPath)).toBe(true);
  expect(['/clients', '/', '/server', '/a/client'].some(isClientPath)).toBe(false);
});
