// design: every open, close and refusal is one typed event, and carries no key, token or payload.
import { startService } from 'signalite';
import { expect, test } from 'vitest';
import { FakeAppServer } from './support/fake-app-server.ts';
import { httpRequest, upgradeRequest } from './support/http-request.ts';
import { clientToken, RawClient } from './support/raw-client.ts';
import { RecordedEvents } from './support/recorded-events.ts';
import { makeToken, sdkAudience } from './support/tokens.ts';

const KEY = 'a-key-of-these-tests-0123456789-0123456789';
const SECOND_KEY = 'another-key-of-these-tests-0123456789-01234';
const PAYLOAD = 'what people say to each other';

test('however a connection ends, it opens once and ends once', async () => {
  const events = new RecordedEvents();
  await using service = await startService({
    host: '127.0.0.1',
    port: 0,
    limits: { clientMessageBytes: 1000 },
    onEvent: events.listener,
  });
  using staying = await FakeAppServer.connect(service, { serverId: 'staying' });
  using leaving = await FakeAppServer.connect(service, { serverId: 'leaving' });
  const connectTo = (serverId: string) =>
    RawClient.connect(service, { claims: { 'asrs.s.sn': serverId, 'asrs.s.ssticky': 'Required' } });
  using polite = await connectTo('staying');
  using rude = await connectTo('staying');
  using loud = await connectTo('staying');
  using unwanted = await connectTo('staying');
  using orphan = await connectTo('leaving');
  using last = await connectTo('staying');
  using confused = await RawClient.connect(service, { handshake: false });
  const all = [polite, rude, loud, unwanted, orphan, last, confused];

  polite.webSocket.close();
  rude.webSocket.terminate();
  loud.sendText('x'.repeat(1001));
  confused.sendText('hello\x1e');
  staying.send({ type: 5, connectionId: unwanted.connectionId, error: 'Go.', headers: [] });
  leaving.webSocket.terminate();
  await expect.poll(() => service.counts).toEqual({ clients: 1, serverConnections: 1 });
  await service.close();
  expect(await last.closed).toBe(1000);

  const categories = new Map(events.of('clientClosed').map(({ connectionId, category }) => [connectionId, category]));
  expect(all.map(({ connectionId }) => categories.get(connectionId))).toEqual([
    'Normal',
    'Normal',
    'BadRequest',
    'ClosedByAppServer',
    'ServerConnectionClosed',
    'ServiceReload',
    'HandshakeError',
  ]);
  for (const name of ['clientNegotiated', 'clientConnected', 'clientClosed'] as const) {
    const ids = events.of(name).map(({ connectionId }) => connectionId);
    expect(ids.sort()).toEqual(all.map(({ connectionId }) => connectionId).sort());
  }
  for (const name of ['serverConnected', 'serverClosed'] as const) {
    const ids = events.of(name).map(({ serverConnectionId }) => serverConnectionId);
    expect(ids.sort()).toEqual([staying.cid, leaving.cid].sort());
  }
  expect(events.of('clientAssigned')).toHaveLength(6);
  expect(events.all).toHaveLength(7 * 3 + 2 * 2 + 6);
});

test('none carries a key, a token, a payload or the secret id', async () => {
  const events = new RecordedEvents();
  const service = await startService({
    host: '127.0.0.1',
    port: 0,
    accessKey: KEY,
    secondaryAccessKey: SECOND_KEY,
    onEvent: events.listener,
  });
  const token = await clientToken(service);
  const forged = await makeToken({ key: 'x'.repeat(40), audience: sdkAudience('client', 'chat') });
  using server = await FakeAppServer.connect(service);
  using client = await RawClient.connect(service, { query: `&access_token=${token}` });
  client.sendText(PAYLOAD);
  await server.expectText(client.connectionId);
  server.sendText(client.connectionId, `{"type":1,"target":"${PAYLOAD}","arguments":[]}\x1e`);
  await client.message();
  const secretId = new URL(client.webSocket.url).searchParams.get('id') ?? '';
  for (const query of [`?hub=chat&access_token=${forged}`, `?access_token=${token}`, `?hub=chat&id=${secretId}`]) {
    const headers = { authorization: `Bearer ${query.includes('id=') ? token : forged}` };
    await httpRequest(service, { method: 'POST', path: `/client/negotiate/nothing${query}`, headers });
    await httpRequest(service, { path: `/client${query}`, headers });
    await upgradeRequest(service, { path: `/client${query}`, headers });
    await upgradeRequest(service, { path: `/server${query}`, headers });
  }
  await httpRequest(service, { path: `/client?hub=chat&access_token=${token}&x=${'x'.repeat(13_000)}` });
  await service.close();
  expect(events.of('requestRefused')).toHaveLength(13);
  const told = JSON.stringify(events.all);
  for (const secret of [KEY, SECOND_KEY, PAYLOAD, secretId, ...token.split('.'), ...forged.split('.')]) {
    expect(secret).not.toBe('');
    expect(told).not.toContain(secret);
  }
});
