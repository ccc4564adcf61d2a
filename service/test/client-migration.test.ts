// service-protocol 12.1 (`fin:1`), 7.2, 7.5, 7.6.
import { describe, expect, test } from 'vitest';
import { FIN_ACK, FIN_MIGRATE, MigrationScene } from './support/migration-scene.ts';
import { call } from './support/payloads.ts';
import { RawClient } from './support/raw-client.ts';

const HANDSHAKE = '{"protocol":"json","version":1}\x1e';
const LOST = { type: 7, error: 'Connection closed with an error.', allowReconnect: true };
const FROM_OLD = { name: 'Asrs-Migrate-From', values: ['old'] };
const TO_NEW = { name: 'Asrs-Migrate-To', values: ['new'] };

describe('what is told', () => {
  test('to the old server after all else of the client, to the new one as of a client of its own', async () => {
    await using all = await MigrationScene.start();
    const claims = { 'asrs.s.uid': 'ann', role: ['a', 'b'] };
    const guest = await all.guest({ claims, query: '&asrs.op=%2Fchat&x=1', headers: { cookie: 'a=b' } });
    const { client, connectionId, opening } = guest;
    const fresh = await all.server();
    client.sendText('{"type":6}\x1e');
    expect(await all.old.messages.next()).toMatchObject({ type: 6 });
    all.old.send(FIN_MIGRATE);
    expect(await all.old.messages.next()).toEqual(FIN_ACK);
    expect(await all.old.messages.next()).toEqual({ type: 5, connectionId, error: '', headers: [TO_NEW] });
    expect(await fresh.messages.next()).toEqual({ ...opening, headers: [...opening.headers, FROM_OLD] });
    expect(await fresh.messages.next()).toEqual({ type: 6, connectionId, payload: Buffer.from(HANDSHAKE) });
    expect(await all.events.next('clientMigrated')).toEqual({
      name: 'clientMigrated',
      hub: 'chat',
      connectionId,
      fromServerId: 'old',
      toServerId: 'new',
      serverConnectionId: fresh.cid,
    });
    await all.expectBothWays(guest, fresh);
    await all.expectSilence(all.old, fresh);
    expect(all.events.of('clientClosed')).toEqual([]);
  });

  test('the second answer, when the app asks again, and nothing besides', async () => {
    await using all = await MigrationScene.start();
    const guest = await all.guest();
    const fresh = await all.server();
    await all.migrate(guest, fresh);
    await all.shutDown();
    await all.expectSilence(all.old, fresh);
    await all.expectBothWays(guest, fresh);
  });

  test('nothing to the old server when the client leaves the new one', async () => {
    await using all = await MigrationScene.start();
    const guest = await all.guest();
    const fresh = await all.server();
    await all.migrate(guest, fresh);
    guest.client.webSocket.close(1000);
    expect(await fresh.messages.next()).toEqual({ type: 5, connectionId: guest.connectionId, error: '', headers: [] });
    await all.expectSilence(all.old, fresh);
  });
});

