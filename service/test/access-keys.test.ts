// Keys that app servers without one of their own get for client tokens (service-protocol 11; rest-api 3.4).
import { HubConnectionBuilder, LogLevel } from '@microsoft/signalr';
import { type ServiceOptions, startService } from 'signalite';
import { describe, expect, test } from 'vitest';
import { Clock } from './support/clock.ts';
import { EntraIssuer } from './support/entra-issuer.ts';
import { FakeAppServer } from './support/fake-app-server.ts';
import { httpRequest, upgradeRequest } from './support/http-request.ts';
import { CLOCKED } from './support/http-scene.ts';
import { RawClient } from './support/raw-client.ts';
import { rawToken } from './support/raw-token.ts';
import { RecordedEvents } from './support/recorded-events.ts';
import { opened } from './support/scene.ts';
import type { ServiceAddress } from './support/service-address.ts';
import { makeToken, sdkAudience, type TokenOptions } from './support/tokens.ts';

const KEY = 'a-key-of-these-tests-0123456789-0123456789';
const PATH = '/api/v1/auth/accessKey';
const TRUST = { mode: 'trust' } as const;
const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
const OVER = 'The access token is signed with a key that was handed out for a while and is over.';

interface AccessKey {
  readonly KeyId: string;
  readonly AccessKey: string;
}

async function start({ timers, ...options }: ServiceOptions = {}) {
  const events = new RecordedEvents();
  const service = await startService({
    host: '127.0.0.1',
    port: 0,
    accessKey: KEY,
    entra: TRUST,
    onEvent: events.listener,
    timers: { sweepMs: 5, ...timers },
    ...options,
  });
  opened.push(service);
  return { service, events };
}

/** A token that a service which trusts accepts. */
function entraToken(lifetimeS = 3600): string {
  const exp = Math.floor(Date.now() / 1000) + lifetimeS;
  return rawToken({ alg: 'RS256', kid: 'x' }, { aud: 'https://signalr.azure.com', exp }, 'unchecked');
}

function ask(service: ServiceAddress, { token = entraToken(), path = PATH, method = 'GET' } = {}) {
  return httpRequest(service, { method, path, headers: token === '' ? {} : { authorization: `Bearer ${token}` } });
}

async function accessKeyOf(service: ServiceAddress): Promise<AccessKey> {
  const { status, text } = await ask(service);
  expect(status).toBe(200);
  return JSON.parse(text);
}

function tokenUnder({ KeyId, AccessKey }: AccessKey, options: Partial<TokenOptions> = {}): Promise<string> {
  return makeToken({ key: AccessKey, keyId: KeyId, audience: sdkAudience('client', 'chat'), ...options });
}

function negotiateWith(service: ServiceAddress, token: string) {
  const headers = { authorization: `Bearer ${token}` };
  return httpRequest(service, { method: 'POST', path: '/client/negotiate?hub=chat', headers });
}

describe('asked for by REST', () => {
  test.each([PATH, '/api/auth/accessKey?api-version=2024-12-01', '/API/v1/auth/ACCESSKEY', `${PATH}/?serverId=x`])(
    'at %s',
    async (path) => {
      const { service } = await start();
      const answer = await ask(service, { path });
      expect(answer.status).toBe(200);
      expect(answer.headers['content-type']).toBe('application/json; charset=utf-8');
      expect(JSON.parse(answer.text)).toEqual({
        KeyId: expect.stringMatching(/^signalite-/),
        AccessKey: expect.stringMatching(/^[\w+/]{86}==$/),
      });
    },
  );

  test('only by GET', async () => {
    const { service } = await start();
    for (const method of ['HEAD', 'POST', 'PUT', 'DELETE']) {
      expect([method, (await ask(service, { method })).status]).toEqual([method, 405]);
    }
  });

  test.each([PATH, '/api/auth/accessKey'])('at %s with a key there is no other', async (path) => {
    const { service } = await start();
    const audience = `http://localhost${path}`;
    const ownKey = await makeToken({ key: KEY, audience });
    const handedOut = await tokenUnder(await accessKeyOf(service), { audience });
    for (const token of [ownKey, handedOut]) {
      const answer = await ask(service, { token, path });
      expect(answer.status).toBe(403);
      expect(answer.text).toContain('Access keys are handed out for tokens of Microsoft Entra ID.');
    }
    for (const token of ['', 'nonsense', entraToken(-310)]) {
      const answer = await ask(service, { token, path });
      expect([answer.status, answer.text]).toEqual([401, '']);
    }
  });

  test('in vain where tokens of Microsoft Entra ID are not accepted', async () => {
    const { service } = await start({ entra: { mode: 'off' } });
    expect((await ask(service)).status).toBe(401);
    const answer = await ask(service, { token: await makeToken({ key: KEY, audience: `http://localhost${PATH}` }) });
    expect(answer).toMatchObject({ status: 403, text: expect.stringContaining('hands out no access keys') });
  });
});

