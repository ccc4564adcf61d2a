// design: "Stop is graceful"; client-protocol 3.6, 5.5; service-protocol 3.
import { once } from 'node:events';
import { connect } from 'node:net';
import { type ServiceOptions, startService } from 'signalite';
import { describe, expect, test } from 'vitest';
import { FakeAppServer } from './support/fake-app-server.ts';
import { messagesIn } from './support/hub-messages.ts';
import { clientToken, RawClient } from './support/raw-client.ts';
import { RecordedEvents } from './support/recorded-events.ts';
import { socketClients } from './support/socket-client.ts';

function start(options: ServiceOptions = {}) {
  return startService({ host: '127.0.0.1', port: 0, ...options });
}

/** Resolves when nobody listens any more. */
async function expectNobodyListens(port: number): Promise<void> {
  const socket = connect(port, '127.0.0.1');
  const [error] = await once(socket, 'error').catch((reason: unknown) => [reason]);
  expect(error).toMatchObject({ code: 'ECONNREFUSED' });
}

describe('close', () => {
  test.each(['json', 'messagepack'])('tells clients to come back, and ends them with 1000 (%s)', async (protocol) => {
    const events = new RecordedEvents();
    const service = await start({ onEvent: events.listener });
    using server = await FakeAppServer.connect(service);
    using client = await RawClient.connect(service, { protocol });
    const closing = service.close();
    const last = await client.frames.next();
    expect(messagesIn(last)).toEqual([{ type: 7, allowReconnect: true }]);
    if (protocol === 'json') expect(last.data.toString()).toBe('{"type":7,"allowReconnect":true}\x1e');
    expect(await client.closed).toBe(1000);
    expect(await server.expect(5)).toMatchObject({ connectionId: client.connectionId, error: '' });
    expect(await server.closed).toBe(1000);
    await closing;
    expect(events.all.map(({ name }) => name)).toEqual([
      'serverConnected',
      'clientNegotiated',
      'clientConnected',
      'clientAssigned',
      'clientClosed',
      'serverClosed',
    ]);
    expect(events.of('clientClosed')).toMatchObject([{ category: 'ServiceReload', reason: 'The service stops.' }]);
    expect(events.of('serverClosed')).toMatchObject([{ reason: 'The service stops.' }]);
    await expectNobodyListens(service.port);
  });

  test('clients in their handshake get its answer', async () => {
    const service = await start();
    using server = await FakeAppServer.connect(service, { answersHubHandshake: false });
    using silent = await RawClient.connect(service, { handshake: false });
    using waiting = await RawClient.connect(service, { handshake: false });
    waiting.sendText('{"protocol":"json","version":1}\x1e');
    await server.expect(6);
    const closing = service.close();
    for (const client of [silent, waiting]) {
      expect((await client.frames.next()).data.toString()).toBe('{"error":"Connection closed with an error."}\x1e');
      expect(await client.closed).toBe(1000);
    }
    await closing;
  });

  test('a second call is the same as the first, and so is the end of a scope', async () => {
    const service = await start();
    const first = service.close();
    expect(service.close()).toBe(first);
    expect(service[Symbol.asyncDispose]()).toBe(first);
    await first;
    expect(service.close()).toBe(first);
  });

  test('nobody is waited for longer than the bound', async () => {
    const service = await start({ timers: { stopMs: 30 } });
    using server = await FakeAppServer.connect(service);
    // It never answers a close frame, nor does it end its socket.
    using _client = await (await socketClients(service))(() => undefined);
    await server.expect(4);
    using _idle = await openIdle(service.port);
    await service.close();
    await expect.poll(() => service.counts).toEqual({ clients: 0, serverConnections: 0 });
  });

  test('a request that was under way is refused', async () => {
    const events = new RecordedEvents();
    const service = await start({ onEvent: events.listener });
    const token = await clientToken(service);
    using socket = await openIdle(service.port);
    socket.write('POST /client/negotiate?hub=chat HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 0\r\n');
    // Another exchange is the proof that the first lines were read.
    using _client = await RawClient.connect(service, { handshake: false });
    const closing = service.close();
    socket.write(`Authorization: Bearer ${token}\r\n\r\n`);
    const [answer] = await once(socket, 'data');
    expect(String(answer)).toMatch(/^HTTP\/1\.1 503 Service Unavailable\r\n/);
    expect(events.of('requestRefused').map(({ status }) => status)).toEqual([503]);
    await closing;
  });

  test('without anybody it is quick', async () => {
    const service = await start();
    await fetch(`${service.url}/api/health`);
    await service.close();
    await expectNobodyListens(service.port);
  });
});

describe('drop', () => {
  test('ends every socket at once', async () => {
    const events = new RecordedEvents();
    await using service = await start({ onEvent: events.listener });
    using server = await FakeAppServer.connect(service);
    using client = await RawClient.connect(service);
    using _idle = await openIdle(service.port);
    service.drop();
    expect(await client.closed).toBe(1006);
    expect(await server.closed).toBe(1006);
    expect(client.frames.rest).toEqual([]);
    await expect.poll(() => service.counts).toEqual({ clients: 0, serverConnections: 0 });
    expect(events.of('clientClosed')).toHaveLength(1);
    expect(events.of('serverClosed')).toHaveLength(1);
  });

  test('cuts a graceful end short', async () => {
    const service = await start({ timers: { stopMs: 3_600_000, closeMs: 3_600_000 } });
    using server = await FakeAppServer.connect(service);
    using _client = await (await socketClients(service))(() => undefined);
    await server.expect(4);
    const closing = service.close();
    service.drop();
    await closing;
    await expect.poll(() => service.counts).toEqual({ clients: 0, serverConnections: 0 });
  });
});

/** A TCP connection that is open and silent. */
async function openIdle(port: number) {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return Object.assign(socket, { [Symbol.dispose]: () => socket.destroy() });
}
