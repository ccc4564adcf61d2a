import { expect, test } from 'vitest';
import { hubHttpRequest } from './hub-http-request.ts';

test('path, query, headers and address come from what the service forwarded', () => {
  const request = hubHttpRequest(
    [
      { name: 'Cookie', values: ['a=1'] },
      { name: 'X-Many', values: ['one', 'two'] },
      { name: 'X-Forwarded-For', values: ['10.0.0.1, 10.0.0.2'] },
      { name: 'not a header', values: ['x'] },
    ],
    '?hub=chat&asrs.op=%2Fchat&room=a%20b',
  );
  expect(request.path).toBe('/chat');
  expect(request.query.get('room')).toBe('a b');
  expect([request.headers.get('cookie'), request.headers.get('x-many')]).toEqual(['a=1', 'one, two']);
  expect(request.remoteIpAddress).toBe('10.0.0.1');
});

test('a client that came without any of it', () => {
  const { path, remoteIpAddress } = hubHttpRequest([], '');
  expect([path, remoteIpAddress]).toEqual(['/', undefined]);
});
