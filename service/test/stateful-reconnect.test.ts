// client-protocol 4.2, 4.3, 7; service-protocol 10.1: a client that comes back on a new socket loses nothing.
import type { HubMessage } from '@signalite/protocol';
import { describe, expect, test } from 'vitest';
import { brief, send } from './support/brief-messages.ts';
import { Clock } from './support/clock.ts';
import { FakeAppServer } from './support/fake-app-server.ts';
import { call } from './support/payloads.ts';
import { StatefulClient } from './support/stateful-client.ts';
import { ALLOWS, StatefulScene } from './support/stateful-scene.ts';

function invocation(id: number, ...args: readonly unknown[]): HubMessage {
  return { type: 1, invocationId: `${id}`, target: 'Echo', arguments: [...args] };
}

function completion(id: number, result: unknown): HubMessage {
  return { type: 3, invocationId: `${id}`, result };
}

describe.each(['json', 'messagepack'])('%s', (protocol) => {
  const start = (options = {}) => StatefulScene.start({ client: { protocol }, ...options });

  test('the dialogue of a client that comes back', async () => {
    using clock = new Clock();
    await using all = await start();
    const { socket } = all;
    socket.send(invocation(1, 'one'));
    expect(await all.heard(1)).toMatchObject([{ invocationId: '1', arguments: ['one'] }]);
    expect(await socket.next()).toEqual({ type: 8, sequenceId: 1 });
    all.say(completion(1, 'one'));
    expect(await socket.next()).toMatchObject({ invocationId: '1', result: 'one' });
    socket.send({ type: 8, sequenceId: 1 }, invocation(2, 'slow'));
    expect(await all.heard(1)).toMatchObject([{ invocationId: '2' }]);
    await all.cut(socket);
    all.say(completion(2, 'slow'));

    const second = await all.client.open();
    // Unasked, before the client said a word.
    expect(await second.next()).toEqual({ type: 9, sequenceId: 2 });
    expect(await second.next()).toMatchObject({ invocationId: '2', result: 'slow' });
    second.send({ type: 9, sequenceId: 2 }, invocation(2, 'slow'), invocation(3, 'three'));
    expect(await all.heard(1)).toMatchObject([{ invocationId: '3', arguments: ['three'] }]);
    await all.pass(clock, 1000);
    expect(await second.next()).toEqual({ type: 8, sequenceId: 3 });
    all.say(completion(3, 'three'));
    expect(await second.next()).toMatchObject({ invocationId: '3', result: 'three' });
    second.send({ type: 8, sequenceId: 3 });
    expect(second.frames.rest).toEqual([]);
  });

  test('what it did not acknowledge comes again, then what waited, in order, and pings only once', async () => {
    await using all = await start();
    const { socket } = all;
    all.say(send('a'), { type: 6 }, send('b'), send('c'));
    expect(brief(await socket.take(4))).toEqual(['a', 'type 6', 'b', 'c']);
    socket.send({ type: 8, sequenceId: 1 }, { type: 6 });
    await all.heard(1);
    await all.cut(socket);
    all.say(send('d'), send('e'));
    const second = await all.client.open();
    expect(await second.next()).toEqual({ type: 9, sequenceId: 2 });
    expect(brief(await second.take(4))).toEqual(['b', 'c', 'd', 'e']);
    // Once more, and all of it: nothing was acknowledged on the second socket.
    second.cut();
    const third = await all.client.open();
    expect(await third.next()).toEqual({ type: 9, sequenceId: 2 });
    expect(brief(await third.take(4))).toEqual(['b', 'c', 'd', 'e']);
    third.send({ type: 9, sequenceId: 1 }, { type: 8, sequenceId: 5 });
    all.say(send('f'));
    expect(brief(await third.take(1))).toEqual(['f']);
  });

  test('messages to groups, users and all, from anybody, arrive once and in order', async () => {
    await using all = await start({ client: { protocol, userId: 'ann' } });
    const { server, connectionId, socket } = all;
    using other = await FakeAppServer.connect(all.service, ALLOWS);
    server.send({ type: 18, connectionId, group: 'g', ackId: 1 });
    expect(await server.ack(1)).toBe(1);
    await all.cut(socket);
    // It is away, not gone.
    other.send(
      { type: 24, connectionId, ackId: 1 },
      { type: 25, userId: 'ann', ackId: 2 },
      { type: 23, group: 'g', ackId: 3 },
    );
    expect([await other.ack(1), await other.ack(2), await other.ack(3)]).toEqual([1, 1, 1]);
    expect(all.service.counts.clients).toBe(1);
    const sends = [
      { type: 13, group: 'g', payloads: call('m', 0), excludedConnectionIds: [], excludedUserIds: [] },
      { type: 8, userId: 'ann', payloads: call('m', 1) },
      { type: 10, excludedConnectionIds: [], payloads: call('m', 2) },
      { type: 7, connectionIds: [connectionId], payloads: call('m', 3) },
      { type: 14, groups: ['g'], payloads: call('m', 4) },
      { type: 9, userIds: ['ann'], payloads: call('m', 5) },
    ] as const;
    for (const [index, message] of sends.entries()) {
      const from = index % 2 === 0 ? other : server;
      from.send(message);
      await from.settled();
    }
    all.say(send(6));
    const second = await all.comeBack(1);
    other.send({ type: 13, group: 'g', payloads: call('m', 7), excludedConnectionIds: [], excludedUserIds: [] });
    expect(brief(await second.take(9))).toEqual(['type 9', 0, 1, 2, 3, 4, 5, 6, 7]);
    expect(second.frames.rest).toEqual([]);
  });

  test('what it sends twice is heard once, and half a message not at all', async () => {
    await using all = await start();
    const { socket } = all;
    socket.send(send('a'), send('b'));
    await all.heard(2);
    // The start of a message in both protocols.
    socket.sendBytes(protocol === 'json' ? '{"type":1,"target":"m","argum' : Buffer.from('0e960180c0', 'hex'));
    await all.cut(socket);
    const second = await all.comeBack(1);
    second.send(send('a'), send('b'), send('c'));
    expect(brief(await all.heard(1))).toEqual(['c']);
    await all.cut(second);
    const third = await all.comeBack(3);
    third.send(send('c'), send('d'));
    expect(brief(await all.heard(1))).toEqual(['d']);
    await all.expectNothingMore();
  });

  test('a sequence from the future ends it', async () => {
    await using all = await start();
    const { server, client, socket, connectionId } = all;
    socket.send(send('a'));
    await all.heard(1);
    expect(await socket.next()).toEqual({ type: 8, sequenceId: 1 });
    await all.cut(socket);
    const second = await client.open();
    await second.next();
    second.send({ type: 9, sequenceId: 3 });
    expect(await second.next()).toEqual({
      type: 7,
      error: 'Connection closed with an error.',
      allowReconnect: true,
    });
    expect(await second.closed).toBe(1000);
    expect(await server.expect(5)).toMatchObject({ connectionId, error: 'Connection closed with an error.' });
    expect(await client.refused()).toMatchObject({ status: 404, text: 'No Connection with that ID' });
    expect(all.events.of('clientClosed')).toMatchObject([{ connectionId, category: 'BadRequest' }]);
  });

  test('acks and sequences of the app server are not for it', async () => {
    await using all = await start();
    all.say({ type: 8, sequenceId: 9 }, send('a'), { type: 9, sequenceId: 5 }, send('b'));
    expect(brief(await all.socket.take(2))).toEqual(['a', 'b']);
    await all.cut(all.socket);
    const second = await all.client.open();
    expect(brief(await second.take(3))).toEqual(['type 9', 'a', 'b']);
  });
});

