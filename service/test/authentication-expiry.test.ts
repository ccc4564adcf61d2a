// client-protocol 5.2, 5.5; service-protocol 2.4: clients whose app says that they end with their authentication.
import { type ServiceOptions, startService } from 'signalite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Clock } from './support/clock.ts';
import { FakeAppServer } from './support/fake-app-server.ts';
import { messagesIn } from './support/hub-messages.ts';
import { RawClient } from './support/raw-client.ts';
import { RecordedEvents } from './support/recorded-events.ts';

const MINUTE_MS = 60_000;

let clock: Clock;

beforeEach(() => {
  clock = new Clock();
});

afterEach(() => clock[Symbol.dispose]());

/** Claims of a client whose authentication ends so many seconds from now. */
function endsIn(seconds: number): Record<string, string> {
  return { 'asrs.s.coae': 'true', 'asrs.s.aeo': `${Math.floor(Date.now() / 1000) + seconds}` };
}

async function start(options: ServiceOptions = {}) {
  const events = new RecordedEvents();
  const service = await startService({
    host: '127.0.0.1',
    port: 0,
    onEvent: events.listener,
    timers: { sweepMs: 5, serverPingMs: 1, serverSilenceMs: 100 * MINUTE_MS },
    ...options,
  });
  const server = await FakeAppServer.connect(service);
  return {
    service,
    server,
    events,
    /** Moves the clock, and resolves when the service has looked at its deadlines. */
    async pass(milliseconds: number) {
      clock.advance(milliseconds);
      await server.keepAlives.next();
    },
    async [Symbol.asyncDispose]() {
      server[Symbol.dispose]();
      await service.close();
    },
  };
}

describe.each(['json', 'messagepack'])('%s', (protocol) => {
  test('a client ends when its authentication does, and may come back', async () => {
    await using all = await start();
    const { service, server, events } = all;
    using client = await RawClient.connect(service, { protocol, claims: endsIn(60) });
    using other = await RawClient.connect(service, { protocol });
    const { connectionId } = client;
    await all.pass(MINUTE_MS - 2000);
    expect(events.of('clientClosed')).toEqual([]);
    await all.pass(3000);
    expect(messagesIn(await client.frames.next())).toEqual([{ type: 7, allowReconnect: true }]);
    expect(await client.closed).toBe(1000);
    expect(client.frames.rest).toEqual([]);
    // To its app server it is a client that left.
    expect(await server.expect(5)).toMatchObject({ connectionId, error: '' });
    await server.settled();
    expect(server.messages.rest.filter(({ type }) => type !== 4)).toEqual([]);
    expect(events.of('clientClosed')).toMatchObject([
      { connectionId, category: 'Unauthorized', reason: 'The authentication of the client expired.' },
    ]);
    server.send({ type: 6, connectionId: other.connectionId, payload: Buffer.from('x\x1e'), dataType: 2 });
    expect((await other.frames.next()).data.toString()).toBe('x\x1e');
  });
});

test.each([
  { what: 'the app does not ask for it', claims: () => ({ ...endsIn(60), 'asrs.s.coae': 'false' }) },
  { what: 'there is a time only', claims: () => ({ 'asrs.s.aeo': endsIn(60)['asrs.s.aeo'] }) },
  { what: 'there is no time', claims: () => ({ 'asrs.s.coae': 'true' }) },
  { what: 'the time is none', claims: () => ({ 'asrs.s.coae': 'true', 'asrs.s.aeo': 'soon' }) },
  { what: 'it is diagnostic', claims: () => ({ ...endsIn(60), 'asrs.s.dc': 'true' }) },
  { what: 'the time is that of no end', claims: () => ({ ...endsIn(0), 'asrs.s.aeo': '253402300799' }) },
])('a client stays when $what', async ({ claims }) => {
  await using all = await start();
  using client = await RawClient.connect(all.service, { claims: claims() });
  await all.pass(10 * MINUTE_MS);
  expect(all.events.of('clientClosed')).toEqual([]);
  all.server.sendText(client.connectionId, '{"type":6}\x1e');
  expect(await client.message()).toEqual({ type: 6 });
});

test('the end of the token alone ends no WebSocket', async () => {
  await using all = await start();
  using client = await RawClient.connect(all.service);
  await all.pass(70 * MINUTE_MS);
  all.server.sendText(client.connectionId, '{"type":6}\x1e');
  expect(await client.message()).toEqual({ type: 6 });
});

test('an authentication that ended before the hub handshake leaves none to do', async () => {
  await using all = await start();
  using client = await RawClient.connect(all.service, { claims: endsIn(5), handshake: false });
  await all.pass(6000);
  expect(await client.message()).toEqual({ error: 'Connection closed with an error.' });
  expect(await client.closed).toBe(1000);
  await all.server.settled();
  expect(all.server.messages.rest).toEqual([]);
});

test('an authentication that ends during the hub handshake is told to the app server', async () => {
  await using all = await start();
  all.server.answersHubHandshake = false;
  using client = await RawClient.connect(all.service, { claims: endsIn(5), handshake: false });
  client.sendText('{"protocol":"json","version":1}\x1e');
  await all.server.expect(6);
  await all.pass(6000);
  expect(await all.server.expect(5)).toMatchObject({ connectionId: client.connectionId, error: '' });
  expect(await client.message()).toEqual({ error: 'Connection closed with an error.' });
  expect(await client.closed).toBe(1000);
});

test('a client that comes with an authentication that is over ends at once', async () => {
  await using all = await start();
  using client = await RawClient.connect(all.service, { claims: endsIn(-10), handshake: false });
  expect(await client.message()).toEqual({ error: 'Connection closed with an error.' });
  expect(await client.closed).toBe(1000);
  expect(all.events.of('clientClosed')).toMatchObject([{ category: 'Unauthorized' }]);
});
