// service-protocol 10.2 and 6.4: clients between the connections of one app server.
import { FlowControlOperation, FlowControlTarget, type ServiceMessageOf } from '@signalite/protocol/service';
import { describe, expect, test } from 'vitest';
import type { AppServerOptions, FakeAppServer } from './support/fake-app-server.ts';
import { MigrationScene } from './support/migration-scene.ts';
import { RawClient } from './support/raw-client.ts';

const COUNT = 40;
const PING = '{"type":6}\x1e';
const UNEVEN = { limits: { rebalanceDifference: 4 }, timers: { rebalanceMs: 5 } };

function control(connectionId: string, operation: FlowControlOperation): ServiceMessageOf<39> {
  return { type: 39, connectionId, target: FlowControlTarget.Client, operation };
}

const pauseAck = (connectionId: string) => control(connectionId, FlowControlOperation.PauseAck);

/** One client on `old`, and a twin connection to which the next look moves it. */
async function unevenScene(count: number, twin: AppServerOptions = {}) {
  const scene = await MigrationScene.start({ ...UNEVEN, server: { migrates: false } });
  const guests = [];
  for (let index = 0; index < count; index++) guests.push(await scene.guest());
  const other = await scene.server({ serverId: 'old', ...twin });
  return { scene, guests, other };
}

/** The id of a client that the service asks to pause. */
async function nextPause(server: FakeAppServer): Promise<string> {
  const { connectionId, ...rest } = await server.expect(39);
  expect(rest).toEqual({ type: 39, target: FlowControlTarget.Client, operation: FlowControlOperation.Pause });
  return connectionId;
}

