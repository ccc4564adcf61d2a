// service-protocol 7.5, 12.6, 14: what becomes of clients when their server connection does not go on.
import { messagePackHubProtocol } from '@signalite/protocol/messagepack';
import { type Service, type ServiceOptions, startService } from 'signalite';
import { describe, expect, test } from 'vitest';
import { FakeAppServer } from './support/fake-app-server.ts';
import { messagesIn } from './support/hub-messages.ts';
import { call } from './support/payloads.ts';
import { RawClient, type RawClientOptions } from './support/raw-client.ts';
import { RecordedEvents } from './support/recorded-events.ts';
import { sendUntilStuck } from './support/send-until-stuck.ts';

const LOST = { type: 7, error: 'Connection closed with an error.', allowReconnect: true };

function start(options: ServiceOptions = {}): Promise<Service> {
  return startService({ host: '127.0.0.1', port: 0, ...options });
}

/** A client and the one of the servers that it was given to. */
async function assigned(service: Service, servers: readonly FakeAppServer[], options: RawClientOptions = {}) {
  const client = await RawClient.connect(service, options);
  const owner = servers.find(({ messages }) =>
    messages.rest.some((message) => message.type === 4 && message.connectionId === client.connectionId),
  );
  if (owner === undefined) throw new Error('no server got the client');
  return { client, owner, [Symbol.dispose]: () => client[Symbol.dispose]() };
}

async function echoes(server: FakeAppServer, client: RawClient): Promise<void> {
  client.sendText('{"type":6}\x1e');
  await server.messages.find((message) => message.type === 6 && message.connectionId === client.connectionId);
  server.sendText(client.connectionId, '{"type":6}\x1e');
  expect(await client.message()).toEqual({ type: 6 });
}

describe.each([
  { how: 'closes', end: (server: FakeAppServer) => server.close() },
  { how: 'dies', end: (server: FakeAppServer) => server.webSocket.terminate() },
  { how: 'breaks the protocol', end: (server: FakeAppServer) => server.sendBytes(Buffer.from([1, 0xc1])) },
])('a server connection that $how', ({ end }) => {
  test('takes exactly its own clients with it', async () => {
    const events = new RecordedEvents();
    await using service = await start({ onEvent: events.listener });
    // Two connections of one server, and another server.
    using first = await FakeAppServer.connect(service, { serverId: 'one' });
    using second = await FakeAppServer.connect(service, { serverId: 'one' });
    using third = await FakeAppServer.connect(service, { serverId: 'two' });
    const servers = [first, second, third];
    const places = [];
    for (let index = 0; index < 12; index++) places.push(await assigned(service, servers));
    const lost = places.filter(({ owner }) => owner === first);
    const kept = places.filter(({ owner }) => owner !== first);
    expect(lost).toHaveLength(3);
    end(first);
    for (const { client } of lost) {
      expect(await client.message()).toEqual(LOST);
      expect(await client.closed).toBe(1000);
      expect(client.frames.rest).toEqual([]);
    }
    expect(await events.next('serverClosed')).toMatchObject({ serverConnectionId: first.cid, clients: 3 });
    const closed = events.of('clientClosed');
    expect(closed.map(({ connectionId }) => connectionId).toSorted()).toEqual(
      lost.map(({ client }) => client.connectionId).toSorted(),
    );
    for (const { category } of closed) expect(category).toBe('ServerConnectionClosed');
    for (const { owner, client } of kept) await echoes(owner, client);
    for (const place of places) place[Symbol.dispose]();
  });

  test('leaves no trace of its clients in groups and users', async () => {
    await using service = await start();
    using dying = await FakeAppServer.connect(service);
    using client = await RawClient.connect(service, { userId: 'ann' });
    const { connectionId } = client;
    using other = await FakeAppServer.connect(service);
    other.send({ type: 18, connectionId, group: 'g', ackId: 1 });
    expect(await other.ack(1)).toBe(1);
    end(dying);
    expect(await client.message()).toEqual(LOST);
    other.send(
      { type: 23, group: 'g', ackId: 2 },
      { type: 24, connectionId, ackId: 3 },
      { type: 25, userId: 'ann', ackId: 4 },
    );
    expect([await other.ack(2), await other.ack(3), await other.ack(4)]).toEqual([2, 2, 2]);
    await other.settled();
    expect(other.messages.rest).toEqual([]);
  });

  test('ends clients whose handshake it had not answered', async () => {
    await using service = await start();
    using dying = await FakeAppServer.connect(service, { answersHubHandshake: false });
    using client = await RawClient.connect(service, { handshake: false });
    client.sendText('{"protocol":"json","version":1}\x1e');
    await dying.expect(4);
    end(dying);
    expect(await client.message()).toEqual({ error: 'Connection closed with an error.' });
    expect(await client.closed).toBe(1000);
    expect(client.frames.rest).toEqual([]);
  });

  test('does not touch a client that has not said its protocol yet', async () => {
    const events = new RecordedEvents();
    await using service = await start({ onEvent: events.listener });
    using dying = await FakeAppServer.connect(service);
    using other = await FakeAppServer.connect(service);
    using client = await RawClient.connect(service, { handshake: false });
    end(dying);
    await events.next('serverClosed');
    client.sendText('{"protocol":"json","version":1}\x1e');
    expect(await client.message()).toEqual({});
    expect(await other.expect(4)).toMatchObject({ connectionId: client.connectionId });
  });

  test('tells MessagePack clients in MessagePack', async () => {
    await using service = await start();
    using dying = await FakeAppServer.connect(service);
    using client = await RawClient.connect(service, { protocol: 'messagepack' });
    end(dying);
    const frame = await client.frames.next();
    expect(frame.isBinary).toBe(true);
    expect(frame.data).toEqual(Buffer.from(messagePackHubProtocol.encode({ ...LOST, type: 7 })));
    expect(messagesIn(frame)).toEqual([LOST]);
    expect(await client.closed).toBe(1000);
  });

  test('what it had sent before reaches the client before the end', async () => {
    await using service = await start();
    using dying = await FakeAppServer.connect(service);
    using client = await RawClient.connect(service);
    dying.send({ type: 7, connectionIds: [client.connectionId], payloads: call('last words') });
    await dying.settled();
    end(dying);
    expect(await client.message()).toMatchObject({ target: 'last words' });
    expect(await client.message()).toEqual(LOST);
  });

  test('lets everybody come back', async () => {
    const events = new RecordedEvents();
    await using service = await start({ onEvent: events.listener });
    using dying = await FakeAppServer.connect(service, { serverId: 'same' });
    using before = await RawClient.connect(service, { userId: 'ann' });
    end(dying);
    expect(await before.closed).toBe(1000);
    await events.next('serverClosed');
    using reborn = await FakeAppServer.connect(service, { serverId: 'same' });
    using after = await RawClient.connect(service, { userId: 'ann' });
    expect(after.connectionId).not.toBe(before.connectionId);
    await echoes(reborn, after);
    expect(service.counts).toEqual({ clients: 1, serverConnections: 1 });
  });
});

