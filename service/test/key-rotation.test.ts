// Access keys that change while a service runs (control-plane 5.1).
import { type KeyChange, type Service, startService } from 'signalite';
import { describe, expect, test } from 'vitest';
import { FakeAppServer } from './support/fake-app-server.ts';
import { httpRequest, upgradeRequest } from './support/http-request.ts';
import { call } from './support/payloads.ts';
import { RawClient } from './support/raw-client.ts';
import { rawToken } from './support/raw-token.ts';
import { RecordedEvents } from './support/recorded-events.ts';
import { opened } from './support/scene.ts';
import { makeToken, sdkAudience } from './support/tokens.ts';

const OLD = 'old-key-of-these-tests-0123456789-012345';
const NEW = 'new-key-of-these-tests-0123456789-012345';
const USER = '/api/hubs/chat/users/ann';

async function start() {
  const events = new RecordedEvents();
  const service = await startService({
    host: '127.0.0.1',
    port: 0,
    accessKey: OLD,
    entra: { mode: 'trust' },
    onEvent: events.listener,
  });
  opened.push(service);
  return { service, events };
}

/** Tokens as an app would have them: made once, used again and again. */
async function tokensUnder(key: string) {
  const [client, server, rest] = await Promise.all(
    [sdkAudience('client', 'chat'), sdkAudience('server', 'chat'), `http://localhost${USER}`].map((audience) =>
      makeToken({ key, audience }),
    ),
  );
  return { client: client ?? '', server: server ?? '', rest: rest ?? '' };
}

async function statusesOf(service: Service, tokens: Awaited<ReturnType<typeof tokensUnder>>): Promise<number[]> {
  const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
  const negotiated = { method: 'POST', path: '/client/negotiate?hub=chat', headers: bearer(tokens.client) };
  const answers = [
    await httpRequest(service, negotiated),
    await upgradeRequest(service, { path: '/client?hub=chat', headers: bearer(tokens.client) }),
    await upgradeRequest(service, { path: '/server?hub=chat', headers: bearer(tokens.server) }),
    await httpRequest(service, { path: USER, headers: bearer(tokens.rest) }),
  ];
  return answers.map(({ status }) => status);
}

const GOOD = [200, 101, 101, 404];
const BAD = [401, 401, 401, 401];

const ORDERS: readonly { what: string; changes: readonly KeyChange[] }[] = [
  {
    what: 'the new key comes second and moves up',
    changes: [{ secondaryKey: NEW }, { primaryKey: NEW, secondaryKey: null }],
  },
  {
    what: 'the new key comes first and the old one lingers',
    changes: [{ primaryKey: NEW, secondaryKey: OLD }, { secondaryKey: null }],
  },
];

describe.each(ORDERS)('$what', ({ changes: [first = {}, second = {}] }) => {
  test('old tokens are good until the old key is dropped, new ones from the start', async () => {
    const { service } = await start();
    const [old, fresh] = [await tokensUnder(OLD), await tokensUnder(NEW)];
    expect([await statusesOf(service, old), await statusesOf(service, fresh)]).toEqual([GOOD, BAD]);
    service.changeKeys(first);
    expect([await statusesOf(service, old), await statusesOf(service, fresh)]).toEqual([GOOD, GOOD]);
    service.changeKeys(second);
    expect([await statusesOf(service, old), await statusesOf(service, fresh)]).toEqual([BAD, GOOD]);
    expect(service.connectionString).toContain(`AccessKey=${NEW};`);
  });

  test('whoever is connected stays, and the next ones come with the new key', async () => {
    const { service } = await start();
    const server = await FakeAppServer.connect(service);
    const client = await RawClient.connect(service);
    opened.push(server, client);
    await server.expect(4);
    for (const change of [first, second]) {
      service.changeKeys(change);
      client.sendText('{"type":6}\x1e');
      expect(await server.expectText(client.connectionId)).toBe('{"type":6}\x1e');
      server.send({ type: 10, excludedConnectionIds: [], payloads: call('all') });
      expect(await client.message()).toMatchObject({ target: 'all' });
    }
    const nextServer = await FakeAppServer.connect(service);
    const nextClient = await RawClient.connect(service);
    opened.push(nextServer, nextClient);
    expect(service.counts).toEqual({ clients: 2, serverConnections: 2 });
  });
});

test('a key that is replaced is refused at once', async () => {
  const { service } = await start();
  const old = await tokensUnder(OLD);
  expect(await statusesOf(service, old)).toEqual(GOOD);
  service.changeKeys({ primaryKey: NEW });
  expect(await statusesOf(service, old)).toEqual(BAD);
});

test('a client that negotiated under the old key needs a new token to connect', async () => {
  const { service } = await start();
  const { client } = await tokensUnder(OLD);
  const headers = { authorization: `Bearer ${client}` };
  const path = '/client/negotiate?hub=chat&negotiateVersion=1';
  const { text } = await httpRequest(service, { method: 'POST', path, headers });
  service.changeKeys({ primaryKey: NEW });
  const id: string = JSON.parse(text).connectionToken;
  expect((await upgradeRequest(service, { path: `/client?hub=chat&id=${id}`, headers })).status).toBe(401);
});

test('keys that were handed out go on', async () => {
  const { service } = await start();
  const token = rawToken({ alg: 'RS256' }, { aud: 'https://signalr.azure.com', exp: 4e9 }, '');
  const headers = { authorization: `Bearer ${token}` };
  const { KeyId, AccessKey } = JSON.parse(
    (await httpRequest(service, { path: '/api/v1/auth/accessKey', headers })).text,
  );
  const signed = await makeToken({ key: AccessKey, keyId: KeyId, audience: sdkAudience('client', 'chat') });
  service.changeKeys({ primaryKey: NEW });
  const negotiated = {
    method: 'POST',
    path: '/client/negotiate?hub=chat',
    headers: { authorization: `Bearer ${signed}` },
  };
  expect((await httpRequest(service, negotiated)).status).toBe(200);
});

const REASONS: readonly [KeyChange, string | RegExp][] = [
  [{ primaryKey: 'k'.repeat(31) }, /must be at least 32 bytes long/],
  [{ primaryKey: '' }, /must be at least 32 bytes long/],
  [{ primaryKey: NEW, secondaryKey: 'short' }, /must be at least 32 bytes long/],
  [{ secondaryKey: `${NEW};` }, /must not contain a semicolon/],
  [{ primaryKey: ` ${NEW}` }, /must not start or end with white space/],
];

test.each(REASONS)('%j cannot be used, and changes nothing', async (change, message) => {
  const { service, events } = await start();
  expect(() => service.changeKeys(change)).toThrow(
    expect.objectContaining({
      name: 'ServiceStartError',
      code: 'invalid-option',
      message: expect.stringMatching(message),
    }),
  );
  expect(await statusesOf(service, await tokensUnder(OLD))).toEqual(GOOD);
  expect(await statusesOf(service, await tokensUnder(NEW))).toEqual(BAD);
  expect(events.of('settingsChanged')).toEqual([]);
});

test('what changed is told, but no key', async () => {
  const { service, events } = await start();
  service.changeKeys({ primaryKey: NEW, secondaryKey: OLD });
  service.changeKeys({});
  expect(events.of('settingsChanged')).toEqual([{ name: 'settingsChanged', changed: ['primaryKey', 'secondaryKey'] }]);
  for (const key of [OLD, NEW]) expect(JSON.stringify(events.all)).not.toContain(key);
});