describe('clients move when one connection has far more than another', () => {
  test('half of the difference, and both ways go over the new connection', async () => {
    const { scene, guests, other } = await unevenScene(6);
    await using _scene = scene;
    for (let index = 0; index < 3; index++) {
      const connectionId = await nextPause(scene.old);
      scene.old.send(pauseAck(connectionId));
      expect(await other.expect(39)).toEqual(control(connectionId, FlowControlOperation.Resume));
      const guest = guests.find((one) => one.connectionId === connectionId);
      if (guest === undefined) throw new Error('an unknown client');
      await scene.expectBothWays(guest, other);
    }
    expect(scene.events.of('clientMoved')).toHaveLength(3);
    await scene.expectSilence(scene.old, other);
    expect(scene.events.of('clientClosed')).toEqual([]);
  });

  test('what a client says meanwhile waits, and comes in order behind the resume', async () => {
    const { scene, guests, other } = await unevenScene(4);
    await using _scene = scene;
    const connectionId = await nextPause(scene.old);
    const guest = guests.find((one) => one.connectionId === connectionId);
    for (let number = 0; number < COUNT; number++) guest?.client.sendText(`{"type":5,"invocationId":"${number}"}\x1e`);
    await scene.expectSilence(other);
    // Sent before the answer, so it is still to be heard, and before everything of the other connection.
    scene.old.sendText(connectionId, '{"type":5,"invocationId":"down"}\x1e');
    scene.old.send(pauseAck(connectionId));
    expect(await guest?.client.message()).toEqual({ type: 5, invocationId: 'down' });
    expect(await other.expect(39)).toEqual(control(connectionId, FlowControlOperation.Resume));
    let text = '';
    while (text.split('\x1e').length <= COUNT) text += Buffer.from((await other.expect(6)).payload).toString();
    const numbers = text
      .split('\x1e')
      .slice(0, -1)
      .map((record) => Number(JSON.parse(record).invocationId));
    expect(numbers).toEqual(Array.from({ length: COUNT }, (_, number) => number));
  });

  test('from 40 and none to 20 and 20, and nothing that anybody says is lost, doubled or out of order', async () => {
    await using scene = await MigrationScene.start({ timers: { rebalanceMs: 5 }, server: { migrates: false } });
    const guests = [];
    for (let index = 0; index < COUNT; index++) guests.push(await scene.guest());
    const heard = new Map<string, string>(guests.map(({ connectionId }) => [connectionId, '']));
    // An app that answers pauses, and sends back whatever it hears.
    const serve = (server: FakeAppServer) => {
      server.onMessage = (message) => {
        if (message.type === 39 && message.operation === FlowControlOperation.Pause) {
          server.send(pauseAck(message.connectionId));
        } else if (message.type === 6) {
          const text = Buffer.from(message.payload).toString();
          heard.set(message.connectionId, heard.get(message.connectionId) + text);
          server.sendText(message.connectionId, text);
        }
      };
    };
    serve(scene.old);
    const other = await scene.server({ serverId: 'old' });
    serve(other);
    const numbers = Array.from({ length: 100 }, (_, number) => number);
    for (const number of numbers) {
      for (const { client } of guests) client.sendText(`${JSON.stringify({ type: 5, invocationId: `${number}` })}\x1e`);
      await new Promise((resolve) => setImmediate(resolve));
    }
    const said = numbers.map((number) => ({ type: 5, invocationId: `${number}` }));
    for (const { client } of guests) {
      const back = [];
      while (back.length < numbers.length) back.push(await client.message());
      expect(back).toEqual(said);
      expect(client.frames.rest).toEqual([]);
    }
    const text = said.map((message) => `${JSON.stringify(message)}\x1e`).join('');
    for (const { connectionId } of guests) expect(heard.get(connectionId)).toBe(text);
    await expect.poll(() => scene.events.of('clientMoved').length).toBe(COUNT / 2);
    expect(new Set(scene.events.of('clientMoved').map(({ toConnectionId }) => toConnectionId))).toEqual(
      new Set([other.cid]),
    );
    expect(scene.events.of('clientClosed')).toEqual([]);
  });

  test('groups stay, and a fan-out of another connection reaches the client while it moves', async () => {
    const { scene, other } = await unevenScene(4);
    await using _scene = scene;
    const connectionId = await nextPause(scene.old);
    scene.old.send({ type: 18, connectionId, group: 'g', ackId: 1 });
    expect(await scene.old.ack(1)).toBe(1);
    scene.old.send(pauseAck(connectionId));
    await other.expect(39);
    other.send({ type: 23, group: 'g', ackId: 2 });
    expect(await other.ack(2)).toBe(1);
  });

  test('only the answer to a pause is one', async () => {
    const { scene, other } = await unevenScene(4);
    await using _scene = scene;
    const connectionId = await nextPause(scene.old);
    scene.old.send(control(connectionId, FlowControlOperation.Pause), { ...pauseAck(connectionId), target: 2 });
    await scene.old.settled();
    await scene.expectSilence(other);
    expect(await scene.events.next('serverMessageIgnored')).toMatchObject({ messageType: 39 });
    expect(scene.events.of('clientMoved')).toEqual([]);
  });

  test('a client that leaves meanwhile is told of where it was', async () => {
    const { scene, guests, other } = await unevenScene(4);
    await using _scene = scene;
    const connectionId = await nextPause(scene.old);
    guests.find((one) => one.connectionId === connectionId)?.client.webSocket.terminate();
    // The pause ends before the client does: nothing of the app is kept back for ever.
    expect((await scene.old.messages.find((one) => one.type === 5)).type).toBe(5);
    scene.old.send(pauseAck(connectionId));
    await scene.expectSilence(other);
  });

  test('the connection that it goes to ends meanwhile: the client stays', async () => {
    const { scene, guests, other } = await unevenScene(4);
    await using _scene = scene;
    const connectionId = await nextPause(scene.old);
    other.webSocket.terminate();
    await expect.poll(() => scene.service.counts.serverConnections).toBe(1);
    scene.old.send(pauseAck(connectionId));
    const resume = await scene.old.messages.find(
      (one) => one.type === 39 && one.operation === FlowControlOperation.Resume,
    );
    expect(resume).toMatchObject({ connectionId });
    guests.find((one) => one.connectionId === connectionId)?.client.sendText(PING);
    expect(await scene.old.messages.find((one) => one.type === 6)).toMatchObject({ connectionId });
  });

  test('older app servers, which know no flow control, keep theirs', async () => {
    const scene = await MigrationScene.start({ ...UNEVEN, server: { migrates: false, generation: 'old' } });
    await using _scene = scene;
    for (let index = 0; index < 6; index++) await scene.guest();
    const other = await scene.server({ serverId: 'old', generation: 'old' });
    // A newer twin is moved to at the next look: the older ones were looked at as well by then.
    const twins = [await scene.server({ serverId: 'twin' }), await scene.server({ serverId: 'twin' })];
    await scene.expectSilence(scene.old, other, ...twins);
    expect(scene.events.of('clientMoved')).toEqual([]);
  });
});