test('a client that leaves is told to its app server once, with an empty text', async () => {
  await using service = await start();
  using server = await FakeAppServer.connect(service);
  using client = await RawClient.connect(service);
  const { connectionId } = await server.expect(4);
  client.webSocket.terminate();
  expect(await server.expect(5)).toMatchObject({ connectionId, error: '' });
  // What the app server still sends for it is nobody's.
  server.sendText(connectionId, '{"type":7,"allowReconnect":true}\x1e');
  server.send({ type: 5, connectionId, error: '', headers: [] });
  await server.settled();
  expect(server.messages.rest).toEqual([]);
});

test('a client that does not read is dropped, named, and harms nobody', async () => {
  const events = new RecordedEvents();
  await using service = await start({ limits: { clientQueueBytes: 1024 * 1024 }, onEvent: events.listener });
  using server = await FakeAppServer.connect(service);
  using slow = await RawClient.connect(service);
  using quick = await RawClient.connect(service);
  slow.webSocket.pause();
  const payloads = call('m', 'x'.repeat(64 * 1024));
  let sent = 0;
  while (events.of('clientClosed').length === 0) {
    server.send({ type: 10, excludedConnectionIds: [], payloads });
    sent += 1;
    await server.settled();
  }
  expect(events.of('clientClosed')).toMatchObject([{ connectionId: slow.connectionId, category: 'SlowClient' }]);
  expect(await server.expect(5)).toMatchObject({ connectionId: slow.connectionId, error: 'Client is too slow.' });
  slow.webSocket.resume();
  expect(await slow.closed).toBe(1006);
  for (let message = 0; message < sent; message++) expect(await quick.message()).toMatchObject({ target: 'm' });
});

test('one message over the bound is taken when nothing waits', async () => {
  await using service = await start({ limits: { clientQueueBytes: 1000 } });
  using server = await FakeAppServer.connect(service);
  using client = await RawClient.connect(service);
  for (let message = 0; message < 3; message++) {
    server.send({ type: 10, excludedConnectionIds: [], payloads: call('m', 'x'.repeat(5000)) });
    expect(await client.message()).toMatchObject({ target: 'm' });
  }
});

test('held back sends count towards the bound of a client', async () => {
  const events = new RecordedEvents();
  await using service = await start({ limits: { clientQueueBytes: 10_000 }, onEvent: events.listener });
  using server = await FakeAppServer.connect(service, { answersHubHandshake: false });
  using client = await RawClient.connect(service, { handshake: false });
  client.sendText('{"protocol":"json","version":1}\x1e');
  const { connectionId } = await server.expect(4);
  for (let message = 0; message < 3; message++) {
    server.send({ type: 10, excludedConnectionIds: [], payloads: call('m', 'x'.repeat(5000)) });
  }
  expect(await events.next('clientClosed')).toMatchObject({ connectionId, category: 'SlowClient' });
  expect(await server.expect(5)).toMatchObject({ connectionId, error: 'Client is too slow.' });
  expect(await client.closed).toBe(1006);
  expect(client.frames.rest).toEqual([]);
});

test('a client that was held back may end at once', async () => {
  await using service = await start({
    limits: { serverQueueBytes: 64 * 1024 },
    timers: { sweepMs: 5, closeMs: 60_000 },
  });
  using stalled = await FakeAppServer.connect(service);
  using client = await RawClient.connect(service);
  using other = await FakeAppServer.connect(service);
  stalled.webSocket.pause();
  await sendUntilStuck(client.webSocket, `"${'x'.repeat(64 * 1024)}"\x1e`);
  other.send({ type: 5, connectionId: client.connectionId, error: 'bye', headers: [] });
  expect(await client.message()).toEqual({ type: 7, error: 'bye', allowReconnect: true });
  expect(await client.closed).toBe(1000);
  stalled.webSocket.resume();
  await stalled.expect(5);
});
