// service-protocol 2.1, 2.2; client-protocol 1.2; rest-api 3.2.
import { generateKeyPairSync } from 'node:crypto';
import { SignJWT } from 'jose';
import { type ServiceOptions, startService } from 'signalite';
import { describe, expect, test } from 'vitest';
import { type HttpAnswer, httpRequest, upgradeRequest } from './support/http-request.ts';
import { rawToken } from './support/raw-token.ts';
import { RecordedEvents } from './support/recorded-events.ts';
import { makeToken, sdkAudience } from './support/tokens.ts';

const PRIMARY = 'primary-key-of-these-tests-0123456789';
const SECONDARY = 'secondary-key-of-these-tests-01234567';
const AUDIENCE = 'http://localhost/client/?hub=chat';
const MINUTE_S = 60;

const INVALID = 'Bearer error="invalid_token", error_description=';
const MISSING_TEXT =
  'An access token is needed: send it as "Authorization: Bearer <token>" or in the access_token query parameter.';
const MALFORMED_TEXT = 'The access token is not a JSON Web Token signed with HS256 or HS512.';
const SIGNATURE = {
  challenge: `${INVALID}"The signature key was not found"`,
  text: 'The access token is signed with a key that this service does not have. Compare the AccessKey of the connection string.',
};
const WRONG_AUDIENCE = {
  challenge: `${INVALID}"The audience is invalid"`,
  text: 'The access token was made for another address: its audience must name this path and hub.',
};

function start(options: ServiceOptions = {}) {
  return startService({
    host: '127.0.0.1',
    port: 0,
    accessKey: PRIMARY,
    secondaryAccessKey: SECONDARY,
    ...options,
  });
}

type Service = Awaited<ReturnType<typeof start>>;

function seconds(fromNow: number): number {
  return Math.floor(Date.now() / 1000) + fromNow;
}

function negotiateWith(service: Service, token: string): Promise<HttpAnswer> {
  const headers = { authorization: `Bearer ${token}` };
  return httpRequest(service, { method: 'POST', path: '/client/negotiate?hub=chat', headers });
}

function expectRefusal(answer: HttpAnswer, { challenge, text }: { challenge: string; text: string }): void {
  expect(answer).toMatchObject({ status: 401, text });
  expect(answer.headers['www-authenticate']).toBe(challenge);
  expect(answer.headers['content-type']).toMatch(/^text\/plain/);
  expect(answer.headers['content-length']).toBe(`${text.length}`);
}

describe('where a token is looked for', () => {
  const QUERY = '/client/negotiate?hub=chat';

  test.each([
    { what: 'the header', path: () => QUERY, headers: (token: string) => ({ authorization: `Bearer ${token}` }) },
    {
      what: 'the header, other case',
      path: () => QUERY,
      headers: (token: string) => ({ authorization: `bearer ${token}` }),
    },
    { what: 'the query', path: (token: string) => `${QUERY}&access_token=${token}`, headers: () => ({}) },
    {
      what: 'the query, when the header is of another scheme',
      path: (token: string) => `${QUERY}&access_token=${token}`,
      headers: () => ({ authorization: 'Basic YTpi' }),
    },
    {
      what: 'the header first',
      path: () => `${QUERY}&access_token=nonsense`,
      headers: (token: string) => ({ authorization: `Bearer ${token}` }),
    },
  ])('$what', async ({ path, headers }) => {
    await using service = await start();
    const token = await makeToken({ key: PRIMARY, audience: AUDIENCE });
    const answer = await httpRequest(service, { method: 'POST', path: path(token), headers: headers(token) });
    expect(answer.status).toBe(200);
  });

  test('a bad one in the header is not mended by a good one in the query', async () => {
    await using service = await start();
    const token = await makeToken({ key: PRIMARY, audience: AUDIENCE });
    const answer = await httpRequest(service, {
      method: 'POST',
      path: `${QUERY}&access_token=${token}`,
      headers: { authorization: 'Bearer nonsense' },
    });
    expectRefusal(answer, { challenge: 'Bearer', text: MALFORMED_TEXT });
  });

  test.each(['/client?hub=chat', '/server/?hub=chat'])('an upgrade of %s takes it from the query', async (path) => {
    await using service = await start();
    const audience = `http://localhost${path}`;
    const token = await makeToken({ key: PRIMARY, audience });
    expect((await upgradeRequest(service, { path: `${path}&access_token=${token}` })).status).toBe(101);
  });
});

