// rest-api 3.1-3.3; service-protocol 2.2.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { rawToken } from './support/raw-token.ts';
import { PRIMARY_KEY, RestScene, SECONDARY_KEY } from './support/rest-scene.ts';
import { makeToken } from './support/tokens.ts';

const WRONG_KEY = 'some-other-key-of-these-tests-0123456';
const INVALID = 'Bearer error="invalid_token", error_description=';
const WRONG_AUDIENCE = `${INVALID}"The audience is invalid"`;
const NO_SUCH_KEY = `${INVALID}"The signature key was not found"`;
const SEND = '/api/hubs/chat/:send';

let scene: RestScene;

beforeAll(async () => {
  scene = await RestScene.start();
});

afterAll(() => scene[Symbol.asyncDispose]());

const SHAPES = [
  { aud: 'http://localhost/api/hubs/chat/:send?api-version=2022-06-01', path: `${SEND}?api-version=2022-06-01` },
  {
    aud: 'http://localhost/api/hubs/chat/users/a%2Fb/:send?application=app&api-version=2022-06-01',
    path: '/api/hubs/chat/users/a%2Fb/:send?application=app&api-version=2022-06-01&excluded=c',
  },
  { aud: 'http://localhost:8888/api/hubs/chat/:send', path: `${SEND}?api-version=2024-12-01` },
  { aud: 'https://x.service.signalr.net/api/v1/hubs/chat', path: '/api/v1/hubs/chat/' },
] as const;

const KEYS = { primary: PRIMARY_KEY, secondary: SECONDARY_KEY };

describe.each(SHAPES)('a token for $aud', ({ aud, path }) => {
  test.each(Object.entries(KEYS))('under the %s key', async (_name, key) => {
    for (const algorithm of ['HS256', 'HS512'] as const) {
      const token = { key, audience: aud, algorithm };
      expect((await scene.call(`POST ${path}`, { token, json: { target: 'm' } })).status).toBe(202);
    }
  });

  test('under another key', async () => {
    await expectRefused(path, NO_SUCH_KEY, { key: WRONG_KEY, audience: aud });
  });

  test('that expired, within the tolerated difference of clocks and beyond', async () => {
    const token = { audience: aud, expiresIn: -290 };
    expect((await scene.call(`POST ${path}`, { token, json: { target: 'm' } })).status).toBe(202);
    await expectRefused(path, `${INVALID}"The token is expired"`, { ...token, expiresIn: -310 });
  });

  test('that is not valid yet', async () => {
    await expectRefused(path, `${INVALID}"The token is not yet valid"`, { audience: aud, notBefore: 310 });
  });
});

describe('a token for something else', () => {
  test.each([
    'http://localhost/client/?hub=chat',
    'http://localhost/server/?hub=chat',
    'http://localhost/api/hubs/other/:send',
    'http://localhost/api/hubs/chat',
    'http://localhost/api/v1/hubs/chat/:send',
    'http://localhost/api/hubs/chat/:Send',
    'http://localhost/',
    'https://signalr.azure.com',
    'chat',
  ])('%s', async (audience) => {
    await expectRefused(SEND, WRONG_AUDIENCE, { audience });
  });

  test('ids count exactly, the hub without case', async () => {
    const path = '/api/hubs/CHAT/users/Ann/:send';
    const call = (audience: string) => scene.call(`POST ${path}`, { token: { audience }, json: { target: 'm' } });
    expect((await call('http://x/api/hubs/chat/users/Ann/:send')).status).toBe(202);
    expect((await call('http://x/api/hubs/chat/users/ann/:send')).status).toBe(401);
  });

  test('an escaped slash is no other path', async () => {
    const audience = 'http://x/api/hubs/chat/users/a%2Fgroups%2Fb';
    await expectRefused('/api/hubs/chat/users/a/groups/b', WRONG_AUDIENCE, { audience }, 'GET');
  });

  test('one of several audiences is enough', async () => {
    const token = { audience: ['http://x/client/?hub=chat', `http://x${SEND}`] };
    expect((await scene.call(`POST ${SEND}`, { token, json: { target: 'm' } })).status).toBe(202);
  });
});