describe('who goes where', () => {
  test('to another server, however many connections the old one has', async () => {
    await using all = await MigrationScene.start();
    const guest = await all.guest();
    const twin = await all.server({ serverId: 'old', migrates: true });
    const fresh = await all.server();
    await all.migrate(guest, fresh);
    await all.expectSilence(twin);
  });

  test('nowhere, when only the old server itself has another connection', async () => {
    await using all = await MigrationScene.start();
    const guest = await all.guest();
    const twin = await all.server({ serverId: 'old', migrates: true });
    await all.shutDown();
    await all.expectBothWays(guest, all.old);
    await all.expectSilence(all.old, twin);
  });

  test('spread over the others, and none to one that shuts down itself or is weak', async () => {
    await using all = await MigrationScene.start();
    const guests = [];
    for (let index = 0; index < 10; index++) guests.push(await all.guest());
    const one = await all.server({ serverId: 'one' });
    const two = await all.server({ serverId: 'two' });
    const weak = await all.server({ serverId: 'weak', connectionType: 2 });
    const leaving = await all.server({ serverId: 'leaving', migrates: true });
    await all.shutDown(leaving);
    await all.shutDown();
    for (const _ of guests) await all.old.expect(5);
    for (const server of [one, two]) await server.settled();
    const opened = [one, two].map((server) => server.messages.rest.filter((message) => message.type === 4).length);
    expect(opened).toEqual([5, 5]);
    await all.expectSilence(weak, leaving);
  });

  test('nobody new comes to the server that shuts down', async () => {
    await using all = await MigrationScene.start();
    await all.shutDown();
    using refused = await RawClient.connect(all.service, { handshake: false });
    refused.sendText(HANDSHAKE);
    expect(await refused.message()).toMatchObject({ error: expect.stringContaining('app servers are not connected') });
    await all.expectSilence(all.old);
  });

  test('hubs do not mix', async () => {
    await using all = await MigrationScene.start();
    const guest = await all.guest();
    const other = await all.server({ hub: 'other' });
    await all.shutDown();
    await all.expectBothWays(guest, all.old);
    await all.expectSilence(all.old, other);
  });

  test('who must stay with its server stays; who would like to goes', async () => {
    await using all = await MigrationScene.start();
    const sticky = (wish: string) => ({ claims: { 'asrs.s.sn': 'old', 'asrs.s.ssticky': wish } });
    const required = await all.guest(sticky('Required'));
    const preferred = await all.guest(sticky('Preferred'));
    const fresh = await all.server();
    await all.migrate(preferred, fresh);
    await all.expectBothWays(preferred, fresh);
    await all.expectBothWays(required, all.old);
    all.old.close();
    expect(await required.client.message()).toEqual(LOST);
    await all.expectBothWays(preferred, fresh);
  });

  test('a client goes back to the server that it must use, when that is there again', async () => {
    await using all = await MigrationScene.start();
    const wish = { 'asrs.s.sn': 'home', 'asrs.s.ssticky': 'Preferred' };
    const guest = await all.guest({ claims: wish });
    const home = await all.server({ serverId: 'home' });
    const other = await all.server({ serverId: 'other' });
    await all.migrate(guest, home);
    await all.expectSilence(other);
  });

  test('again and again, as one server after the other is replaced', async () => {
    await using all = await MigrationScene.start();
    const guest = await all.guest();
    let current = all.old;
    for (const serverId of ['second', 'third', 'old again']) {
      const next = await all.server({ serverId, migrates: true });
      await all.shutDown(current);
      expect(await current.expect(5)).toMatchObject({ headers: [{ name: 'Asrs-Migrate-To', values: [serverId] }] });
      const { headers } = await next.expect(4);
      expect(headers.filter(({ name }) => name === 'Asrs-Migrate-From')).toEqual([
        { name: 'Asrs-Migrate-From', values: [current.serverId] },
      ]);
      expect(await next.expectText(guest.connectionId)).toBe(HANDSHAKE);
      await all.expectBothWays(guest, next);
      current.close();
      await current.closed;
      current = next;
    }
  });
});