describe('signatures', () => {
  test.each([
    { key: PRIMARY, algorithm: 'HS256' },
    { key: PRIMARY, algorithm: 'HS512' },
    { key: SECONDARY, algorithm: 'HS256' },
    { key: SECONDARY, algorithm: 'HS512' },
  ] as const)('$algorithm with $key', async ({ key, algorithm }) => {
    await using service = await start();
    const token = await makeToken({ key, algorithm, audience: AUDIENCE });
    expect((await negotiateWith(service, token)).status).toBe(200);
  });

  test('kid, iss, iat and typ do not matter', async () => {
    await using service = await start();
    const payload = { aud: AUDIENCE, exp: seconds(60), iss: 'azure-signalr', iat: seconds(99_999) };
    for (const header of [{ alg: 'HS256' }, { alg: 'HS256', kid: 'x', typ: 'anything' }]) {
      expect((await negotiateWith(service, rawToken(header, payload, PRIMARY))).status).toBe(200);
    }
  });

  test('a token over 4 KiB is taken', async () => {
    await using service = await start();
    const token = await makeToken({ key: PRIMARY, audience: AUDIENCE, claims: { long: 'x'.repeat(8000) } });
    expect((await negotiateWith(service, token)).status).toBe(200);
  });

  test.each([
    { what: 'another key', key: 'a-key-that-the-service-does-not-have-1' },
    { what: 'the primary key in another case', key: PRIMARY.toUpperCase() },
  ])('$what is not known', async ({ key }) => {
    await using service = await start();
    expectRefusal(await negotiateWith(service, await makeToken({ key, audience: AUDIENCE })), SIGNATURE);
  });

  test('without a secondary key there is none', async () => {
    await using service = await startService({ host: '127.0.0.1', port: 0, accessKey: PRIMARY });
    expectRefusal(await negotiateWith(service, await makeToken({ key: SECONDARY, audience: AUDIENCE })), SIGNATURE);
    expectRefusal(await negotiateWith(service, rawToken({ alg: 'HS256' }, { aud: AUDIENCE }, 'undefined')), SIGNATURE);
  });

  test('a changed payload is not signed', async () => {
    await using service = await start();
    const [header, , signature] = (await makeToken({ key: PRIMARY, audience: AUDIENCE })).split('.');
    const payload = Buffer.from(JSON.stringify({ aud: AUDIENCE, exp: seconds(60), nameid: 'root' }));
    expectRefusal(await negotiateWith(service, `${header}.${payload.toString('base64url')}.${signature}`), SIGNATURE);
  });

  test('RS256 is refused, whoever signed', async () => {
    await using service = await start();
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const token = await new SignJWT({ aud: AUDIENCE, exp: seconds(60) })
      .setProtectedHeader({ alg: 'RS256', typ: 'JWT' })
      .sign(privateKey);
    expectRefusal(await negotiateWith(service, token), { challenge: 'Bearer', text: MALFORMED_TEXT });
  });

  const good = { aud: AUDIENCE, exp: 4_000_000_000 };
  test.each([
    { what: 'no algorithm', token: rawToken({ alg: 'none' }, good, PRIMARY) },
    { what: 'no algorithm and no signature', token: rawToken({ alg: 'none' }, good, PRIMARY).replace(/[^.]+$/, '') },
    { what: 'no header member alg', token: rawToken({}, good, PRIMARY) },
    { what: 'RS256 signed as if the key were public', token: rawToken({ alg: 'RS256' }, good, PRIMARY) },
    { what: 'HS384', token: rawToken({ alg: 'HS384' }, good, PRIMARY) },
    { what: 'an algorithm in another case', token: rawToken({ alg: 'hs256' }, good, PRIMARY) },
    {
      what: 'a critical header that nobody knows',
      token: rawToken({ alg: 'HS256', crit: ['x'], x: 1 }, good, PRIMARY),
    },
    { what: 'a payload that is a list', token: rawToken({ alg: 'HS256' }, [good], PRIMARY) },
    { what: 'a payload that is not JSON', token: rawToken({ alg: 'HS256' }, 'hello', PRIMARY) },
    { what: 'a header that is not JSON', token: 'aGVsbG8.e30.AAAA' },
    { what: 'two parts', token: rawToken({ alg: 'HS256' }, good, PRIMARY).replace(/\.[^.]+$/, '') },
    { what: 'four parts', token: `${rawToken({ alg: 'HS256' }, good, PRIMARY)}.x` },
    { what: 'a word', token: 'nonsense' },
  ])('$what is no token', async ({ token }) => {
    await using service = await start();
    expectRefusal(await negotiateWith(service, token), { challenge: 'Bearer', text: MALFORMED_TEXT });
  });

  test.each([
    { what: 'no header', headers: {} },
    { what: 'a header without a token', headers: { authorization: 'Bearer ' } },
    { what: 'a header of another scheme', headers: { authorization: 'Basic YTpi' } },
  ])('$what is no token at all', async ({ headers }) => {
    await using service = await start();
    const path = '/client/negotiate?hub=chat';
    const refusal = { challenge: 'Bearer', text: MISSING_TEXT };
    expectRefusal(await httpRequest(service, { method: 'POST', path, headers }), refusal);
    expectRefusal(await httpRequest(service, { method: 'POST', path: `${path}&access_token=`, headers }), refusal);
  });
});

