import { jwtVerify } from 'jose';
import { describe, expect, test } from 'vitest';
import { createHubSender } from './hub-sender.ts';

const ACCESS_KEY = 'the key of the service, long enough for HS256';
const service = { clientUrl: 'http://clients/', restUrl: 'http://localhost:8888/', accessKey: ACCESS_KEY };

interface Client {
  said(text: string, times: number): void;
}

/** A sender whose requests go nowhere. */
function createScene(status = 202) {
  const requests: Request[] = [];
  const hub = createHubSender<Client>({
    service,
    hub: 'auction',
    fetch: (...args) => {
      requests.push(new Request(...args));
      return Promise.resolve(new Response(null, { status }));
    },
  });
  const only = () => {
    const [request, ...more] = requests;
    if (request === undefined || more.length > 0) throw new Error(`There were ${requests.length} requests.`);
    return request;
  };
  return { hub, only };
}

const CALL = { target: 'said', arguments: ['hello', 2] } as const;
const BASE = 'http://localhost:8888/api/hubs/auction';

describe('a message', () => {
  test.each([
    { to: undefined, url: `${BASE}/:send?api-version=2022-06-01` },
    { to: { user: 'a/b' }, url: `${BASE}/users/a%2Fb/:send?api-version=2022-06-01` },
    { to: { group: 'sale-1' }, url: `${BASE}/groups/sale-1/:send?api-version=2022-06-01` },
    {
      to: { group: 'sale-1', except: ['x', 'y+z'] },
      url: `${BASE}/groups/sale-1/:send?excluded=x&excluded=y%2Bz&api-version=2022-06-01`,
    },
  ])('to $to is a POST', async ({ to, url }) => {
    const { hub, only } = createScene();
    await hub.send({ target: CALL.target, arguments: ['hello', 2] }, to);
    const request = only();
    expect(request.method).toBe('POST');
    expect(request.url).toBe(url);
    expect(request.headers.get('content-type')).toBe('application/json');
    expect(await request.json()).toEqual(CALL);
  });

  test('has a token for its URL without the query', async () => {
    const { hub, only } = createScene();
    await hub.send({ target: 'said', arguments: ['hello', 2] }, { user: 'a/b' });
    const [scheme, token = ''] = (only().headers.get('authorization') ?? '').split(' ');
    expect(scheme).toBe('Bearer');
    const { payload } = await jwtVerify(token, new TextEncoder().encode(ACCESS_KEY), {
      audience: `${BASE}/users/a%2Fb/:send`,
      algorithms: ['HS256'],
    });
    expect(payload.exp).toBe((payload.iat ?? 0) + 300);
  });

  test('that the service does not take fails, without a word of the token', async () => {
    const { hub } = createScene(401);
    await expect(hub.send({ target: 'said', arguments: ['hello', 2] })).rejects.toThrow(
      'The service answered POST /:send with status 401.',
    );
  });
});

test('a user joins a group for a while by a PUT', async () => {
  const { hub, only } = createScene();
  await hub.addUserToGroup('ann', 'sale-1', 120);
  expect(only().method).toBe('PUT');
  expect(only().url).toBe(`${BASE}/users/ann/groups/sale-1?ttl=120&api-version=2022-06-01`);
});
