// service-protocol 12.1; client-protocol 2.4, 2.5, 4: clients of every transport go to another server and notice nothing.
import { DEFAULT_TIMERS } from 'signalite';
import { describe, expect, test } from 'vitest';
import { Clock } from './support/clock.ts';
import { FakeAppServer } from './support/fake-app-server.ts';
import { HttpScene } from './support/http-scene.ts';
import { FIN_ACK, FIN_MIGRATE } from './support/migration-scene.ts';
import { callText } from './support/payloads.ts';
import { ALLOWS, StatefulScene } from './support/stateful-scene.ts';

const PING = '{"type":6}\x1e';

/** Moves the one client of `old` to a new server, and gives that. */
async function migrate(place: { readonly service: FakeAppServerPlace; readonly server: FakeAppServer }) {
  const fresh = await FakeAppServer.connect(place.service, ALLOWS);
  place.server.send(FIN_MIGRATE);
  expect(await place.server.expect(3)).toEqual(FIN_ACK);
  const { connectionId } = await place.server.expect(5);
  expect(await fresh.expect(4)).toMatchObject({ connectionId });
  expect(await fresh.expectText(connectionId)).toMatch(/^\{"protocol":/);
  return fresh;
}

type FakeAppServerPlace = Parameters<typeof FakeAppServer.connect>[0];

const MIGRATES = { server: { migrates: true, ...ALLOWS }, timers: { migrationDrainMs: 0 } };

test('server-sent events', async () => {
  await using all = await HttpScene.start(MIGRATES);
  const { client, stream } = await all.streaming();
  using fresh = await migrate(all);
  expect((await client.post(PING)).status).toBe(200);
  expect(await fresh.expectText(client.connectionId)).toBe(PING);
  for (const [server, target] of [
    [fresh, 'fresh'],
    [all.server, 'late'],
    [fresh, 'fresh again'],
  ] as const) {
    server.sendText(client.connectionId, callText(target));
    const expected = `data: ${callText(target)}\r\n\r\n`;
    expect(await stream.read(expected.length)).toBe(expected);
  }
  expect(all.closeCategories).toEqual([]);
});

test('long polling, between polls and during one', async () => {
  await using all = await HttpScene.start(MIGRATES);
  const client = await all.polling();
  using second = await migrate(all);
  expect((await client.post(PING)).status).toBe(200);
  expect(await second.expectText(client.connectionId)).toBe(PING);
  second.sendText(client.connectionId, callText('second'));
  expect((await client.poll()).text).toBe(callText('second'));
  const { answer } = await client.pendingPoll();
  all.server.close();
  await all.server.closed;
  second.sendText(client.connectionId, callText('still second'));
  expect((await answer).text).toBe(callText('still second'));
  expect(all.closeCategories).toEqual([]);
});

describe('a client that may come back', () => {
  test('keeps its numbers: what it had not acknowledged comes again after the move', async () => {
    await using all = await StatefulScene.start(MIGRATES);
    const { connectionId } = all;
    all.say({ type: 1, target: 'one', arguments: [] });
    expect(await all.socket.next()).toMatchObject({ target: 'one' });
    using fresh = await migrate(all);
    fresh.sendText(connectionId, callText('two'));
    expect(await all.socket.next()).toMatchObject({ target: 'two' });
    all.socket.cut();
    await all.events.next('clientAway');
    // The hub counts the client's silence from now on.
    expect(await fresh.expectText(connectionId)).toBe(PING);
    const socket = await all.client.open();
    socket.send({ type: 9, sequenceId: 1 }, { type: 1, target: 'hello', arguments: [] });
    expect(await fresh.expect(38)).toMatchObject({ connectionId });
    expect(await fresh.expectText(connectionId)).toBe(callText('hello'));
    expect(await socket.take(3)).toMatchObject([{ type: 9, sequenceId: 1 }, { target: 'one' }, { target: 'two' }]);
    await all.expectNothingMore();
  });

  test('goes while it is away, and finds all that both servers said', async () => {
    await using all = await StatefulScene.start(MIGRATES);
    const { connectionId } = all;
    await all.cut(all.socket);
    all.say({ type: 1, target: 'before', arguments: [] });
    using fresh = await migrate(all);
    fresh.sendText(connectionId, callText('after'));
    await fresh.settled();
    all.say({ type: 1, target: 'late', arguments: [] });
    await all.server.settled();
    const socket = await all.client.open();
    socket.send({ type: 9, sequenceId: 1 });
    expect(await fresh.expect(38)).toMatchObject({ connectionId });
    expect(await socket.take(4)).toMatchObject([
      { type: 9, sequenceId: 1 },
      { target: 'before' },
      { target: 'after' },
      { target: 'late' },
    ]);
    await all.expectNothingMore();
  });

  test('that does not come back ends at its new server', async () => {
    using clock = new Clock();
    await using all = await StatefulScene.start(MIGRATES);
    await all.cut(all.socket);
    using fresh = await migrate(all);
    await all.pass(clock, DEFAULT_TIMERS.reconnectMs);
    expect(await fresh.expect(5)).toMatchObject({ connectionId: all.connectionId, error: '' });
    await all.expectNothingMore();
  });
});