describe('lifetime', () => {
  test.each([
    { what: 'expired four minutes ago: within the skew', claims: () => ({ exp: seconds(-4 * MINUTE_S) }) },
    {
      what: 'valid in four minutes: within the skew',
      claims: () => ({ exp: seconds(3600), nbf: seconds(4 * MINUTE_S) }),
    },
    { what: 'no nbf', claims: () => ({ exp: seconds(3600) }) },
    { what: 'an exp with a fraction', claims: () => ({ exp: seconds(3600) + 0.5 }) },
  ])('$what', async ({ claims }) => {
    await using service = await start();
    const token = rawToken({ alg: 'HS256' }, { aud: AUDIENCE, ...claims() }, PRIMARY);
    expect((await negotiateWith(service, token)).status).toBe(200);
  });

  const expired = {
    challenge: `${INVALID}"The token is expired"`,
    text: 'The access token is expired. Negotiate again to get a new one.',
  };
  const early = {
    challenge: `${INVALID}"The token is not yet valid"`,
    text: 'The access token is not valid yet. Compare the clocks of the app server and of this service.',
  };
  const endless = {
    challenge: `${INVALID}"The token has no expiration"`,
    text: 'The access token needs an "exp" claim.',
  };
  test.each([
    { what: 'expired six minutes ago', claims: () => ({ exp: seconds(-6 * MINUTE_S) }), refusal: expired },
    {
      what: 'valid in six minutes',
      claims: () => ({ exp: seconds(3600), nbf: seconds(6 * MINUTE_S) }),
      refusal: early,
    },
    { what: 'no exp', claims: () => ({}), refusal: endless },
    { what: 'an exp that is no number', claims: () => ({ exp: `${seconds(3600)}` }), refusal: endless },
    { what: 'an exp that is null', claims: () => ({ exp: null }), refusal: endless },
  ])('$what is refused', async ({ claims, refusal }) => {
    await using service = await start();
    const token = rawToken({ alg: 'HS256' }, { aud: AUDIENCE, ...claims() }, PRIMARY);
    expectRefusal(await negotiateWith(service, token), refusal);
  });

  test('the skew is an option', async () => {
    await using service = await start({ timers: { clockSkewMs: 0 } });
    const token = rawToken({ alg: 'HS256' }, { aud: AUDIENCE, exp: seconds(-2) }, PRIMARY);
    expectRefusal(await negotiateWith(service, token), expired);
  });
});

