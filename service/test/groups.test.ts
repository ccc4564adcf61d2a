// service-protocol 8.3, rest-api 7.4: who is in a group, and how long.
import type { ServiceMessage } from '@signalite/protocol/service';
import { type Service, startService } from 'signalite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Clock } from './support/clock.ts';
import { FakeAppServer } from './support/fake-app-server.ts';
import { targetsBefore } from './support/hub-messages.ts';
import { call } from './support/payloads.ts';
import { RawClient, type RawClientOptions } from './support/raw-client.ts';
import { RecordedEvents } from './support/recorded-events.ts';

const ANN: RawClientOptions = { userId: 'ann' };

let clock: Clock;
let events: RecordedEvents;
let service: Service;
let server: FakeAppServer;
const opened: Disposable[] = [];

beforeEach(async () => {
  clock = new Clock();
  events = new RecordedEvents();
  // The clock jumps: app servers here are never silent for too long.
  const timers = { sweepMs: 5, serverSilenceMs: 10 ** 12, serverPingMs: 10 ** 12 };
  service = await startService({ host: '127.0.0.1', port: 0, timers, onEvent: events.listener });
  server = await FakeAppServer.connect(service);
  opened.push(server);
});

afterEach(async () => {
  for (const one of opened.splice(0)) one[Symbol.dispose]();
  await service.close();
  clock[Symbol.dispose]();
});

async function client(options: RawClientOptions = {}): Promise<RawClient> {
  const one = await RawClient.connect(service, options);
  opened.push(one);
  return one;
}

/** Which of the clients are in the group now. */
async function membersOf(group: string, ...clients: readonly RawClient[]): Promise<RawClient[]> {
  server.send(
    { type: 13, group, excludedConnectionIds: [], excludedUserIds: [], payloads: call('member') },
    { type: 10, excludedConnectionIds: [], payloads: call('end') },
  );
  const received = await Promise.all(clients.map((one) => targetsBefore(one, 'end')));
  return clients.filter((_, index) => received[index]?.includes('member') === true);
}

async function isInGroup(userId: string, group: string): Promise<boolean> {
  server.send({ type: 21, userId, group, ackId: 7 });
  return (await server.ack(7)) === 1;
}

describe('connections', () => {
  test('joins and leaves without an ack take effect in order (11, 12)', async () => {
    const [a, b] = [await client(), await client()];
    server.send(
      { type: 11, connectionId: a.connectionId, group: 'g' },
      { type: 11, connectionId: b.connectionId, group: 'g' },
      { type: 11, connectionId: 'unknown', group: 'g' },
      { type: 12, connectionId: a.connectionId, group: 'g' },
    );
    expect(await membersOf('g', a, b)).toEqual([b]);
  });

  test('joins and leaves with an ack (18, 19)', async () => {
    const [a, b] = [await client(), await client()];
    const group = 'g';
    server.send(
      { type: 18, connectionId: a.connectionId, group, ackId: 1 },
      { type: 18, connectionId: b.connectionId, group, ackId: 2 },
    );
    expect([await server.ack(1), await server.ack(2)]).toEqual([1, 1]);
    expect(await membersOf(group, a, b)).toEqual([a, b]);
    server.send({ type: 19, connectionId: a.connectionId, group, ackId: 3 });
    expect(await server.ack(3)).toBe(1);
    expect(await membersOf(group, a, b)).toEqual([b]);
  });

  test.each<[string, (connectionId: string) => ServiceMessage]>([
    ['12', (connectionId) => ({ type: 12, connectionId })],
    ['19', (connectionId) => ({ type: 19, connectionId, ackId: 1 })],
  ])('leaving without a group leaves all (%s)', async (_type, leave) => {
    const [a, b] = [await client(), await client()];
    for (const group of ['x', 'y']) {
      for (const { connectionId } of [a, b]) server.send({ type: 11, connectionId, group });
    }
    server.send(leave(a.connectionId));
    expect(await membersOf('x', a, b)).toEqual([b]);
    expect(await membersOf('y', a, b)).toEqual([b]);
  });

  test('a membership ends with its connection', async () => {
    const a = await client();
    server.send({ type: 11, connectionId: a.connectionId, group: 'g' });
    a.webSocket.close(1000);
    await server.expect(5);
    server.send({ type: 23, group: 'g', ackId: 1 });
    expect(await server.ack(1)).toBe(2);
  });

  test('a membership does not end with the server connection that asked for it', async () => {
    const a = await client();
    const other = await FakeAppServer.connect(service);
    other.send({ type: 18, connectionId: a.connectionId, group: 'g', ackId: 1 });
    expect(await other.ack(1)).toBe(1);
    other.close();
    await events.next('serverClosed');
    expect(await membersOf('g', a)).toEqual([a]);
  });

  test('a client may be put into a group before its handshake is answered', async () => {
    server.answersHubHandshake = false;
    const early = await client({ handshake: false });
    early.sendText('{"protocol":"json","version":1}\x1e');
    const { connectionId } = await server.expect(4);
    server.send(
      { type: 18, connectionId, group: 'g', ackId: 1 },
      { type: 13, group: 'g', excludedConnectionIds: [], excludedUserIds: [], payloads: call('held') },
    );
    expect(await server.ack(1)).toBe(1);
    server.send({ type: 6, connectionId, payload: Buffer.from('{}\x1e'), dataType: 1 });
    expect(await early.message()).toEqual({});
    expect(await early.message()).toMatchObject({ target: 'held' });
  });

  test('a thousand groups of one client', async () => {
    const a = await client();
    for (let index = 0; index < 1000; index++) {
      server.send({ type: 11, connectionId: a.connectionId, group: `g${index}` });
    }
    const groups = Array.from({ length: 1000 }, (_, index) => `g${index}`);
    server.send(
      { type: 14, groups, payloads: call('m') },
      { type: 10, excludedConnectionIds: [], payloads: call('end') },
    );
    expect(await targetsBefore(a, 'end')).toHaveLength(1000);
  });
});

