// client-protocol 4.3; service-protocol 12.6: acknowledgements, and what waits for them.
import { describe, expect, test } from 'vitest';
import { brief, send } from './support/brief-messages.ts';
import { Clock } from './support/clock.ts';
import { StatefulScene } from './support/stateful-scene.ts';

const MIB = 1024 * 1024;

test('it is acknowledged once in a second, and only when there is something new', async () => {
  using clock = new Clock();
  await using all = await StatefulScene.start();
  const { socket } = all;
  socket.send(send(1));
  await all.heard(1);
  expect(await socket.next()).toEqual({ type: 8, sequenceId: 1 });
  socket.send(send(2), send(3));
  await all.heard(2);
  await all.pass(clock, 990);
  all.say(send('nothing before this'));
  expect(brief(await socket.take(1))).toEqual(['nothing before this']);
  await all.pass(clock, 20);
  expect(await socket.next()).toEqual({ type: 8, sequenceId: 3 });
  await all.pass(clock, 10_000);
  all.say(send('nothing before this'));
  expect(brief(await socket.take(1))).toEqual(['nothing before this']);
});

test('an acknowledgement that was lost with its socket is repeated', async () => {
  using clock = new Clock();
  await using all = await StatefulScene.start();
  const { socket } = all;
  socket.send(send(1), send(2));
  await all.heard(2);
  expect(await socket.next()).toEqual({ type: 8, sequenceId: 2 });
  await all.cut(socket);
  // The client did not get it: it resends both, and waits.
  const second = await all.comeBack(1);
  second.send(send(1), send(2));
  expect(await second.next()).toEqual({ type: 9, sequenceId: 1 });
  await all.pass(clock, 1000);
  expect(await second.next()).toEqual({ type: 8, sequenceId: 2 });
  await all.expectNothingMore();
});

test('an acknowledgement that the socket does not take is not lost', async () => {
  using clock = new Clock();
  await using all = await StatefulScene.start();
  const { socket } = all;
  socket.webSocket.pause();
  // More than the network holds.
  all.say(send('x'.repeat(32 * MIB)));
  await all.server.settled();
  socket.send(send('up'));
  await all.heard(1);
  await all.pass(clock, 5000);
  socket.webSocket.resume();
  expect(brief(await socket.take(1))).toEqual(['x'.repeat(32 * MIB)]);
  await all.pass(clock, 5000);
  expect(await socket.next()).toEqual({ type: 8, sequenceId: 1 });
});

describe('a client that does not acknowledge', () => {
  const TEXT = 'x'.repeat(20_000);

  test('gets 100,000 bytes, and the rest when it does', async () => {
    await using all = await StatefulScene.start();
    const { server, socket } = all;
    all.say(...Array.from({ length: 12 }, (_, n) => send(n, TEXT)));
    expect(brief(await socket.take(5))).toEqual([0, 1, 2, 3, 4]);
    await server.settled();
    expect(socket.frames.rest).toEqual([]);
    socket.send({ type: 8, sequenceId: 2 });
    expect(brief(await socket.take(2))).toEqual([5, 6]);
    // What was acknowledged before makes no more room.
    socket.send({ type: 8, sequenceId: 1 }, { type: 6 });
    await all.heard(1);
    await all.cut(socket);
    expect(socket.frames.rest).toEqual([]);
    const second = await all.client.open();
    expect(await second.next()).toEqual({ type: 9, sequenceId: 3 });
    // One more: some clients acknowledge new messages only, whatever became of their last word.
    expect(brief(await second.take(6))).toEqual([2, 3, 4, 5, 6, 7]);
    await server.settled();
    expect(second.frames.rest).toEqual([]);
    second.send({ type: 9, sequenceId: 1 }, { type: 8, sequenceId: 8 });
    expect(brief(await second.take(4))).toEqual([8, 9, 10, 11]);
  });

  test('is too slow when more waits than its queue holds', async () => {
    await using all = await StatefulScene.start({ limits: { clientQueueBytes: 60_000 } });
    const { server, socket, client, connectionId } = all;
    for (let n = 0; n < 5; n++) {
      all.say(send(n, TEXT));
      expect(brief(await socket.take(1))).toEqual([n]);
    }
    all.say(send(5, TEXT), send(6, TEXT));
    await server.settled();
    expect(all.events.of('clientClosed')).toEqual([]);
    all.say(send(7, TEXT));
    expect(await server.expect(5)).toMatchObject({ connectionId, error: 'Client is too slow.' });
    expect(await socket.closed).toBe(1006);
    expect(all.events.of('clientClosed')).toMatchObject([{ category: 'SlowClient' }]);
    expect((await client.refused()).status).toBe(404);
  });

  test('is too slow while it is away as well', async () => {
    await using all = await StatefulScene.start({ limits: { clientQueueBytes: 60_000 } });
    const { server, socket, client, connectionId } = all;
    await all.cut(socket);
    all.say(send(0, TEXT), send(1, TEXT));
    await server.settled();
    expect(all.events.of('clientClosed')).toEqual([]);
    all.say(send(2, TEXT));
    expect(await server.expect(5)).toMatchObject({ connectionId, error: 'Client is too slow.' });
    expect((await client.refused()).status).toBe(404);
    expect(all.service.counts.clients).toBe(0);
  });
});
