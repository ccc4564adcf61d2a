// Management clients against the real service, with released clients: one table for both transports and all modes.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createManagementClient, type ManagementOptions, SignalRServerError } from '@signalite/server';
import { decodeJwt, SignJWT } from 'jose';
import { startService } from 'signalite';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { LineLog } from './support/line-log.ts';
import { MANAGEMENT_CASES } from './support/management-cases.ts';
import { ManagementStage } from './support/management-stage.ts';
import { needsOwnService } from './support/test-service.ts';

const MODES = ['Serverless', 'Default', 'Classic'] as const;
const TRANSPORTS = ['transient', 'persistent'] as const;
const COMBINATIONS = MODES.flatMap((mode) => TRANSPORTS.map((transport) => ({ mode, transport })));

describe.each(COMBINATIONS)('$transport in $mode mode', ({ mode, transport }) => {
  let stage: ManagementStage;

  beforeEach((context) => {
    if (mode !== 'Default') needsOwnService(context, 'the other service is in Default mode');
  });

  beforeAll(async () => {
    stage = await ManagementStage.open(mode, transport);
  });

  afterEach(() => stage.clear());

  afterAll(async () => {
    await stage[Symbol.asyncDispose]();
    expect(stage.log.lines).toEqual([]);
  });

  test.each(Object.entries(MANAGEMENT_CASES))('%s', (_name, run) => run(stage));
});

describe.each(TRANSPORTS)('%s', (transport) => {
  beforeEach((context) => needsOwnService(context, 'its mode, its keys and its limits are known'));

  test('a wrong key is refused in words, and shown to nobody', async () => {
    await using service = await startService({ host: '127.0.0.1', port: 0 });
    const key = 'not-the-key-of-the-service-at-all!!';
    const connectionString = service.connectionString.replace(/AccessKey=[^;]*/, `AccessKey=${key}`);
    const logger = new LineLog();
    const management = createManagementClient({ connectionString, hub: 'chat', transport, logger });
    const refused = await management.clients.all.send('heard').catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(SignalRServerError);
    expect(refused).toMatchObject({ code: transport === 'transient' ? 'request-refused' : 'connect-failed' });
    expect(String(refused)).toMatch(/401.*key.*AccessKey/s);
    expect([String(refused), ...logger.lines].join()).not.toContain(key);
    await management.close();
  });

  test('a message of more than 1 MiB', async () => {
    await using stage = await ManagementStage.open('Serverless', transport);
    const client = await stage.connect('json');
    const text = 'x'.repeat(2 ** 20);
    const sent = stage.management.clients.all.send('heard', text);
    if (transport === 'persistent') {
      await sent;
      expect(await client.heard.take()).toEqual([text]);
    } else {
      await expect(sent).rejects.toMatchObject({ code: 'message-too-large' });
      expect(await stage.heardBy(client)).toEqual([[]]);
    }
  });

  test('a reason that no URL holds', async () => {
    await using stage = await ManagementStage.open('Serverless', transport);
    const client = await stage.connect('json');
    const reason = 'ü'.repeat(4000);
    const closing = stage.management.clientManager.closeConnection(client.connectionId, reason);
    if (transport === 'persistent') {
      await closing;
      expect(await client.closed).toContain(reason);
    } else {
      await expect(closing).rejects.toMatchObject({ code: 'request-refused', status: 414 });
      await expect(closing).rejects.toThrow('too long for a URL');
    }
  });

  test('signs in with Microsoft Entra', async () => {
    await using service = await startService({
      host: '127.0.0.1',
      port: 0,
      serviceMode: 'Serverless',
      entra: { mode: 'trust' },
    });
    const token = await new SignJWT({})
      .setProtectedHeader({ alg: 'HS256' })
      .setAudience('https://signalr.azure.com')
      .setExpirationTime('1h')
      .sign(crypto.getRandomValues(new Uint8Array(32)));
    const connectionString = service.connectionString.replace(/AccessKey=[^;]*/, 'AuthType=azure');
    const logger = new LineLog();
    const options = { connectionString, hub: 'chat', transport, credential: () => token, logger };
    await using management = createManagementClient(options);
    expect(await management.clientManager.userExists('ann')).toBe(false);
    const { url, accessToken } = await management.negotiate({ userId: 'ann' });
    const answer = await fetch(url.replace('/client/?', '/client/negotiate?negotiateVersion=1&'), {
      method: 'POST',
      headers: { Authorization: `Bearer ${accessToken}` },
    });
    expect(answer.status).toBe(200);
    expect(logger.lines).toEqual([]);
  });

  test('negotiates for clients, in each form', async () => {
    await using stage = await ManagementStage.open('Serverless', transport);
    const { management } = stage;
    const expiresAt = new Date(Date.now() + 60_000);
    const claims = { role: ['a', 'b'], aud: 'mine' };
    const direct = await management.negotiate({ userId: 'ann', claims, lifetimeMs: 90_000, expiresAt });
    const { exp = 0, iat = 0, ...payload } = decodeJwt(direct.accessToken);
    expect(exp - iat).toBe(90);
    expect(payload).toMatchObject({
      'asrs.s.uid': 'ann',
      role: ['a', 'b'],
      'asrs.u.aud': 'mine',
      'asrs.s.coae': 'true',
    });
    const key = `${stage.applicationName}_chat`;
    expect(direct.url).toBe(`${new URL(direct.url).origin}/client/?hub=${key}`);

    const fetched = await management.negotiateFetch(new Request('http://app/chat/negotiate?x=1', { method: 'POST' }), {
      userId: (request) => new URL(request.url).searchParams.get('x') ?? undefined,
    });
    const answer: unknown = await fetched.json();
    expect(answer).toMatchObject({
      url: expect.stringContaining(`hub=${key}&asrs.op=%2Fchat&x=1`),
      accessToken: expect.any(String),
    });

    const server = createServer(management.negotiateListener({ userId: 'listener' }));
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    const { port } = server.address() as AddressInfo;
    const listened = await fetch(`http://127.0.0.1:${port}/chat/negotiate`, { method: 'POST' });
    const { accessToken } = (await listened.json()) as { accessToken: string };
    expect(decodeJwt(accessToken)['asrs.s.uid']).toBe('listener');
    await new Promise((closed) => server.close(closed));

    await management.close();
    const late = await management.negotiateFetch(new Request('http://app/negotiate', { method: 'POST' }));
    expect(late.status).toBe(500);
    expect(stage.log.lines).toEqual(['error: A negotiate request could not be answered.']);
  });

  test('a client that negotiates knows what it cannot have', async () => {
    const connectionString = 'Endpoint=http://localhost;AccessKey=k;Version=1.0;';
    await using management = createManagementClient({ connectionString, hub: 'chat', transport });
    await expect(management.negotiate({ claims: { big: 'x'.repeat(4000) } })).rejects.toThrow(
      'claims: the token would',
    );
    await expect(management.negotiate({ lifetimeMs: 1 })).rejects.toMatchObject({ code: 'invalid-options' });
  });
});