describe('under a key that was handed out', () => {
  test('the official client connects, and its app server hears it', async () => {
    const { service } = await start();
    const server = await FakeAppServer.connect(service, { token: entraToken() });
    const key = await accessKeyOf(service);
    const client = new HubConnectionBuilder()
      .withUrl(`${service.url}/client/?hub=chat`, {
        accessTokenFactory: () => tokenUnder(key, { claims: { nameid: 'ann' } }),
      })
      .configureLogging(LogLevel.None)
      .build();
    opened.push(server, { [Symbol.asyncDispose]: () => client.stop() });
    await client.start();
    const told = new Promise((resolve) => client.on('told', resolve));
    const { connectionId, claims } = await server.expect(4);
    expect(connectionId).toBe(client.connectionId);
    expect(claims).toContainEqual(expect.objectContaining({ value: 'ann' }));
    await client.send('Say', 'hello');
    // Its first ping may come before.
    await server.messages.find((one) => one.type === 6 && Buffer.from(one.payload).includes('"hello"'));
    server.sendText(connectionId, '{"type":1,"target":"told","arguments":["back"]}\x1e');
    expect(await told).toBe('back');
  });

  test.each(['HS256', 'HS512'] as const)('tokens of %s are good on every path', async (algorithm) => {
    const { service } = await start();
    const key = await accessKeyOf(service);
    expect((await negotiateWith(service, await tokenUnder(key, { algorithm }))).status).toBe(200);
    const server = await tokenUnder(key, { algorithm, audience: sdkAudience('server', 'chat') });
    const upgrade = { path: '/server/?hub=chat', headers: { authorization: `Bearer ${server}` } };
    expect((await upgradeRequest(service, upgrade)).status).toBe(101);
    const rest = await tokenUnder(key, { algorithm, audience: 'http://localhost/api/hubs/chat/users/ann' });
    const path = '/api/hubs/chat/users/ann';
    expect((await ask(service, { token: rest, path })).headers['x-ms-error-code']).toBe('Warning.User.NotExisted');
  });

  test('tokens name it, and are made for what they open', async () => {
    const { service } = await start();
    const key = await accessKeyOf(service);
    const others = [
      await tokenUnder({ ...key, KeyId: '-618705820' }),
      await tokenUnder({ ...key, AccessKey: KEY }),
      await tokenUnder(key, { audience: sdkAudience('client', 'other') }),
      await tokenUnder(key, { expiresIn: -310 }),
    ];
    for (const token of others) expect((await negotiateWith(service, token)).status).toBe(401);
    expect((await negotiateWith(service, await tokenUnder(key))).status).toBe(200);
  });

  test('tokens are refused after three hours, known ones as well', async () => {
    using clock = new Clock();
    const { service } = await start();
    const key = await accessKeyOf(service);
    const token = await tokenUnder(key, { expiresIn: 86_400 });
    expect((await negotiateWith(service, token)).status).toBe(200);
    clock.advance(3 * HOUR_MS);
    expect((await negotiateWith(service, token)).status).toBe(200);
    expect((await negotiateWith(service, await tokenUnder(key))).status).toBe(200);
    clock.advance(MINUTE_MS);
    const known = await negotiateWith(service, token);
    expect([known.status, known.headers['www-authenticate']]).toEqual([401, expect.stringContaining('is expired')]);
    const other = await negotiateWith(service, await tokenUnder(key));
    expect(other).toMatchObject({ status: 401, text: expect.stringContaining(OVER) });
    expect(other.headers['www-authenticate']).toContain('"The signature key was not found"');
    expect((await negotiateWith(service, await tokenUnder(await accessKeyOf(service)))).status).toBe(200);
  });

  test('tokens are refused after three hours, whatever else is tolerated', async () => {
    using clock = new Clock();
    const { service } = await start({ auth: 'lenient' });
    const token = await tokenUnder(await accessKeyOf(service));
    clock.advance(3 * HOUR_MS);
    expect((await negotiateWith(service, token)).status).toBe(200);
    clock.advance(MINUTE_MS);
    expect((await negotiateWith(service, token)).status).toBe(401);
  });

  test('a client goes on when it is over', async () => {
    using clock = new Clock();
    const { service } = await start({ timers: CLOCKED });
    const server = await FakeAppServer.connect(service);
    const client = await RawClient.connect(service, { token: await tokenUnder(await accessKeyOf(service)) });
    opened.push(server, client);
    clock.advance(4 * HOUR_MS);
    client.sendText('{"type":6}\x1e');
    expect(await server.expectText(client.connectionId)).toBe('{"type":6}\x1e');
  });

  test('another service honours no token', async () => {
    const { service } = await start();
    const { service: other } = await start();
    const token = await tokenUnder(await accessKeyOf(service));
    expect(await negotiateWith(other, token)).toMatchObject({ status: 401, text: expect.stringContaining(OVER) });
  });
});

