// Tokens of Microsoft Entra ID (rest-api 3.4; service-protocol 3, 11).
import { type ServiceOptions, startService } from 'signalite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Clock } from './support/clock.ts';
import { EntraIssuer, type EntraTokenOptions } from './support/entra-issuer.ts';
import { FakeAppServer } from './support/fake-app-server.ts';
import { type HttpAnswer, httpRequest, upgradeRequest } from './support/http-request.ts';
import { rawToken } from './support/raw-token.ts';
import { RecordedEvents } from './support/recorded-events.ts';
import type { ServiceAddress } from './support/service-address.ts';
import { makeToken, sdkAudience } from './support/tokens.ts';

const KEY = 'a-key-of-these-tests-0123456789-0123456789';
const OTHER_KEY = 'some-other-key-of-these-tests-0123456';
const INVALID = 'Bearer error="invalid_token", error_description=';
const NO_SUCH_KEY = `${INVALID}"The signature key was not found"`;
const SERVER = '/server/?hub=chat';
const SEND = '/api/hubs/chat/:send';
const HOUR_MS = 3_600_000;
/** Longer than any pause between two fetches of keys. */
const PAUSE_MS = 31_000;

function start(options: ServiceOptions = {}) {
  return startService({ host: '127.0.0.1', port: 0, accessKey: KEY, timers: { sweepMs: 5 }, ...options });
}

async function startWatched(options: ServiceOptions) {
  const events = new RecordedEvents();
  return { events, service: await start({ ...options, onEvent: events.listener }) };
}

function bearer(token: string) {
  return { headers: { authorization: `Bearer ${token}` } };
}

function upgrade(service: ServiceAddress, token: string): Promise<HttpAnswer> {
  return upgradeRequest(service, { path: SERVER, ...bearer(token) });
}

function send(service: ServiceAddress, token: string): Promise<HttpAnswer> {
  const headers = { ...bearer(token).headers, 'content-type': 'application/json' };
  return httpRequest(service, { method: 'POST', path: SEND, headers, body: '{"target":"m"}' });
}

function challengeOf({ headers }: HttpAnswer): string | undefined {
  return headers['www-authenticate'];
}

/** On a server connection and on REST alike. */
async function expectRefused(service: ServiceAddress, token: string, challenge: string): Promise<void> {
  for (const answer of [await upgrade(service, token), await send(service, token)]) {
    expect({ status: answer.status, challenge: challengeOf(answer) }).toEqual({ status: 401, challenge });
  }
}

async function expectAccepted(service: ServiceAddress, token: string): Promise<void> {
  expect([(await upgrade(service, token)).status, (await send(service, token)).status]).toEqual([101, 202]);
}