describe('who cannot go', () => {
  test('stays until another server comes', async () => {
    await using all = await MigrationScene.start();
    const guest = await all.guest();
    await all.shutDown();
    await all.expectBothWays(guest, all.old);
    const fresh = await all.server();
    expect(await all.old.expect(5)).toMatchObject({ headers: [TO_NEW] });
    expect(await fresh.expect(4)).toMatchObject({ connectionId: guest.connectionId });
    expect(await fresh.expectText(guest.connectionId)).toBe(HANDSHAKE);
    await all.expectBothWays(guest, fresh);
  });

  test('stays until the socket closes, when none comes', async () => {
    await using all = await MigrationScene.start();
    const { client } = await all.guest();
    await all.shutDown();
    all.old.close();
    expect(await client.message()).toEqual(LOST);
    expect(await client.closed).toBe(1000);
  });

  test('stays where the app never asked for it in its handshake', async () => {
    await using all = await MigrationScene.start({ server: { migrates: false } });
    const guest = await all.guest();
    const fresh = await all.server();
    await all.shutDown();
    await all.expectBothWays(guest, all.old);
    await all.expectSilence(all.old, fresh);
  });

  test.each(['fin:2', 'fin:3'])('stays with %s', async (mode) => {
    await using all = await MigrationScene.start();
    const guest = await all.guest();
    const fresh = await all.server();
    all.old.send({ type: 3, values: ['shutdown', mode] });
    expect(await all.old.expect(3)).toEqual(FIN_ACK);
    await all.expectBothWays(guest, all.old);
    await all.expectSilence(all.old, fresh);
  });

  test('waits for its handshake response, and goes with it', async () => {
    await using all = await MigrationScene.start({ server: { answersHubHandshake: false } });
    const client = all.add(await RawClient.connect(all.service, { handshake: false }));
    client.sendText(HANDSHAKE);
    const { connectionId } = await all.old.expect(4);
    expect(await all.old.expectText(connectionId)).toBe(HANDSHAKE);
    const fresh = await all.server();
    await all.shutDown();
    await all.expectSilence(all.old, fresh);
    all.old.sendText(connectionId, '{}\x1e');
    expect(await client.message()).toEqual({});
    expect(await all.old.expect(5)).toMatchObject({ headers: [TO_NEW] });
    expect(await fresh.expect(4)).toMatchObject({ connectionId });
    expect(await fresh.expectText(connectionId)).toBe(HANDSHAKE);
    await all.expectBothWays({ client, connectionId }, fresh);
  });

  test('ends with a refused handshake, and goes nowhere', async () => {
    await using all = await MigrationScene.start({ server: { answersHubHandshake: false } });
    const client = all.add(await RawClient.connect(all.service, { handshake: false }));
    client.sendText(HANDSHAKE);
    const { connectionId } = await all.old.expect(4);
    await all.old.expect(6);
    const fresh = await all.server();
    await all.shutDown();
    all.old.sendText(connectionId, '{"error":"no"}\x1e');
    await all.expectSilence(all.old, fresh);
    all.old.send({ type: 5, connectionId, error: '', headers: [] });
    expect(await client.message()).toEqual({ error: 'no' });
    expect(await client.closed).toBe(1000);
    await all.expectSilence(all.old, fresh);
  });

  test('ends when its old server has said goodbye to it already', async () => {
    await using all = await MigrationScene.start();
    const { client, connectionId } = await all.guest();
    const fresh = await all.server();
    all.old.send({ type: 6, connectionId, payload: Buffer.from('{"type":7}\x1e'), dataType: 4 });
    await all.shutDown();
    await all.expectSilence(all.old, fresh);
    all.old.send({ type: 5, connectionId, error: '', headers: [] });
    expect(await client.message()).toEqual({ type: 7 });
    expect(await client.closed).toBe(1000);
  });
});

describe('what goes with the client', () => {
  test('its groups, its user and its place in the hub', async () => {
    await using all = await MigrationScene.start();
    const { client, connectionId } = await all.guest({ userId: 'ann' });
    all.old.send(
      { type: 18, connectionId, group: 'g', ackId: 1 },
      { type: 26, userId: 'ann', group: 'of ann', ackId: 2 },
    );
    expect([await all.old.ack(1), await all.old.ack(2)]).toEqual([1, 1]);
    const fresh = await all.server();
    await all.migrate({ connectionId }, fresh);
    all.old.close();
    await all.old.closed;
    const rest = { excludedConnectionIds: [], excludedUserIds: [] };
    fresh.send(
      { type: 13, group: 'g', payloads: call('group'), ...rest },
      { type: 13, group: 'of ann', payloads: call('user group'), ...rest },
      { type: 8, userId: 'ann', payloads: call('user') },
      { type: 7, connectionIds: [connectionId], payloads: call('connection') },
      { type: 10, excludedConnectionIds: [], payloads: call('all') },
      { type: 24, connectionId, ackId: 3 },
    );
    expect(await fresh.ack(3)).toBe(1);
    for (const target of ['group', 'user group', 'user', 'connection', 'all']) {
      expect(await client.message()).toMatchObject({ target });
    }
    fresh.send({ type: 19, connectionId, group: 'g', ackId: 4 }, { type: 23, group: 'g', ackId: 5 });
    expect([await fresh.ack(4), await fresh.ack(5)]).toEqual([1, 2]);
    expect(all.service.counts).toEqual({ clients: 1, serverConnections: 1 });
  });

  test('it leaves the hub with its new server', async () => {
    await using all = await MigrationScene.start();
    const { client, connectionId } = await all.guest({ userId: 'ann' });
    all.old.send({ type: 18, connectionId, group: 'g', ackId: 1 });
    await all.old.ack(1);
    const fresh = await all.server();
    await all.migrate({ connectionId }, fresh);
    fresh.webSocket.terminate();
    expect(await client.message()).toEqual(LOST);
    expect(await client.closed).toBe(1000);
    expect(client.frames.rest).toEqual([]);
    all.old.send({ type: 23, group: 'g', ackId: 2 }, { type: 25, userId: 'ann', ackId: 3 });
    expect([await all.old.ack(2), await all.old.ack(3)]).toEqual([2, 2]);
    // What the old one still has for it is nobody's.
    all.old.sendText(connectionId, '{"type":6}\x1e');
    await all.expectSilence(all.old);
    expect(all.events.of('clientClosed')).toHaveLength(1);
  });

  test('the new server ends it as it ends its own', async () => {
    await using all = await MigrationScene.start();
    const { client, connectionId } = await all.guest();
    const fresh = await all.server();
    await all.migrate({ connectionId }, fresh);
    fresh.sendText(connectionId, '{"type":7,"error":"bye"}\x1e');
    fresh.send({ type: 5, connectionId, error: 'bye', headers: [] });
    expect(await client.message()).toEqual({ type: 7, error: 'bye' });
    expect(await client.closed).toBe(1000);
    await all.expectSilence(all.old, fresh);
  });
});