test('an app server that does not answer a pause keeps its clients, and is not asked again', async () => {
  await using scene = await MigrationScene.start({
    limits: { rebalanceDifference: 4 },
    timers: { rebalanceMs: 5, pauseMs: 30 },
    server: { migrates: false },
  });
  const guests = [];
  for (let index = 0; index < 4; index++) guests.push(await scene.guest());
  const other = await scene.server({ serverId: 'old' });
  const paused = [await nextPause(scene.old), await nextPause(scene.old)];
  for (const guest of guests) guest.client.sendText(PING);
  const heard = new Set<string>();
  while (heard.size < guests.length) {
    const message = await scene.old.messages.find((one) => one.type === 6);
    if (message.type === 6) heard.add(message.connectionId);
  }
  const resumed = scene.old.messages.rest.filter((one) => one.type === 39).map((one) => one.connectionId);
  expect(resumed.toSorted()).toEqual(paused.toSorted());
  expect(await scene.events.next('pauseUnanswered')).toMatchObject({ serverId: 'old' });
  expect(scene.events.of('pauseUnanswered')).toHaveLength(1);
  await scene.expectSilence(other);
});

test('an answer that nobody asked for is ignored, and told of', async () => {
  await using scene = await MigrationScene.start();
  const guest = await scene.guest();
  scene.old.send(pauseAck(guest.connectionId), pauseAck('nobody'));
  await scene.expectBothWays(guest, scene.old);
  expect(await scene.events.next('serverMessageIgnored')).toMatchObject({ messageType: 39 });
});

test('an app server is asked for one more connection, and a client may come to it', async () => {
  await using scene = await MigrationScene.start();
  expect(scene.service.requestServerConnections('chat')).toBe(1);
  expect(scene.service.requestServerConnections('nobody')).toBe(0);
  const ping = await scene.old.expect(3);
  const [key, instanceId] = ping.values;
  expect(key).toBe('target');
  const onDemand = await scene.server({ serverId: 'old', connectionType: 1, target: instanceId ?? '' });
  // The fewest clients decide: of two clients each connection gets one.
  const clients = [
    scene.add(await RawClient.connect(scene.service)),
    scene.add(await RawClient.connect(scene.service)),
  ];
  const opened = [await scene.old.expect(4), await onDemand.expect(4)].map((message) => message.connectionId);
  expect(opened.toSorted()).toEqual(clients.map(({ connectionId }) => connectionId).toSorted());
});

test('a full app server is asked by itself', async () => {
  await using scene = await MigrationScene.start({
    limits: { clientsPerServerConnection: 1 },
    timers: { rebalanceMs: 5 },
  });
  await scene.guest();
  await scene.guest();
  expect(await scene.old.expect(3)).toMatchObject({ values: ['target', expect.stringMatching(/^\w+$/)] });
});

test('a service that stops says so to app servers that know the word', async () => {
  const scene = await MigrationScene.start();
  const older = await scene.server({ generation: 'old' });
  await scene.service.close();
  const offline = {
    type: 39,
    connectionId: scene.old.cid,
    target: FlowControlTarget.Server,
    operation: FlowControlOperation.Offline,
  };
  expect(await scene.old.messages.next()).toEqual(offline);
  expect(await scene.old.closed).toBe(1000);
  expect(await older.closed).toBe(1000);
  expect(older.messages.rest).toEqual([]);
  await scene[Symbol.asyncDispose]();
});