describe('verified', () => {
  let issuer: EntraIssuer;
  let service: Awaited<ReturnType<typeof start>>;

  beforeAll(async () => {
    issuer = await EntraIssuer.start();
    service = await start({ entra: issuer.options });
  });

  afterAll(async () => {
    await service.close();
    await issuer[Symbol.asyncDispose]();
  });

  test.each<EntraTokenOptions>([
    {},
    { audience: 'https://signalr.azure.com/' },
    { audience: ['https://other.example', 'https://signalr.azure.com'] },
    { expiresIn: -290 },
    { notBefore: 290 },
    { claims: { roles: [], scp: 'anything' } },
  ])('with %j one is good for app servers and for REST', async (options) => {
    await expectAccepted(service, await issuer.token(options));
  });

  test.each<[EntraTokenOptions, string]>([
    [{ issuer: 'https://sts.windows.net/another-tenant/' }, `${INVALID}"The issuer is invalid"`],
    [{ issuer: 'https://sts.windows.net/5161a117-0000-4000-8000-00000000000a' }, `${INVALID}"The issuer is invalid"`],
    [{ audience: 'https://management.azure.com' }, `${INVALID}"The audience is invalid"`],
    [{ audience: 'https://signalr.azure.com//' }, `${INVALID}"The audience is invalid"`],
    [{ audience: sdkAudience('server', 'chat') }, `${INVALID}"The audience is invalid"`],
    [{ expiresIn: -310 }, `${INVALID}"The token is expired"`],
    [{ notBefore: 310 }, `${INVALID}"The token is not yet valid"`],
    [{ expiresIn: null }, `${INVALID}"The token has no expiration"`],
    [{ keyId: 'unknown' }, NO_SUCH_KEY],
  ])('with %j one is refused', async (options, challenge) => {
    await expectRefused(service, await issuer.token(options), challenge);
  });

  test('one of another issuer that took the name of its key is refused', async () => {
    await using other = await EntraIssuer.start();
    await expectRefused(service, await other.token(), NO_SUCH_KEY);
  });

  test('one that was changed is refused', async () => {
    const [header = '', , signature = ''] = (await issuer.token()).split('.');
    const payload = Buffer.from(JSON.stringify({ iss: issuer.issuer, aud: 'https://signalr.azure.com', exp: 4e9 }));
    await expectRefused(service, `${header}.${payload.toString('base64url')}.${signature}`, NO_SUCH_KEY);
  });

  const claims = { iss: 'https://sts.windows.net/x/', aud: 'https://signalr.azure.com', exp: 4e9 };
  test.each([
    ['no algorithm', rawToken({ alg: 'none' }, claims, KEY).replace(/[^.]+$/, ''), 'Bearer'],
    ['HS384', rawToken({ alg: 'HS384' }, claims, KEY), 'Bearer'],
    ['another key of HS256', rawToken({ alg: 'HS256' }, claims, OTHER_KEY), NO_SUCH_KEY],
    ['the access key', rawToken({ alg: 'HS256' }, claims, KEY), `${INVALID}"The audience is invalid"`],
  ])('what is signed with %s is none', async (_what, token, challenge) => {
    await expectRefused(service, token, challenge);
  });

  test('clients bring none', async () => {
    const token = await issuer.token();
    const negotiated = { method: 'POST', path: '/client/negotiate?hub=chat', ...bearer(token) };
    expect((await httpRequest(service, negotiated)).status).toBe(401);
    expect((await upgradeRequest(service, { path: '/client?hub=chat', ...bearer(token) })).status).toBe(401);
    const meant = await issuer.token({ audience: sdkAudience('client', 'chat') });
    expect((await upgradeRequest(service, { path: '/client?hub=chat', ...bearer(meant) })).status).toBe(401);
  });

  test('tokens of access keys are good as ever', async () => {
    using _server = await FakeAppServer.connect(service);
    const token = await makeToken({ key: KEY, audience: `http://localhost${SEND}` });
    expect((await send(service, token)).status).toBe(202);
  });

  test('app servers are who they say in their header: the token names the identity that they share', async () => {
    const token = await issuer.token({ claims: { nameid: 'shared', sub: 'shared' } });
    const { events, service: watched } = await startWatched({ entra: issuer.options });
    await using _watched = watched;
    for (const serverId of ['one', 'two']) {
      using _server = await FakeAppServer.connect(watched, { token, serverId });
      expect(await events.next('serverConnected')).toMatchObject({ serverId });
    }
  });

  test('neither a token nor a part of one is told', async () => {
    const { events, service: watched } = await startWatched({ entra: issuer.options });
    await using _watched = watched;
    const good = await issuer.token();
    const bad = await issuer.token({ issuer: 'https://sts.windows.net/another-tenant/' });
    const answers = [await upgrade(watched, good), await upgrade(watched, bad), await send(watched, bad)];
    const told = JSON.stringify([events.all, answers.map(({ headers, text }) => [headers, text])]);
    expect(events.of('requestRefused')).toHaveLength(2);
    for (const secret of [...good.split('.'), ...bad.split('.'), 'another-tenant']) expect(told).not.toContain(secret);
  });
});