test('hundreds go, some at a time, each once', async () => {
  await using all = await MigrationScene.start();
  const count = 450;
  const ids = new Set<string>();
  for (let index = 0; index < count; index++) ids.add((await all.guest()).connectionId);
  const fresh = await all.server();
  await all.shutDown();
  const opened = [];
  for (let index = 0; index < count; index++) opened.push((await fresh.expect(4)).connectionId);
  expect(new Set(opened)).toEqual(ids);
  for (let index = 0; index < count; index++) await all.old.expect(5);
  for (let index = 0; index < count; index++) await fresh.expect(6);
  await all.expectSilence(all.old, fresh);
  expect(all.events.of('clientMigrated')).toHaveLength(count);
}, 30_000);

describe('calls that are under way get their answers first', () => {
  const PING = '{"type":6}\x1e';
  const drained = { timers: { migrationDrainMs: 200 } };

  test('its clients are not read meanwhile, and what they say goes to the new server', async () => {
    await using all = await MigrationScene.start(drained);
    const { client, connectionId } = await all.guest();
    const fresh = await all.server();
    await all.shutDown();
    client.sendText(PING);
    await all.expectSilence(all.old, fresh);
    expect(all.events.of('clientMigrated')).toEqual([]);
    all.old.sendText(connectionId, '{"type":3,"invocationId":"1","result":1}\x1e');
    expect(await client.message()).toEqual({ type: 3, invocationId: '1', result: 1 });
    expect(await all.old.messages.next()).toMatchObject({ type: 5, connectionId });
    expect(await fresh.messages.next()).toMatchObject({ type: 4, connectionId });
    expect(await fresh.messages.next()).toMatchObject({ type: 6, payload: Buffer.from(HANDSHAKE) });
    expect(await fresh.messages.next()).toEqual({ type: 6, connectionId, payload: Buffer.from(PING) });
  });

  test('who cannot move is read again', async () => {
    await using all = await MigrationScene.start(drained);
    const required = await all.guest({ claims: { 'asrs.s.sn': 'old', 'asrs.s.ssticky': 'Required' } });
    const other = await all.guest();
    const fresh = await all.server();
    await all.shutDown();
    required.client.sendText(PING);
    expect(await all.old.expect(5)).toMatchObject({ connectionId: other.connectionId });
    expect(await fresh.expect(4)).toMatchObject({ connectionId: other.connectionId });
    expect(await all.old.expect(6)).toMatchObject({ connectionId: required.connectionId });
  });

  test('nobody waits without another server, and no longer when it went', async () => {
    await using all = await MigrationScene.start({ timers: { migrationDrainMs: 60_000 } });
    const guest = await all.guest();
    await all.shutDown();
    await all.expectBothWays(guest, all.old);
    const second = await all.server({ serverId: 'second', migrates: true });
    const moving = all.add(await RawClient.connect(all.service));
    await second.expect(4);
    const fresh = await all.server();
    await all.shutDown(second);
    moving.sendText(PING);
    await all.expectSilence(second, fresh);
    fresh.webSocket.terminate();
    expect(await second.expect(6)).toEqual({ type: 6, connectionId: moving.connectionId, payload: Buffer.from(PING) });
    expect(all.events.of('clientMigrated')).toEqual([]);
  });
});
