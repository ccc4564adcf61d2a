// client-protocol 3.7, 5.4; service-protocol 7.4, 12.4: peers whose network is gone without a word.
import { type ServiceOptions, startService } from 'signalite';
import { describe, expect, test } from 'vitest';
import { Clock } from './support/clock.ts';
import { FakeAppServer } from './support/fake-app-server.ts';
import { call } from './support/payloads.ts';
import { RawClient } from './support/raw-client.ts';
import { RecordedEvents } from './support/recorded-events.ts';

const LOST = '{"type":7,"error":"Connection closed with an error.","allowReconnect":true}\x1e';
const CLOSE_SENT = 4;

async function start(options: ServiceOptions = {}) {
  const events = new RecordedEvents();
  const service = await startService({
    host: '127.0.0.1',
    port: 0,
    onEvent: events.listener,
    timers: { sweepMs: 5, serverPingMs: 1, serverSilenceMs: 100_000_000 },
    ...options,
  });
  const server = await FakeAppServer.connect(service);
  return {
    service,
    server,
    events,
    async pass(clock: Clock, milliseconds: number) {
      clock.advance(milliseconds);
      await server.keepAlives.next();
    },
    async expectNothingMore() {
      await server.settled();
      expect(server.messages.rest).toEqual([]);
    },
    async [Symbol.asyncDispose]() {
      server[Symbol.dispose]();
      await service.close();
    },
  };
}

/** A client whose socket stays open, and takes and says nothing any more. */
async function vanished(service: Parameters<typeof RawClient.connect>[0], handshake = true) {
  const client = await RawClient.connect(service, { handshake });
  client.webSocket.pause();
  return client;
}

describe('a client that is silent', () => {
  test('is not given up by the service: its hub counts that', async () => {
    using clock = new Clock();
    await using all = await start();
    using client = await vanished(all.service);
    await all.server.expect(4);
    await all.pass(clock, 3_600_000);
    expect(all.events.of('clientClosed')).toEqual([]);
    await all.expectNothingMore();
    expect(all.service.counts.clients).toBe(1);
    // The pings of the hub wait in the network.
    all.server.sendText(client.connectionId, '{"type":6}\x1e');
    client.webSocket.resume();
    expect(await client.message()).toEqual({ type: 6 });
  });

  test('is dropped when its hub gave it up and it answers no close frame', async () => {
    using clock = new Clock();
    await using all = await start();
    const { server, service, events } = all;
    using client = await vanished(service);
    const { connectionId } = await server.expect(4);
    server.send(
      { type: 6, connectionId, payload: Buffer.from(LOST), dataType: CLOSE_SENT },
      { type: 5, connectionId, error: 'It is silent.', headers: [] },
    );
    await server.settled();
    expect(events.of('clientClosed')).toMatchObject([
      { category: 'ClosedByAppServer', reason: 'The app server closed the connection: It is silent.' },
    ]);
    // Nobody sees it any more, but its socket may still answer.
    server.send({ type: 24, connectionId, ackId: 1 });
    expect(await server.ack(1)).toBe(2);
    await all.pass(clock, 4990);
    expect(service.counts.clients).toBe(1);
    await all.pass(clock, 20);
    await expect.poll(() => service.counts.clients).toBe(0);
    await all.expectNothingMore();
    client.webSocket.resume();
    expect(await client.message()).toMatchObject({ type: 7, allowReconnect: true });
    // What was written before is still delivered; the service waited for the answer long enough.
    expect([1000, 1006]).toContain(await client.closed);
  });

  test('is dropped when it never says its hub handshake, and nobody hears of it', async () => {
    using clock = new Clock();
    await using all = await start();
    using _client = await vanished(all.service, false);
    await all.pass(clock, 15_000);
    expect(all.events.of('clientClosed')).toMatchObject([{ category: 'HandshakeError' }]);
    expect(all.service.counts.clients).toBe(1);
    await all.pass(clock, 5010);
    await expect.poll(() => all.service.counts.clients).toBe(0);
    await all.expectNothingMore();
  });

  test('is dropped when more waits for it than its queue holds', async () => {
    await using all = await start({ limits: { clientQueueBytes: 1024 * 1024 } });
    using client = await vanished(all.service);
    const { connectionId } = await all.server.expect(4);
    const payloads = call('m', 'x'.repeat(256 * 1024));
    while (all.events.of('clientClosed').length === 0) {
      all.server.send({ type: 10, excludedConnectionIds: [], payloads });
      await all.server.settled();
    }
    expect(await all.server.expect(5)).toMatchObject({ connectionId, error: 'Client is too slow.' });
    await expect.poll(() => all.service.counts.clients).toBe(0);
    client.webSocket.resume();
    expect(await client.closed).toBe(1006);
  });

  test('does not keep the service from stopping', async () => {
    await using all = await start({ timers: { sweepMs: 5, stopMs: 100 } });
    using _client = await vanished(all.service);
    await all.server.expect(4);
    await all.service.close();
    await expect.poll(() => all.service.counts.clients).toBe(0);
  });
});

test('what each side is told when the network of a client is cut', async () => {
  await using all = await start();
  using client = await RawClient.connect(all.service);
  const { connectionId } = await all.server.expect(4);
  client.webSocket.terminate();
  expect(await all.server.expect(5)).toMatchObject({ connectionId, error: '' });
  expect(await client.closed).toBe(1006);
  await all.expectNothingMore();
});

test('an app server that is silent for thirty seconds is dropped, and its clients are told to come back', async () => {
  using clock = new Clock();
  await using all = await start({ timers: { sweepMs: 5, serverSilenceMs: 30_000 } });
  using client = await RawClient.connect(all.service);
  all.server.webSocket.pause();
  clock.advance(29_000);
  client.sendText('{"type":6}\x1e');
  clock.advance(1001);
  expect(await all.events.next('serverClosed')).toMatchObject({ reason: 'The app server was silent for too long.' });
  expect(await client.message()).toEqual(JSON.parse(LOST.slice(0, -1)));
  expect(await client.closed).toBe(1000);
  all.server.webSocket.resume();
  expect(await all.server.closed).toBe(1006);
});