describe('audiences', () => {
  test.each([
    { what: 'as an SDK writes it', audience: sdkAudience('client', 'chat') },
    { what: 'of the cloud', audience: 'https://x.service.signalr.net/client/?hub=chat' },
    { what: 'with a port', audience: 'http://localhost:8888/client/?hub=chat' },
    { what: 'without a trailing slash', audience: 'http://localhost/client?hub=chat' },
    { what: 'with a hub in another case', audience: 'http://localhost/client/?hub=CHAT' },
    { what: 'percent-encoded', audience: 'http://localhost/%63lient/?hub=ch%61t' },
    { what: 'with more in its query and a fragment', audience: 'http://localhost/client/?a=1&hub=chat&b=2#c' },
    { what: 'a list with one', audience: ['http://localhost/client/?hub=chat'] },
    { what: 'a list, the last fits', audience: ['urn:x', '/client', 'http://localhost/client/?hub=chat'] },
  ])('$what', async ({ audience }) => {
    await using service = await start();
    expect((await negotiateWith(service, await makeToken({ key: PRIMARY, audience }))).status).toBe(200);
  });

  test.each([
    { what: 'none', audience: undefined },
    { what: 'an empty list', audience: [] },
    { what: 'relative', audience: '/client/?hub=chat' },
    { what: 'relative, without a slash', audience: 'client/?hub=chat' },
    { what: 'of another hub', audience: 'http://localhost/client/?hub=other' },
    { what: 'of a hub with the same beginning', audience: 'http://localhost/client/?hub=chatter' },
    { what: 'without a hub', audience: 'http://localhost/client/' },
    { what: 'of app servers', audience: 'http://localhost/server/?hub=chat' },
    { what: 'of the REST API', audience: 'http://localhost/api/hubs/chat' },
    { what: 'of negotiate', audience: 'http://localhost/client/negotiate?hub=chat' },
    { what: 'of a path in another case', audience: 'http://localhost/Client/?hub=chat' },
    { what: 'with two trailing slashes', audience: 'http://localhost/client//?hub=chat' },
    { what: 'percent-encoded twice', audience: 'http://localhost/%2563lient/?hub=chat' },
    { what: 'with a broken escape', audience: 'http://localhost/client%/?hub=chat' },
  ])('$what is refused', async ({ audience }) => {
    await using service = await start();
    const claims = { exp: seconds(3600), ...(audience === undefined ? {} : { aud: audience }) };
    expectRefusal(await negotiateWith(service, rawToken({ alg: 'HS256' }, claims, PRIMARY)), WRONG_AUDIENCE);
  });

  test('a client token opens no server connection, and the reverse', async () => {
    const events = new RecordedEvents();
    await using service = await start({ onEvent: events.listener });
    for (const [own, other] of [
      ['client', 'server'],
      ['server', 'client'],
    ] as const) {
      const token = await makeToken({ key: PRIMARY, audience: sdkAudience(own, 'chat') });
      const headers = { authorization: `Bearer ${token}` };
      expect((await upgradeRequest(service, { path: `/${own}/?hub=chat`, headers })).status).toBe(101);
      expectRefusal(await upgradeRequest(service, { path: `/${other}/?hub=chat`, headers }), WRONG_AUDIENCE);
    }
    expect(events.of('requestRefused').map(({ path, status }) => ({ path, status }))).toEqual([
      { path: '/server', status: 401 },
      { path: '/client', status: 401 },
    ]);
  });

  test('hosts can be limited', async () => {
    await using service = await start({ audienceHosts: ['Chat.Example', 'localhost'] });
    for (const audience of ['https://chat.example/client/?hub=chat', 'http://LOCALHOST:8888/client?hub=chat']) {
      expect((await negotiateWith(service, await makeToken({ key: PRIMARY, audience }))).status).toBe(200);
    }
    for (const audience of ['https://other.example/client/?hub=chat', 'https://chat.example.evil/client/?hub=chat']) {
      expectRefusal(await negotiateWith(service, await makeToken({ key: PRIMARY, audience })), WRONG_AUDIENCE);
    }
  });
});

test('refusals are one event each, without the token', async () => {
  const events = new RecordedEvents();
  await using service = await start({ onEvent: events.listener });
  const token = await makeToken({ key: PRIMARY, audience: 'http://localhost/client/?hub=other' });
  await negotiateWith(service, token);
  await httpRequest(service, { path: `/client?hub=chat&access_token=${token}` });
  await upgradeRequest(service, { path: `/client?hub=chat&access_token=${token}` });
  await upgradeRequest(service, { path: '/server?hub=chat', headers: { authorization: `Bearer ${token}` } });
  expect(events.all).toHaveLength(4);
  for (const event of events.all) {
    expect(event).toMatchObject({ name: 'requestRefused', status: 401, reason: WRONG_AUDIENCE.text });
  }
  const told = JSON.stringify(events.all);
  for (const secret of [...token.split('.'), PRIMARY, SECONDARY]) expect(told).not.toContain(secret);
});
