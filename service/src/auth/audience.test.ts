// service-protocol 2.2; rest-api 3.3.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { matchesAudience, readAudiences, splitPath } from './audience.ts';

const SEND = { path: ['api', 'hubs', 'chat', ':send'], hubSegment: 2, hub: undefined, hosts: undefined };
const USER = {
  path: ['api', 'hubs', 'chat', 'users', 'a/b', ':send'],
  hubSegment: 2,
  hub: undefined,
  hosts: undefined,
};

function matches(aud: unknown, required: Parameters<typeof matchesAudience>[1]): boolean {
  return matchesAudience(readAudiences(aud), required);
}

describe('a path', () => {
  test.each([
    'http://localhost/api/hubs/chat/:send?api-version=2022-06-01',
    'http://localhost:8888/api/hubs/chat/:send',
    'https://x.service.signalr.net/api/hubs/CHAT/:send/',
    'https://x/api/hubs/chat/%3Asend#fragment',
    ['http://x/other', 'http://x/api/hubs/chat/:send'],
  ])('%s is the one of the request', (aud) => {
    expect(matches(aud, SEND)).toBe(true);
  });

  test.each([
    'http://localhost/api/hubs/chat',
    'http://localhost/api/hubs/other/:send',
    'http://localhost/api/hubs/chat/:Send',
    'http://localhost/api/v1/hubs/chat/:send',
    'http://localhost/api/hubs/chat/:send//',
    'http://localhost/x/../api/hubs/chat/:send',
    'http://localhost/api/hubs/chat/:send%2F',
    'http://localhost/api/hubs/chat/%:send',
    'http://localhost/client/?hub=chat',
    '/api/hubs/chat/:send',
    'api/hubs/chat/:send',
    '',
    7,
    null,
    undefined,
  ])('%s is another one', (aud) => {
    expect(matches(aud, SEND)).toBe(false);
  });

  test('an escaped slash belongs to its segment', () => {
    expect(matches('http://x/api/hubs/chat/users/a%2Fb/:send?application=app', USER)).toBe(true);
    expect(matches('http://x/api/hubs/chat/users/a/b/:send', USER)).toBe(false);
    expect(matches('http://x/api/hubs/chat/users/A%2Fb/:send', USER)).toBe(false);
    expect(matches('http://x/api/hubs/chat/users/a%252Fb/:send', USER)).toBe(false);
  });

  test('names of any text survive', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (user) => {
        const path = ['api', 'users', user];
        expect(splitPath(`/api/users/${encodeURIComponent(user)}`)).toEqual(path);
        const aud = `http://localhost/api/users/${encodeURIComponent(user)}`;
        expect(matches(aud, { path, hub: undefined, hosts: undefined })).toBe(true);
      }),
    );
  });

  test.each(['.', '..'])('a user may be named %s', (user) => {
    const escaped = user.replaceAll('.', '%2E');
    expect(
      matches(`http://x/api/users/${escaped}`, { path: ['api', 'users', user], hub: undefined, hosts: undefined }),
    ).toBe(true);
  });
});

test('hosts count when they are listed, whatever the port', () => {
  const required = { ...SEND, hosts: ['signalr.example'] };
  expect(matches('https://SignalR.example:1234/api/hubs/chat/:send', required)).toBe(true);
  expect(matches('https://other.example/api/hubs/chat/:send', required)).toBe(false);
});

test('the hub of a query compares without case', () => {
  const required = { path: ['client'], hub: 'Chat', hosts: undefined };
  expect(matches('http://x/client/?hub=CHAT', required)).toBe(true);
  expect(matches('http://x/client?hub=chat&x=1', required)).toBe(true);
  expect(matches('http://x/client/?hub=other', required)).toBe(false);
  expect(matches('http://x/client/', required)).toBe(false);
});
