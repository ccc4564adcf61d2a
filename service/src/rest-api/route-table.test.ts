// rest-api 4.
import { describe, expect, test } from 'vitest';
import { createRouteTable } from './routes.ts';

const table = createRouteTable();

function find(method: string, path: string) {
  return table.find(method, path.split('/').slice(1));
}

describe('a path', () => {
  test.each([
    ['POST', '/api/hubs/chat', '/api/hubs/{hub}', { hub: 'chat' }],
    ['POST', '/api/hubs/Chat/:SEND', '/api/hubs/{hub}/:send', { hub: 'Chat' }],
    ['POST', '/API/HUBS/chat/Users/Ann/:Send', '/api/hubs/{hub}/users/{user}/:send', { hub: 'chat', user: 'Ann' }],
    ['POST', '/api/hubs/chat/users/:send', '/api/hubs/{hub}/users/{user}', { user: ':send' }],
    ['HEAD', '/api/hubs/chat/groups/connections', '/api/hubs/{hub}/groups/{group}', { group: 'connections' }],
    [
      'PUT',
      '/api/v1/hubs/chat/groups/g/users/u',
      '/api/v1/hubs/{hub}/groups/{group}/users/{user}',
      { group: 'g', user: 'u' },
    ],
    [
      'POST',
      '/api/hubs/chat/connections/c/streams/s/:complete',
      '/api/hubs/{hub}/connections/{connectionId}/streams/{streamId}/:complete',
      { connectionId: 'c', streamId: 's', group: '' },
    ],
    ['POST', '/api/v1-preview/hub/chat/users/a,b', '/api/v1-preview/hub/{hub}/users/{users}', { users: 'a,b' }],
    ['GET', '/api/health', '/api/health', { hub: '' }],
  ])('%s %s', (method, path, pattern, parameters) => {
    const found = find(method, path);
    expect(found).toMatchObject({ match: 'route', served: { pattern }, parameters });
  });

  test.each([
    ['POST', '/api/hubs'],
    ['POST', '/api/hubs//:send'],
    ['POST', '/api/hubs/chat/users//:send'],
    ['POST', '/api/hubs/chat/users/u/:send/more'],
    ['POST', '/api/hubs/chat/:nothing'],
    ['POST', '/api/hub/chat'],
    ['POST', '/api/v1-preview/hubs/chat'],
    ['POST', '/api/v1-preview/hub/chat/:send'],
    ['GET', '/api/v2/health'],
    ['GET', ''],
  ])('%s %s is none', (method, path) => {
    expect(find(method, path)).toEqual({ match: 'nothing' });
  });

  test.each([
    ['GET', '/api/hubs/chat/:send', ['POST']],
    ['PATCH', '/api/hubs/chat/users/u', ['POST', 'GET', 'HEAD']],
    ['HEAD', '/api/hubs/chat/groups/g/connections', ['GET']],
    ['post', '/api/hubs/chat/:send', ['POST']],
  ])('%s %s takes other methods', (method, path, methods) => {
    expect(find(method, path)).toEqual({ match: 'other-methods', methods });
  });
});

test('no two routes answer the same request', () => {
  const requests = table.served.flatMap(({ route, segments }) =>
    route.methods.map((method) =>
      [method, ...segments.map((segment) => ('word' in segment ? segment.word : '*'))].join('/'),
    ),
  );
  expect(requests).toHaveLength(new Set(requests).size);
});

test('the name of the hub is known as such', () => {
  const found = find('POST', '/api/v1/hubs/chat');
  expect(found).toMatchObject({ match: 'route', served: { hubSegment: 3, family: 'v1', success: 202 } });
  expect(find('GET', '/api/health')).toMatchObject({ served: { hubSegment: undefined } });
});
