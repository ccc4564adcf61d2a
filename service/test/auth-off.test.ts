// A service that checks no tokens (service-protocol 2.2).
import { HubConnectionBuilder, LogLevel } from '@microsoft/signalr';
import { type ServiceOptions, startService } from 'signalite';
import { expect, test } from 'vitest';
import { FakeAppServer } from './support/fake-app-server.ts';
import { httpRequest, upgradeRequest } from './support/http-request.ts';
import { RawClient } from './support/raw-client.ts';
import { rawToken } from './support/raw-token.ts';
import { RecordedEvents } from './support/recorded-events.ts';
import { opened } from './support/scene.ts';
import { makeToken } from './support/tokens.ts';

const OTHER_KEY = 'some-other-key-of-these-tests-0123456';
const NAME_IDENTIFIER = 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/nameidentifier';

async function start(options: ServiceOptions = {}) {
  const events = new RecordedEvents();
  const service = await startService({ host: '127.0.0.1', port: 0, auth: 'off', onEvent: events.listener, ...options });
  opened.push(service);
  return { service, events };
}

test('clients and REST need nothing but a hub', async () => {
  const { service } = await start();
  const server = await FakeAppServer.connect(service);
  const client = new HubConnectionBuilder()
    .withUrl(`${service.url}/client/?hub=chat`)
    .configureLogging(LogLevel.None)
    .build();
  opened.push(server, { [Symbol.asyncDispose]: () => client.stop() });
  await client.start();
  expect(await server.expect(4)).toMatchObject({ claims: [] });
  const told = new Promise((resolve) => client.on('told', resolve));
  const sent = await httpRequest(service, {
    method: 'POST',
    path: '/api/hubs/chat/:send',
    headers: { 'content-type': 'application/json' },
    body: '{"target":"told","arguments":["all"]}',
  });
  expect([sent.status, await told]).toEqual([202, 'all']);
  expect((await httpRequest(service, { method: 'POST', path: '/client/negotiate' })).status).toBe(400);
});

test('what a token says counts, whoever signed it', async () => {
  const { service } = await start();
  const server = await FakeAppServer.connect(service, { token: await makeToken({ key: OTHER_KEY }) });
  const token = rawToken({ alg: 'none' }, { nameid: 'ann', exp: 1 }, '');
  const client = await RawClient.connect(service, { token });
  opened.push(server, client);
  const { claims } = await server.expect(4);
  expect(claims).toContainEqual({ type: NAME_IDENTIFIER, value: 'ann' });
});

test.each(['nonsense', 'a.b.c', 'e30.W10.', 'Zm9v.e30.'])('%s is as good as any', async (token) => {
  const { service } = await start();
  const headers = { authorization: `Bearer ${token}` };
  expect((await upgradeRequest(service, { path: '/client?hub=chat', headers })).status).toBe(101);
  expect((await upgradeRequest(service, { path: '/server?hub=chat', headers })).status).toBe(101);
  expect((await httpRequest(service, { path: '/api/hubs/chat/users/ann', headers })).status).toBe(404);
});

test('app servers with Microsoft Entra ID keep their own names and get keys', async () => {
  const { service, events } = await start({ entra: { mode: 'trust' } });
  const token = rawToken({ alg: 'RS256' }, { aud: 'https://signalr.azure.com', exp: 4e9, sub: 'shared' }, '');
  const server = await FakeAppServer.connect(service, { token, serverId: 'one' });
  opened.push(server);
  expect(await events.next('serverConnected')).toMatchObject({ serverId: 'one' });
  for (const headers of [{ authorization: `Bearer ${token}` }, {}]) {
    const answer = await httpRequest(service, { path: '/api/v1/auth/accessKey', headers });
    expect([answer.status, Object.keys(JSON.parse(answer.text))]).toEqual([200, ['KeyId', 'AccessKey']]);
  }
});

test.each(['0.0.0.0', '::', '192.168.1.7'])('it does not start on %s', async (host) => {
  await expect(startService({ host, port: 0, auth: 'off' })).rejects.toMatchObject({
    name: 'ServiceStartError',
    code: 'invalid-option',
    message:
      'Without tokens the service is open to everybody who reaches it. Listen on localhost, or check them: --auth strict.',
  });
});
