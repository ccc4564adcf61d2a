// client-protocol 4.2, 4.3; service-protocol 7.4, 7.5, 10.1: how long a client may be away, and what ends it for good.
import type { HubMessage } from '@signalite/protocol';
import { afterEach, describe, expect, test } from 'vitest';
import { Clock } from './support/clock.ts';
import { FakeAppServer } from './support/fake-app-server.ts';
import { call } from './support/payloads.ts';
import { ALLOWS, StatefulScene, type StatefulSceneOptions } from './support/stateful-scene.ts';

const GONE = { status: 404, text: 'No Connection with that ID' };
const CLOSE_SENT = 4;
const FIRST: HubMessage = { type: 1, target: 'first', arguments: [] };

let clock: Clock;

afterEach(() => clock[Symbol.dispose]());

/** The clock stands still unless a test moves it. */
function start(options: StatefulSceneOptions = {}): Promise<StatefulScene> {
  clock = new Clock();
  return StatefulScene.start(options);
}

/** The client is no more, for anybody, and its app server was told so once. */
async function expectGone({ server, service, client, connectionId, ...rest }: StatefulScene, error = '') {
  expect(await server.expect(5)).toMatchObject({ connectionId, error });
  expect(await client.refused()).toMatchObject(GONE);
  server.send({ type: 24, connectionId, ackId: 1 });
  expect(await server.ack(1)).toBe(2);
  expect(service.counts.clients).toBe(0);
  expect(server.messages.rest).toEqual([]);
  expect(rest.events.of('clientClosed')).toHaveLength(1);
}