test('the text of the end after a sequence from the future', async () => {
  await using all = await StatefulScene.start();
  all.socket.send({ type: 9, sequenceId: 2 });
  expect(await all.socket.textUntilClosed()).toBe(
    '{"type":7,"error":"Connection closed with an error.","allowReconnect":true}\x1e',
  );
});

test('an acknowledgement that cannot be read ends it', async () => {
  await using all = await StatefulScene.start();
  all.socket.sendBytes('{"type":8,"sequenceId":"1"}\x1e');
  expect(await all.socket.textUntilClosed()).toBe(
    '{"type":7,"error":"Connection closed with an error.","allowReconnect":true}\x1e',
  );
  expect(await all.server.expect(5)).toMatchObject({ error: 'A hub message could not be read.' });
});

test('the app server hears of the return before what comes after it', async () => {
  await using all = await StatefulScene.start();
  const { server, socket, connectionId } = all;
  socket.send(send('before'));
  await all.heard(1);
  await all.cut(socket);
  const second = await all.client.open();
  second.send({ type: 9, sequenceId: 2 }, send('after'));
  expect(await server.messages.next()).toEqual({ type: 38, connectionId });
  expect(await server.messages.next()).toMatchObject({ type: 6, connectionId });
  expect(all.events.of('clientReturned')).toMatchObject([{ connectionId }]);
  await all.expectNothingMore();
});

