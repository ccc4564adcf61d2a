// App servers that do what none should: each is contained, counted and told of once (service-protocol 3, 4.8, 8.5, 12.5).
import type { ServiceMessage } from '@signalite/protocol/service';
import { startService } from 'signalite';
import { expect, test } from 'vitest';
import { FakeAppServer } from './support/fake-app-server.ts';
import { MigrationScene } from './support/migration-scene.ts';
import { call } from './support/payloads.ts';
import { RawClient } from './support/raw-client.ts';
import { RecordedEvents } from './support/recorded-events.ts';

const STORM = 200;

test('one that comes and goes a hundred times a second leaves nothing behind, and disturbs nobody', async () => {
  await using all = await MigrationScene.start();
  const guest = await all.guest();
  for (let round = 0; round < STORM; round += 10) {
    const some = Array.from({ length: 10 }, () => FakeAppServer.connect(all.service, { serverId: 'restless' }));
    for (const one of await Promise.all(some)) one.webSocket.terminate();
  }
  await expect.poll(() => all.service.counts.serverConnections).toBe(1);
  await all.expectBothWays(guest, all.old);
  expect(all.events.of('serverClosed')).toHaveLength(STORM);
});

test('two with one server id: both take clients, and one leaves without the other', async () => {
  await using all = await MigrationScene.start();
  const mine = await all.guest();
  const twin = await all.server({ serverId: 'old', migrates: true });
  const theirs = all.add(await RawClient.connect(all.service));
  await twin.expect(4);
  await all.shutDown(twin);
  // Its namesake is the same app server for the service: nobody goes there.
  await all.expectBothWays({ client: theirs, connectionId: theirs.connectionId }, twin);
  twin.webSocket.terminate();
  expect(await theirs.message()).toMatchObject({ type: 7, allowReconnect: true });
  await all.expectBothWays(mine, all.old);
});

test('two with one connection id stay two', async () => {
  await using all = await MigrationScene.start();
  const twin = await all.server({ serverId: 'twin', cid: all.old.cid });
  const first = all.add(await RawClient.connect(all.service));
  const second = all.add(await RawClient.connect(all.service));
  expect([(await all.old.expect(4)).connectionId, (await twin.expect(4)).connectionId].toSorted()).toEqual(
    [first.connectionId, second.connectionId].toSorted(),
  );
});

test('messages that nobody knows are told of once for each type', async () => {
  const events = new RecordedEvents();
  await using service = await startService({ host: '127.0.0.1', port: 0, onEvent: events.listener });
  using server = await FakeAppServer.connect(service);
  // [41, ...] and [42, ...], with a length in front.
  for (let index = 0; index < 50; index++) server.sendBytes(Buffer.from('0392290103922a01', 'hex'));
  await server.settled();
  expect(events.of('serverMessageIgnored').map(({ messageType }) => messageType)).toEqual([41, 42]);
});

test('a message that is traced is told of, and so is what comes of it', async () => {
  await using all = await MigrationScene.start();
  const other = await all.server();
  const client = all.add(await RawClient.connect(all.service));
  const holder = [all.old, other].find((server) => server.messages.rest.some(({ type }) => type === 4)) ?? other;
  const asker = holder === other ? all.old : other;
  const tracingId = 0x0fff_ffff_0000_0001n;
  const { connectionId } = client;
  const question: ServiceMessage = {
    type: 34,
    invocationId: 'i1',
    connectionId,
    callerServerId: asker.serverId,
    payloads: call('ask'),
    tracingId,
  };
  asker.send(question, { ...question, invocationId: 'i2', connectionId: 'nobody' });
  expect(await asker.messages.find((one) => one.type === 36)).toMatchObject({ invocationId: 'i2', tracingId });
  client.webSocket.terminate();
  expect(await asker.messages.find((one) => one.type === 36)).toMatchObject({ invocationId: 'i1', tracingId });
  expect(all.events.of('messageTraced')).toMatchObject([
    { serverId: asker.serverId, messageType: 34, tracingId: `${tracingId}` },
    { serverId: asker.serverId, messageType: 34, tracingId: `${tracingId}` },
  ]);
});
