// client-protocol 5.4; service-protocol 7.6; upstream-and-emulator 6.1.
import { once } from 'node:events';
import { type ServiceOptions, startService } from 'signalite';
import { expect, test } from 'vitest';
import { Clock } from './support/clock.ts';
import { FakeAppServer } from './support/fake-app-server.ts';
import { RawClient, type RawClientOptions } from './support/raw-client.ts';
import { RecordedEvents } from './support/recorded-events.ts';

const REQUEST = '{"protocol":"json","version":1}\x1e';
const CANCELED = '{"error":"Handshake was canceled."}\x1e';
const NO_SERVER =
  "SignalR Service is now in 'Default' service mode. Current mode works as a proxy that routes client traffic to the " +
  'connected app servers. However app servers are not connected. App servers are not connected to hub ' +
  "'chat'. Start one with this service's connection string.";

function start(options: ServiceOptions = {}) {
  return startService({ host: '127.0.0.1', port: 0, timers: { sweepMs: 5 }, ...options });
}

/** A client that sends its handshake itself. */
function connect(service: Awaited<ReturnType<typeof start>>, options: RawClientOptions = {}) {
  return RawClient.connect(service, { handshake: false, ...options });
}

/** Resolves when the service has read everything that the client sent so far. */
async function arrived({ webSocket }: RawClient): Promise<void> {
  webSocket.ping();
  await once(webSocket, 'pong');
}

async function text(client: RawClient): Promise<string> {
  return (await client.frames.next()).data.toString();
}

test('the answer is the sentence of the cloud and what to do, as text in every hub protocol', async () => {
  const events = new RecordedEvents();
  await using service = await start({ onEvent: events.listener });
  for (const protocol of ['json', 'messagepack']) {
    using client = await connect(service);
    client.sendText(`{"protocol":"${protocol}","version":1}\x1e`);
    const { data, isBinary } = await client.frames.next();
    expect(data.toString()).toBe(`${JSON.stringify({ error: NO_SERVER })}\x1e`);
    expect(isBinary).toBe(false);
    expect(await client.closed).toBe(1000);
    expect(client.frames.rest).toEqual([]);
    expect(await events.next('clientClosed')).toMatchObject({
      connectionId: client.connectionId,
      category: 'NoAvailableServerConnection',
    });
  }
  expect(events.of('clientAssigned')).toEqual([]);
});

test('app servers of another hub are none', async () => {
  await using service = await start();
  using _other = await FakeAppServer.connect(service, { hub: 'other' });
  using client = await connect(service);
  client.sendText(REQUEST);
  expect(await text(client)).toContain('However app servers are not connected.');
});

test('the wait ends after its time', async () => {
  using clock = new Clock();
  await using service = await start({ timers: { sweepMs: 5, serverWaitMs: 5000 } });
  using client = await connect(service);
  client.sendText(REQUEST);
  await arrived(client);
  clock.advance(5000);
  expect(await text(client)).toContain('However app servers are not connected.');
  expect(await client.closed).toBe(1000);
});

test('the wait ends with the time for the handshake', async () => {
  using clock = new Clock();
  await using service = await start({ timers: { sweepMs: 5, serverWaitMs: 60_000 } });
  using client = await connect(service);
  client.sendText(REQUEST);
  await arrived(client);
  clock.advance(15_000);
  expect(await text(client)).toContain('However app servers are not connected.');
});

test('what comes during the wait is kept, within a bound', async () => {
  await using service = await start({
    limits: { clientQueueBytes: 1000 },
    timers: { sweepMs: 5, serverWaitMs: 10_000 },
  });
  using client = await connect(service);
  client.sendText(REQUEST);
  client.sendText('x'.repeat(1000));
  expect(await text(client)).toBe(CANCELED);
  expect(await client.closed).toBe(1000);
});

test('a client that must use one app server is refused when that is not there', async () => {
  const events = new RecordedEvents();
  await using service = await start({ onEvent: events.listener });
  using other = await FakeAppServer.connect(service, { serverId: 'other' });
  using client = await connect(service, { claims: { 'asrs.s.sn': 'wanted', 'asrs.s.ssticky': 'Required' } });
  client.sendText(REQUEST);
  expect(await text(client)).toBe('{"error":"The app server that this connection must use is not connected."}\x1e');
  expect(await client.closed).toBe(1000);
  expect((await events.next('clientClosed')).category).toBe('ServerConnectionNotFound');
  await other.settled();
  expect(other.messages.rest).toEqual([]);
});
