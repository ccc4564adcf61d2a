// rest-api 0, trap 10.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readRestTarget } from './rest-target.ts';

test.each([
  ['/api/hubs/chat/:send', ['api', 'hubs', 'chat', ':send']],
  ['/api/hubs/chat/%3Asend', ['api', 'hubs', 'chat', ':send']],
  ['/api/hubs/chat/', ['api', 'hubs', 'chat']],
  ['/api/hubs/chat//', ['api', 'hubs', 'chat', '']],
  ['/api/hubs/chat/users/a%2Fb/:send', ['api', 'hubs', 'chat', 'users', 'a/b', ':send']],
  ['/api/hubs/chat/users/a%252Fb', ['api', 'hubs', 'chat', 'users', 'a%2Fb']],
  ['/api/hubs/chat/users/a+b%20c', ['api', 'hubs', 'chat', 'users', 'a+b c']],
  ['/api/hubs/chat/users/%E2%82%AC', ['api', 'hubs', 'chat', 'users', '€']],
  ['/api/hubs/chat/users/..', ['api', 'hubs', 'chat', 'users', '..']],
  ['/API/hubs/Chat', ['API', 'hubs', 'Chat']],
  ['http://proxy.example:80/api/health', ['api', 'health']],
])('%s', (url, path) => {
  expect(readRestTarget(url).path).toEqual(path);
  expect(readRestTarget(`${url}?a=%2F&b=?`)).toMatchObject({ path, rawQuery: 'a=%2F&b=?' });
});

test('a slash in the query ends no path', () => {
  expect(readRestTarget('/api/health?x=/')).toMatchObject({ path: ['api', 'health'], rawPath: '/api/health' });
});

test.each(['/api/%', '/api/%zz', '/api/%C3'])('%s has a broken escape', (url) => {
  expect(readRestTarget(url)).toMatchObject({ path: undefined, rawPath: url });
});

test('what was escaped comes back, whatever it is', () => {
  const segment = fc.string({ unit: 'grapheme', minLength: 1 });
  fc.assert(
    fc.property(fc.array(segment, { minLength: 1 }), (path) => {
      expect(readRestTarget(`/${path.map(encodeURIComponent).join('/')}`).path).toEqual(path);
    }),
  );
});