describe('a client that is away', () => {
  test('may come back for thirty seconds', async () => {
    await using all = await start();
    await all.cut(all.socket);
    await all.pass(clock, 29_990);
    expect(all.events.of('clientClosed')).toEqual([]);
    all.say(FIRST);
    const socket = await all.comeBack(1);
    expect(await socket.take(2)).toMatchObject([{ type: 9 }, { target: 'first' }]);
    // The time starts again with the next loss, not before.
    await all.pass(clock, 60_000);
    await all.cut(socket);
    await all.pass(clock, 29_990);
    expect(all.events.of('clientClosed')).toEqual([]);
    await all.comeBack(1);
    await all.expectNothingMore();
  });

  test('is gone after that', async () => {
    await using all = await start();
    await all.cut(all.socket);
    await all.pass(clock, 30_010);
    await expectGone(all);
    expect(all.events.of('clientClosed')).toMatchObject([
      { category: 'PingTimeout', reason: 'The client lost its socket and did not come back in time.' },
    ]);
  });

  test('is gone after the time that the service was given', async () => {
    await using all = await start({ timers: { reconnectMs: 100 } });
    await all.cut(all.socket);
    await all.pass(clock, 110);
    await expectGone(all);
  });

  test('is gone from groups and users then, not before', async () => {
    await using all = await start({ client: { userId: 'ann' } });
    const { server, connectionId } = all;
    server.send({ type: 18, connectionId, group: 'g', ackId: 11 });
    expect(await server.ack(11)).toBe(1);
    await all.cut(all.socket);
    server.send({ type: 23, group: 'g', ackId: 12 }, { type: 25, userId: 'ann', ackId: 13 });
    expect([await server.ack(12), await server.ack(13)]).toEqual([1, 1]);
    await all.pass(clock, 30_010);
    server.send({ type: 23, group: 'g', ackId: 14 }, { type: 25, userId: 'ann', ackId: 15 });
    expect([await server.ack(14), await server.ack(15)]).toEqual([2, 2]);
    await expectGone(all);
  });

  test('loses its app server, and is gone', async () => {
    await using all = await start();
    const { server, client, service } = all;
    await all.cut(all.socket);
    using other = await FakeAppServer.connect(service, ALLOWS);
    server.webSocket.terminate();
    expect(await all.events.next('clientClosed')).toMatchObject({ category: 'ServerConnectionClosed' });
    expect(await client.refused()).toMatchObject(GONE);
    await other.settled();
    expect(other.messages.rest).toEqual([]);
    expect(service.counts.clients).toBe(0);
  });

  test.each([
    { how: 'says fin:0', end: { type: 3, values: ['shutdown', 'fin:0'] }, told: '' },
    {
      how: 'closes all its clients',
      end: { type: 31, reason: 'bye', ackId: 5, excludedConnectionIds: [] },
      told: 'bye',
    },
  ] as const)('is gone when its app server $how', async ({ end, told }) => {
    await using all = await start();
    await all.cut(all.socket);
    all.server.send(end);
    expect(await all.events.next('clientClosed')).toBeDefined();
    expect(await all.server.expect(5)).toMatchObject({ error: told });
    expect(await all.client.refused()).toMatchObject(GONE);
  });

  test('is gone when its app server ends it, and nobody needs to be told', async () => {
    await using all = await start();
    const { server, connectionId, client } = all;
    await all.cut(all.socket);
    server.send(
      { type: 6, connectionId, payload: Buffer.from('{"type":7}\x1e'), dataType: CLOSE_SENT },
      { type: 5, connectionId, error: '', headers: [] },
    );
    await all.expectNothingMore();
    expect(all.events.of('clientClosed')).toMatchObject([{ category: 'ClosedByAppServer' }]);
    expect(await client.refused()).toMatchObject(GONE);
  });

  test('does not come back to a Close message that it missed', async () => {
    await using all = await start();
    const { server, connectionId, client } = all;
    await all.cut(all.socket);
    server.send({ type: 6, connectionId, payload: Buffer.from('{"type":7}\x1e'), dataType: CLOSE_SENT });
    await server.settled();
    expect(await client.refused()).toMatchObject(GONE);
    // Its app server did not say that this is the end: the time says it.
    await all.pass(clock, 30_010);
    await expectGone(all);
  });

  test('is gone when somebody else closes it', async () => {
    await using all = await start();
    using other = await FakeAppServer.connect(all.service, ALLOWS);
    await all.cut(all.socket);
    other.send({ type: 30, connectionId: all.connectionId, reason: 'Because.', ackId: 7 });
    expect(await other.ack(7)).toBe(1);
    await expectGone(all, 'Because.');
  });

  test('is gone when its authentication expires', async () => {
    const aeo = `${Math.floor(Date.now() / 1000) + 20}`;
    await using all = await start({ client: { claims: { 'asrs.s.coae': 'true', 'asrs.s.aeo': aeo } } });
    await all.cut(all.socket);
    await all.pass(clock, 10_000);
    expect(all.events.of('clientClosed')).toEqual([]);
    await all.pass(clock, 11_000);
    await expectGone(all);
    expect(all.events.of('clientClosed')).toMatchObject([{ category: 'Unauthorized' }]);
  });

  test('does not keep the service from stopping, and its app server hears of it first', async () => {
    await using all = await start({ timers: { stopMs: 60_000 } });
    await all.cut(all.socket);
    await all.service.close();
    expect(await all.server.expect(5)).toMatchObject({ connectionId: all.connectionId, error: '' });
    expect(await all.server.closed).toBe(1000);
    expect(all.events.of('clientClosed')).toMatchObject([{ category: 'ServiceReload' }]);
  });

  test('is gone when the service drops everybody', async () => {
    await using all = await start();
    await all.cut(all.socket);
    all.service.drop();
    await all.server.closed;
    expect(await all.client.refused()).toMatchObject(GONE);
  });
});