describe('users', () => {
  test.each<[string, ServiceMessage, ServiceMessage]>([
    ['16, 17', { type: 16, userId: 'ann', group: 'g' }, { type: 17, userId: 'ann', group: 'g' }],
    ['26, 27', { type: 26, userId: 'ann', group: 'g', ackId: 1 }, { type: 27, userId: 'ann', group: 'g', ackId: 2 }],
  ])('join and leave with present and future connections (%s)', async (_types, join, leave) => {
    const early = await client(ANN);
    server.send(join);
    await server.settled();
    const late = await client(ANN);
    const bob = await client({ userId: 'bob' });
    expect(await membersOf('g', early, late, bob)).toEqual([early, late]);
    server.send(leave);
    await server.settled();
    const later = await client(ANN);
    expect(await membersOf('g', early, late, later)).toEqual([]);
  });

  test('may join before they ever connect, and stay when their last connection ends', async () => {
    server.send({ type: 26, userId: 'ann', group: 'g', ackId: 1 });
    expect(await server.ack(1)).toBe(1);
    const first = await client(ANN);
    expect(await membersOf('g', first)).toEqual([first]);
    first.webSocket.close(1000);
    await server.expect(5);
    const second = await client(ANN);
    expect(await membersOf('g', second)).toEqual([second]);
  });

  test('leave at the end of their ttl, but for connections that joined by themselves', async () => {
    const [byUser, byBoth] = [await client(ANN), await client(ANN)];
    server.send(
      { type: 11, connectionId: byBoth.connectionId, group: 'g' },
      { type: 26, userId: 'ann', group: 'g', ttlSeconds: 10, ackId: 1 },
    );
    await server.ack(1);
    clock.advance(9_999);
    const late = await client(ANN);
    expect(await membersOf('g', byUser, byBoth, late)).toEqual([byUser, byBoth, late]);
    clock.advance(1);
    await expect.poll(() => membersOf('g', byUser, byBoth, late), { interval: 5 }).toEqual([byBoth]);
    const later = await client(ANN);
    expect(await membersOf('g', later)).toEqual([]);
  });

  test('with a ttl of zero only present connections join, for good', async () => {
    const early = await client(ANN);
    server.send({ type: 16, userId: 'ann', group: 'g', ttlSeconds: 0 });
    await server.settled();
    const late = await client(ANN);
    clock.advance(366 * 24 * 3600 * 1000);
    expect(await membersOf('g', early, late)).toEqual([early]);
  });

  test('without a ttl a membership lasts a year', async () => {
    server.send({ type: 16, userId: 'ann', group: 'g' });
    await server.settled();
    clock.advance(365 * 24 * 3600 * 1000 - 1);
    expect(await isInGroup('ann', 'g')).toBe(true);
    clock.advance(1);
    expect(await isInGroup('ann', 'g')).toBe(false);
  });

  test.each<[string, ServiceMessage]>([
    ['17', { type: 17, userId: 'ann' }],
    ['27', { type: 27, userId: 'ann', ackId: 1 }],
  ])('leaving without a group leaves all, also what connections joined by themselves (%s)', async (_type, leave) => {
    const a = await client(ANN);
    server.send({ type: 16, userId: 'ann', group: 'x' }, { type: 11, connectionId: a.connectionId, group: 'y' }, leave);
    await server.settled();
    const late = await client(ANN);
    expect(await membersOf('x', a, late)).toEqual([]);
    expect(await membersOf('y', a, late)).toEqual([]);
  });

  test('a hundred groups without a ttl are kept, the latest updated', async () => {
    for (let index = 0; index <= 100; index++) server.send({ type: 16, userId: 'ann', group: `g${index}` });
    await server.settled();
    expect(await isInGroup('ann', 'g0')).toBe(false);
    expect(await isInGroup('ann', 'g1')).toBe(true);
    expect(await isInGroup('ann', 'g100')).toBe(true);
  });

  test('the same user of another hub is somebody else', async () => {
    const other = await FakeAppServer.connect(service, { hub: 'app_chat' });
    opened.push(other);
    other.send({ type: 26, userId: 'ann', group: 'g', ackId: 1 });
    expect(await other.ack(1)).toBe(1);
    expect(await isInGroup('ann', 'g')).toBe(false);
    const ann = await client(ANN);
    expect(await membersOf('g', ann)).toEqual([]);
  });
});