describe('a second socket', () => {
  test('takes the place of one that looks alive', async () => {
    await using all = await StatefulScene.start();
    const { socket, server } = all;
    all.say(send('a'));
    expect(brief(await socket.take(1))).toEqual(['a']);
    const second = await all.client.open();
    expect(brief(await second.take(2))).toEqual(['type 9', 'a']);
    expect(await socket.closed).toBe(1000);
    await server.expect(38);
    second.send({ type: 9, sequenceId: 1 }, send('b'));
    expect(brief(await all.heard(1))).toEqual(['b']);
    expect(await second.next()).toEqual({ type: 8, sequenceId: 1 });
    all.say(send('c'));
    expect(brief(await second.take(1))).toEqual(['c']);
    expect(socket.frames.rest).toEqual([]);
    // The end of the old one is nobody's end.
    await all.expectNothingMore();
    expect(all.events.of('clientClosed')).toEqual([]);
    expect(all.events.of('clientAway')).toEqual([]);
  });

  test('takes the place of one that is not read', async () => {
    await using all = await StatefulScene.start();
    const { socket, server } = all;
    socket.webSocket.pause();
    const second = await all.client.open();
    await server.expect(38);
    second.send({ type: 9, sequenceId: 1 }, send('b'));
    expect(brief(await all.heard(1))).toEqual(['b']);
    expect(all.service.counts.clients).toBe(1);
  });

  test('what the old one brings after it is not heard', async () => {
    await using all = await StatefulScene.start();
    const { socket } = all;
    // It does not see that it is closed.
    socket.webSocket.pause();
    const second = await all.client.open();
    await new Promise((sent) => socket.webSocket.send('{"type":1,"target":"m","arguments":["late"]}\x1e', sent));
    second.send({ type: 9, sequenceId: 1 }, send('late'));
    expect(brief(await all.heard(1))).toEqual(['late']);
    await all.server.expect(38);
    await all.expectNothingMore();
  });

  test('two at once: the later one stays', async () => {
    await using all = await StatefulScene.start();
    const { socket, server, client } = all;
    await all.cut(socket);
    all.say(send('a'));
    await server.settled();
    const sockets = await Promise.all([client.open(), client.open()]);
    const first = await Promise.race(sockets.map((one, index) => one.closed.then((code) => ({ code, index }))));
    expect(first.code).toBe(1000);
    const stays = sockets[1 - first.index];
    if (stays === undefined) throw new Error('both ended');
    expect(brief(await stays.take(2))).toEqual(['type 9', 'a']);
    stays.send({ type: 9, sequenceId: 1 }, send('b'));
    expect(brief(await all.heard(1))).toEqual(['b']);
    expect(all.service.counts.clients).toBe(1);
  });

  test('that says no sequence gets everything, and is not heard', async () => {
    await using all = await StatefulScene.start();
    const { socket, server } = all;
    await all.cut(socket);
    const second = await all.client.open();
    await server.expect(38);
    second.send(send('x'), { type: 6 }, { type: 7 });
    all.say(send('a'));
    expect(brief(await second.take(2))).toEqual(['type 9', 'a']);
    await all.expectNothingMore();
    second.cut();
    const third = await all.comeBack(1);
    third.send(send('y'));
    // The ping of its absence, and what came on the third socket.
    expect(brief(await all.heard(2))).toEqual(['type 6', 'y']);
  });
});

test('a client is asked for a result while it is away', async () => {
  await using all = await StatefulScene.start();
  const { server, connectionId } = all;
  await all.cut(all.socket);
  const payloads = [
    { protocol: 'json', data: Buffer.from('{"type":1,"invocationId":"s1","target":"Ask","arguments":[]}\x1e') },
  ];
  server.send({ type: 34, invocationId: 's1', connectionId, callerServerId: server.serverId, payloads });
  const second = await all.comeBack(1);
  expect(await second.take(2)).toMatchObject([{ type: 9 }, { type: 1, invocationId: 's1' }]);
  second.send({ type: 3, invocationId: 's1', result: 42 });
  expect(await all.heard(1)).toMatchObject([{ type: 3, invocationId: 's1', result: 42 }]);
});

test('a client that is held back stays so on its new socket', async () => {
  await using all = await StatefulScene.start({ limits: { serverQueueBytes: 64 * 1024 } });
  const { server, socket, client } = all;
  using stuck = (await StatefulClient.connect(all.service)).client;
  await server.expect(4);
  server.webSocket.pause();
  socket.send(...Array.from({ length: 200 }, (_, n) => send(n, 'x'.repeat(60_000))));
  await all.events.next('serverFlowStopped');
  socket.cut();
  await all.events.next('clientAway');
  const second = await client.open();
  second.send({ type: 9, sequenceId: 1 }, ...Array.from({ length: 250 }, (_, n) => send(n, 'x'.repeat(60_000))));
  server.webSocket.resume();
  const heard: unknown[] = [];
  while (heard.length < 250) heard.push(...brief(await all.heard(1)).filter((one) => one !== 'type 6'));
  expect(heard).toEqual(Array.from({ length: 250 }, (_, n) => n));
  expect(stuck.connectionId).not.toBe(client.connectionId);
});