describe('a client that leaves for good', () => {
  test('by a close frame is gone at once', async () => {
    await using all = await start();
    all.socket.webSocket.close(1000);
    await expectGone(all);
    expect(all.events.of('clientAway')).toEqual([]);
  });

  test('by a close frame on its second socket is gone at once', async () => {
    await using all = await start();
    await all.cut(all.socket);
    const second = await all.comeBack(1);
    second.webSocket.close();
    await expectGone(all);
  });

  test('by a Close message is heard, and does not come back', async () => {
    await using all = await start();
    const { socket, client } = all;
    socket.send({ type: 7 });
    expect(await all.heard(1)).toEqual([{ type: 7 }]);
    expect(await client.refused()).toMatchObject(GONE);
    socket.cut();
    await expectGone(all);
    expect(all.events.of('clientAway')).toEqual([]);
  });

  test('by too large a message is gone', async () => {
    await using all = await start({ limits: { clientMessageBytes: 100 } });
    all.socket.sendBytes(`${'x'.repeat(101)}\x1e`);
    expect(await all.socket.closed).toBe(1009);
    await expectGone(all, 'Message too large.');
  });

  test('by a message that grows too large in pieces is gone', async () => {
    await using all = await start({ limits: { clientMessageBytes: 100 } });
    for (let count = 0; count < 3; count++) all.socket.sendBytes('x'.repeat(50));
    expect(await all.socket.closed).toBe(1009);
    await expectGone(all, 'Message too large.');
  });
});

describe('a client that is told to end', () => {
  test('by its app server does not come back', async () => {
    await using all = await start();
    const { server, socket, client, connectionId } = all;
    server.send(
      { type: 6, connectionId, payload: Buffer.from('{"type":7,"allowReconnect":true}\x1e'), dataType: CLOSE_SENT },
      { type: 5, connectionId, error: '', headers: [] },
    );
    expect(await socket.textUntilClosed()).toBe('{"type":7,"allowReconnect":true}\x1e');
    // The JavaScript client tries its old id once more (client-protocol 4.3).
    expect(await client.refused()).toMatchObject(GONE);
    await all.expectNothingMore();
  });

  test('does not come back while the service waits for its close frame', async () => {
    await using all = await start();
    const { server, socket, client, connectionId } = all;
    socket.webSocket.pause();
    server.send({ type: 5, connectionId, error: '', headers: [] });
    await server.settled();
    expect(all.service.counts.clients).toBe(1);
    expect(await client.refused()).toMatchObject(GONE);
    await all.pass(clock, 5010);
    await expect.poll(() => all.service.counts.clients).toBe(0);
  });

  test('gets what waited for its acknowledgement before the end', async () => {
    await using all = await start({ limits: { replayBytes: 1 } });
    const { server, socket, connectionId } = all;
    server.send({ type: 10, excludedConnectionIds: [], payloads: call('a') });
    server.send({ type: 10, excludedConnectionIds: [], payloads: call('b') });
    server.send({ type: 5, connectionId, error: 'Because.', headers: [] });
    expect(await socket.take(3)).toMatchObject([{ target: 'a' }, { target: 'b' }, { type: 7, error: 'Because.' }]);
    expect(await socket.closed).toBe(1000);
  });

  test('by its lost app server does not come back', async () => {
    await using all = await start();
    const { server, socket, client } = all;
    server.webSocket.terminate();
    expect(await socket.textUntilClosed()).toBe(
      '{"type":7,"error":"Connection closed with an error.","allowReconnect":true}\x1e',
    );
    expect(await client.refused()).toMatchObject(GONE);
  });

  test('by the service that stops does not come back', async () => {
    await using all = await start();
    const closing = all.service.close();
    expect(await all.socket.textUntilClosed()).toBe('{"type":7,"allowReconnect":true}\x1e');
    await closing;
  });
});

test('another hub knows nothing of its id', async () => {
  await using all = await start();
  const { client } = all;
  await all.cut(all.socket);
  expect((await client.refused(client.path.replace('hub=chat', 'hub=other'))).status).toBe(401);
  await all.comeBack(1);
});

test('a token that does not hold any more opens no second socket', async () => {
  await using all = await start({ timers: { reconnectMs: 7_200_000 } });
  await all.cut(all.socket);
  await all.pass(clock, 4_000_000);
  expect((await all.client.refused()).status).toBe(401);
});