describe('asked for on a server connection', () => {
  test('a key comes, and tokens under it are good', async () => {
    const { service } = await start();
    const server = await FakeAppServer.connect(service, { token: entraToken() });
    opened.push(server);
    server.send({ type: 28, token: entraToken() });
    const { kid = '', accessKey = '', ...rest } = await server.expect(29);
    expect(rest).toEqual({ type: 29 });
    const token = await tokenUnder({ KeyId: kid, AccessKey: accessKey });
    const client = await RawClient.connect(service, { token });
    opened.push(client);
    expect((await server.expect(4)).connectionId).toBe(client.connectionId);
  });

  test('every ten minutes there is a new one, and the ones before go on', async () => {
    using clock = new Clock();
    const { service } = await start({ timers: CLOCKED });
    const server = await FakeAppServer.connect(service, { token: entraToken() });
    opened.push(server);
    const keys: AccessKey[] = [];
    for (let time = 0; time < 3; time++) {
      server.send({ type: 28, token: entraToken(), kid: keys.at(-1)?.KeyId ?? '' });
      const { kid = '', accessKey = '' } = await server.expect(29);
      keys.push({ KeyId: kid, AccessKey: accessKey });
      clock.advance(10 * MINUTE_MS);
    }
    expect(new Set(keys.map(({ KeyId }) => KeyId)).size).toBe(3);
    for (const key of keys) expect((await negotiateWith(service, await tokenUnder(key))).status).toBe(200);
  });

  test.each([
    ['none', undefined, /needs a token of Microsoft Entra ID/],
    ['an empty one', '', /needs a token of Microsoft Entra ID/],
    ['a word', 'nonsense', /no token of Microsoft Entra ID/],
    ['one that is over', entraToken(-310), /is expired/],
    ['one without an end', rawToken({ alg: 'none' }, { aud: 'https://signalr.azure.com' }, KEY), /"exp"/],
    ['one for others', rawToken({ alg: 'RS256' }, { aud: 'x', exp: 4e9 }, KEY), /made for another service/],
    ['an endless one', 'x'.repeat(40_000), /too long/],
  ])('with %s there is an error, told of once, and all goes on', async (_what, token, message) => {
    const { service, events } = await start();
    const server = await FakeAppServer.connect(service);
    opened.push(server);
    for (let time = 0; time < 3; time++) {
      server.send(token === undefined ? { type: 28 } : { type: 28, token });
      const { kid, accessKey, errorType, errorMessage } = await server.expect(29);
      expect({ kid, accessKey, errorType }).toEqual({ errorType: 'Unauthorized' });
      expect(errorMessage).toMatch(message);
    }
    await server.settled();
    expect(events.of('accessKeyRefused')).toEqual([
      expect.objectContaining({ hub: 'chat', serverId: server.serverId, reason: expect.stringMatching(message) }),
    ]);
    expect(JSON.stringify(events.all)).not.toContain(token === undefined || token === '' ? KEY : token);
  });

  test('with a token of an access key there is an error', async () => {
    const { service } = await start();
    const server = await FakeAppServer.connect(service);
    opened.push(server);
    server.send({ type: 28, token: await makeToken({ key: KEY, audience: sdkAudience('server', 'chat') }) });
    expect(await server.expect(29)).toMatchObject({ errorType: 'Unauthorized' });
  });

  test('while the keys of the issuer are awaited, one question waits and others are turned away', async () => {
    await using issuer = await EntraIssuer.start();
    let release: (() => void) | undefined;
    const asked = new Promise<void>((resolve) => {
      issuer.answer = (response) => {
        release = () => response.writeHead(500).end();
        resolve();
      };
    });
    const { service } = await start({ entra: issuer.options });
    const server = await FakeAppServer.connect(service);
    opened.push(server);
    const token = await issuer.token();
    server.send(...Array.from({ length: 100 }, () => ({ type: 28, token }) as const));
    await asked;
    await server.settled();
    for (let time = 0; time < 99; time++) {
      expect(await server.expect(29)).toMatchObject({ errorType: 'TooManyRequests' });
    }
    expect(server.messages.rest).toEqual([]);
    release?.();
    expect(await server.expect(29)).toMatchObject({ errorType: 'ServiceUnavailable' });
    expect(issuer.fetches).toBe(1);
  });

  test('a server that is gone before its answer disturbs nobody', async () => {
    await using issuer = await EntraIssuer.start();
    const { service, events } = await start({ entra: issuer.options, timers: { entraKeysMs: 50 } });
    const asked = new Promise<void>((resolve) => {
      issuer.answer = () => resolve();
    });
    using server = await FakeAppServer.connect(service);
    server.send({ type: 28, token: await issuer.token() });
    await asked;
    server.webSocket.terminate();
    await events.next('serverClosed');
    await events.next('entraKeysUnavailable');
    expect((await httpRequest(service, { path: '/api/health' })).status).toBe(200);
    expect(events.of('fault')).toEqual([]);
  });
});

test('however many ask at once, they get one key, and nobody is told of it', async () => {
  const { service, events } = await start();
  const server = await FakeAppServer.connect(service, { token: entraToken() });
  opened.push(server);
  const keys = await Promise.all(Array.from({ length: 20 }, () => accessKeyOf(service)));
  server.send({ type: 28, token: entraToken() });
  const { kid = '', accessKey = '' } = await server.expect(29);
  expect(new Set([kid, ...keys.map(({ KeyId }) => KeyId)])).toEqual(new Set([kid]));
  expect(accessKey).not.toBe('');
  expect(JSON.stringify(events.all)).not.toContain(accessKey);
});