const VALID: ManagementOptions = {
  connectionString: 'Endpoint=http://localhost;AccessKey=k;Version=1.0;',
  hub: 'chat',
};

test.each<[string, Partial<ManagementOptions>]>([
  ['hub', { hub: '' }],
  ['hub', { hub: 'no hub' }],
  ['connectionString', { connectionString: 'nonsense' }],
  ['AccessKey', { connectionString: 'Endpoint=http://localhost;Version=1.0;' }],
  ['applicationName', { applicationName: 'a b' }],
  ['transport', { transport: 'carrier pigeon' as 'transient' }],
  ['supportedProtocols', { supportedProtocols: [] }],
  ['requestTimeoutMs', { requestTimeoutMs: 0 }],
  ['maximumRetries', { maximumRetries: -1 }],
  ['serverConnectionCount', { serverConnectionCount: 0 }],
  ['startTimeoutMs', { startTimeoutMs: Number.NaN }],
])('%s is checked: %o', (name, options) => {
  const create = () => createManagementClient({ ...VALID, ...options });
  expect(create).toThrow(expect.objectContaining({ code: 'invalid-options' }));
  expect(create).toThrow(name);
});

test('REST calls go to one service', () => {
  const { connectionString = '' } = VALID;
  const endpoints = [{ connectionString }, { connectionString: connectionString.replace('localhost', 'other') }];
  const create = () => createManagementClient({ hub: 'chat', endpoints });
  expect(create).toThrow("endpoints: REST calls go to one service. Give one endpoint, or transport: 'persistent'.");
});