describe('the keys of the issuer', () => {
  test('are fetched once for many tokens', async () => {
    await using issuer = await EntraIssuer.start();
    await using service = await start({ entra: issuer.options });
    expect(issuer.fetches).toBe(0);
    const tokens = await Promise.all(Array.from({ length: 8 }, (_, index) => issuer.token({ claims: { index } })));
    const answers = await Promise.all(tokens.map((token) => send(service, token)));
    expect(answers.map(({ status }) => status)).toEqual(tokens.map(() => 202));
    expect(issuer.fetches).toBe(1);
  });

  test('are fetched anew for a key that is not known, now and then', async () => {
    using clock = new Clock();
    await using issuer = await EntraIssuer.start();
    await using service = await start({ entra: issuer.options });
    await expectAccepted(service, await issuer.token());
    await issuer.rotate();
    const rotated = await issuer.token();
    await expectRefused(service, rotated, NO_SUCH_KEY);
    expect(issuer.fetches).toBe(1);
    clock.advance(PAUSE_MS);
    await expectAccepted(service, rotated);
    expect(issuer.fetches).toBe(2);
    for (let time = 0; time < 4; time++) {
      expect((await send(service, await issuer.token({ keyId: `unknown ${time}` }))).status).toBe(401);
    }
    expect(issuer.fetches).toBe(2);
  });

  const SLOW = /^No answer within 50 ms\.$/;
  const troubles: readonly [string, (issuer: EntraIssuer) => void | Promise<void>, RegExp][] = [
    ['are out of reach', (issuer) => issuer[Symbol.asyncDispose](), /ECONNREFUSED|fetch failed/],
    ['do not come in time', (issuer) => answerWith(issuer, () => undefined), SLOW],
    ['come half', (issuer) => answerWith(issuer, (response) => response.write('{"keys":')), SLOW],
    ['are an error', (issuer) => answerWith(issuer, (response) => response.writeHead(500).end()), /status 500/],
    [
      'are elsewhere',
      (issuer) => answerWith(issuer, (response) => response.writeHead(302, { location: issuer.jwks }).end()),
      /status 302/,
    ],
    ['are no JSON', (issuer) => answerWith(issuer, (response) => response.end('<html>')), /no JSON Web Key Set/],
    ['are something else', (issuer) => answerWith(issuer, (response) => response.end('[]')), /no JSON Web Key Set/],
    ['are no keys', (issuer) => answerWith(issuer, (response) => response.end('{"keys":[7]}')), /no JSON Web Key Set/],
  ];

  test.each(troubles)('%s: 503, a word in the log, and other tokens go on', async (_what, makeTrouble, reason) => {
    await using issuer = await EntraIssuer.start();
    const timers = reason === SLOW ? { entraKeysMs: 50 } : {};
    const { events, service } = await startWatched({ entra: issuer.options, timers });
    await using _service = service;
    const token = await issuer.token();
    const { jwks } = issuer;
    await makeTrouble(issuer);
    const refused = await upgrade(service, token);
    expect(refused).toMatchObject({ status: 503, text: expect.stringContaining('out of reach. Try again later.') });
    expect(await send(service, token)).toMatchObject({ status: 503 });
    expect(events.of('entraKeysUnavailable')).toEqual([
      { name: 'entraKeysUnavailable', url: jwks, reason: expect.stringMatching(reason) },
    ]);
    const keyToken = await makeToken({ key: KEY, audience: `http://localhost${SEND}` });
    expect((await send(service, keyToken)).status).toBe(202);
    expect(events.of('fault')).toEqual([]);
  });

  test('are asked for again some time after a failure; what was verified before goes on', async () => {
    using clock = new Clock();
    await using issuer = await EntraIssuer.start();
    const { events, service } = await startWatched({ entra: issuer.options });
    await using _service = service;
    const known = await issuer.token();
    await expectAccepted(service, known);
    clock.advance(HOUR_MS + 1);
    answerWith(issuer, (response) => response.writeHead(500).end());
    const fresh = await issuer.token();
    for (let time = 0; time < 3; time++) expect((await send(service, fresh)).status).toBe(503);
    await expectAccepted(service, known);
    expect(events.of('entraKeysUnavailable')).toHaveLength(1);
    expect(issuer.fetches).toBe(2);
    issuer.answer = undefined;
    clock.advance(PAUSE_MS);
    await expectAccepted(service, fresh);
  });

  test('that are of no use are like none', async () => {
    await using issuer = await EntraIssuer.start();
    answerWith(issuer, (response) => {
      response.end('{"keys":[{"kty":"RSA","kid":"first","n":"AQAB","e":"AQAB"}]}');
    });
    const { events, service } = await startWatched({ entra: issuer.options });
    await using _service = service;
    await expectRefused(service, await issuer.token(), NO_SUCH_KEY);
    expect(events.of('fault')).toEqual([]);
  });

  function answerWith(issuer: EntraIssuer, answer: EntraIssuer['answer']): void {
    issuer.answer = answer;
  }
});