describe('what is no token', () => {
  const now = Math.floor(Date.now() / 1000);
  const claims = { aud: `http://localhost${SEND}`, exp: now + 600 };
  test.each([
    ['nothing', ''],
    ['a word', 'word'],
    ['three words', 'a.b.c'],
    ['alg none, signed', rawToken({ alg: 'none' }, claims, PRIMARY_KEY)],
    ['alg none, unsigned', rawToken({ alg: 'none' }, claims, PRIMARY_KEY).replace(/[^.]+$/, '')],
    ['HS384', rawToken({ alg: 'HS384' }, claims, PRIMARY_KEY)],
    ['claims that are no object', rawToken({ alg: 'HS256' }, 'x', PRIMARY_KEY)],
  ])('%s', async (_kind, token) => {
    await expectRefused(SEND, 'Bearer', token);
  });

  test('without an end', async () => {
    const { aud } = claims;
    await expectRefused(
      SEND,
      `${INVALID}"The token has no expiration"`,
      rawToken({ alg: 'HS256' }, { aud }, PRIMARY_KEY),
    );
  });

  test('under no scheme but Bearer, and nowhere but in the header', async () => {
    const token = await scene.token(SEND);
    const call = (path: string, headers: Record<string, string> = {}) =>
      scene.call(`POST ${path}`, { token: '', headers, json: { target: 'm' } });
    expect((await call(SEND, { authorization: `bearer ${token}` })).status).toBe(202);
    expect((await call(SEND, { authorization: `Basic ${token}` })).status).toBe(401);
    expect((await call(SEND, { authorization: token })).status).toBe(401);
    expect((await call(`${SEND}?access_token=${token}`)).status).toBe(401);
  });
});

test('a token of 5 KB is one like others', async () => {
  const token = await scene.token(SEND, { claims: { x: 'x'.repeat(4000) } });
  expect(token.length).toBeGreaterThan(5 * 1024);
  expect((await scene.call(`POST ${SEND}`, { token, json: { target: 'm' } })).status).toBe(202);
});

test('a refusal tells nothing of the token', async () => {
  const token = await makeToken({ key: WRONG_KEY, audience: `http://localhost${SEND}` });
  const before = scene.events.of('requestRefused').length;
  const answer = await scene.call(`POST ${SEND}`, { token, json: { target: 'm' } });
  expect(answer.text).toBe('');
  const told = scene.events.of('requestRefused').slice(before);
  expect(told).toMatchObject([{ path: SEND, status: 401 }]);
  expect(JSON.stringify(told)).not.toContain(token.slice(-40));
});

test('health and the document need none; everything else does', async () => {
  const open = ['/api/health', '/api/v1/health', '/api/openapi.json'];
  for (const path of open) expect((await scene.call(`GET ${path}`, { token: 'nonsense' })).status).toBe(200);
  for (const path of ['/api/auth/accessKey', '/api/v1/auth/accessKey', '/api/hubs/1/users/u']) {
    await expectRefused(path, 'Bearer', '', 'GET');
  }
});

test('hosts of audiences count when they are listed', async () => {
  await using listed = await RestScene.start({ audienceHosts: ['signalr.example'] });
  const call = (host: string) =>
    listed.call(`POST ${SEND}`, { token: { audience: `https://${host}${SEND}` }, json: { target: 'm' } });
  expect((await call('SignalR.example:1')).status).toBe(202);
  expect((await call('localhost')).status).toBe(401);
});

async function expectRefused(
  path: string,
  challenge: string,
  token: Parameters<RestScene['token']>[1] | string,
  method = 'POST',
): Promise<void> {
  const own = token === undefined ? {} : { token };
  const answer = await scene.call(`${method} ${path}`, {
    ...own,
    ...(method === 'POST' ? { json: { target: 'm' } } : {}),
  });
  expect({ status: answer.status, text: answer.text }).toEqual({ status: 401, text: '' });
  expect(answer.headers['www-authenticate']).toBe(challenge);
}