describe('trusted', () => {
  const good = { aud: 'https://signalr.azure.com', exp: 4e9 };
  test.each([
    ['unsigned', rawToken({ alg: 'none' }, good, KEY).replace(/[^.]+$/, '')],
    ['of an algorithm that nobody knows', rawToken({ alg: 'X1' }, good, KEY)],
    ['signed with any key', rawToken({ alg: 'HS256' }, good, OTHER_KEY)],
    ['with a slash', rawToken({ alg: 'RS256' }, { ...good, aud: 'https://signalr.azure.com/' }, KEY)],
  ])('one is accepted %s', async (_what, token) => {
    await using service = await start({ entra: { mode: 'trust' } });
    await expectAccepted(service, token);
  });

  test.each([
    ['without an end', rawToken({ alg: 'RS256' }, { aud: good.aud }, KEY), `${INVALID}"The token has no expiration"`],
    ['of the past', rawToken({ alg: 'RS256' }, { ...good, exp: 1000 }, KEY), `${INVALID}"The token is expired"`],
    ['of the future', rawToken({ alg: 'none' }, { ...good, nbf: 3e9 }, KEY), `${INVALID}"The token is not yet valid"`],
    ['for others', rawToken({ alg: 'RS256' }, { ...good, aud: 'x' }, KEY), `${INVALID}"The audience is invalid"`],
    ['for nobody', rawToken({ alg: 'RS256' }, { exp: 4e9 }, KEY), `${INVALID}"The audience is invalid"`],
    ['under a key that is not known', rawToken({ alg: 'HS256' }, { ...good, aud: 'x' }, OTHER_KEY), NO_SUCH_KEY],
    ['that is a list', rawToken({ alg: 'RS256' }, [good], KEY), 'Bearer'],
    ['that is not JSON', rawToken({ alg: 'RS256' }, 'hello', KEY), 'Bearer'],
    ['that is a word', 'nonsense', 'Bearer'],
  ])('one is refused %s', async (_what, token, challenge) => {
    await using service = await start({ entra: { mode: 'trust' } });
    await expectRefused(service, token, challenge);
  });

  test('for another audience, when told so', async () => {
    await using service = await start({ entra: { mode: 'trust', audience: 'api://my-app/' } });
    await expectAccepted(service, rawToken({ alg: 'RS256' }, { ...good, aud: 'api://my-app' }, KEY));
    await expectRefused(service, rawToken({ alg: 'RS256' }, good, KEY), `${INVALID}"The audience is invalid"`);
  });

  test('clients bring none', async () => {
    await using service = await start({ entra: { mode: 'trust' } });
    const token = rawToken({ alg: 'none' }, { ...good, aud: [good.aud, sdkAudience('client', 'chat')] }, KEY);
    const path = `/client/negotiate?hub=chat&access_token=${token}`;
    expect((await httpRequest(service, { method: 'POST', path })).status).toBe(401);
  });
});

test('without a word, all are refused', async () => {
  await using issuer = await EntraIssuer.start();
  await using service = await start();
  expect(service.entraConnectionString).toBeUndefined();
  await expectRefused(service, await issuer.token(), 'Bearer');
});

test('the connection string without a key says where to sign in', async () => {
  await using service = await start({ entra: { mode: 'trust' } });
  expect(service.entraConnectionString).toBe(
    `Endpoint=http://127.0.0.1;Port=${service.port};AuthType=azure;Version=1.0;`,
  );
});
