// service-protocol 9, 12.1: results that somebody awaits of a client that goes to another server.
import { jsonHubProtocol } from '@signalite/protocol';
import { describe, expect, test } from 'vitest';
import type { FakeAppServer } from './support/fake-app-server.ts';
import { type Guest, MigrationScene } from './support/migration-scene.ts';
import { payloadsOf } from './support/payloads.ts';

const COMPLETION = Buffer.from(jsonHubProtocol.encode({ type: 3, invocationId: 'inv', result: 42 }));

async function ask(server: FakeAppServer, { client, connectionId }: Guest): Promise<void> {
  const payloads = payloadsOf({ type: 1, invocationId: 'inv', target: 'ask', arguments: [] });
  server.send({ type: 34, invocationId: 'inv', connectionId, callerServerId: server.serverId, payloads });
  expect(await client.message()).toMatchObject({ invocationId: 'inv' });
}

/** The new server hears of the question before it hears the answer, and reports it. */
async function reports(server: FakeAppServer, { client, connectionId }: Guest, callerServerId: string): Promise<void> {
  expect(await server.messages.next()).toEqual({
    type: 34,
    invocationId: 'inv',
    connectionId,
    callerServerId,
    payloads: [],
  });
  client.sendText(COMPLETION.toString());
  expect(await server.messages.next()).toEqual({ type: 6, connectionId, payload: COMPLETION });
  const report = { invocationId: 'inv', connectionId, protocol: 'json', payload: COMPLETION } as const;
  server.send({ type: 35, callerServerId: server.serverId, ...report });
}

describe('a question of', () => {
  test.each(['the old server', 'a third one'])('%s is answered through the new one', async (who) => {
    await using all = await MigrationScene.start();
    const guest = await all.guest();
    const caller = who === 'the old server' ? all.old : await all.server({ serverId: 'third', connectionType: 2 });
    await ask(caller, guest);
    const { connectionId } = guest;
    if (caller !== all.old) {
      expect(await all.old.messages.next()).toMatchObject({ type: 34, callerServerId: 'third' });
      expect(await caller.messages.next()).toMatchObject({ type: 37 });
    }
    const fresh = await all.server();
    await all.migrate(guest, fresh);
    await reports(fresh, guest, caller.serverId);
    expect(await caller.messages.next()).toEqual({
      type: 35,
      invocationId: 'inv',
      connectionId,
      callerServerId: caller.serverId,
      protocol: 'json',
      payload: COMPLETION,
    });
    await all.expectSilence(all.old, fresh, caller);
  });

  test('the new server itself is answered by the data', async () => {
    await using all = await MigrationScene.start();
    const guest = await all.guest();
    const { client, connectionId } = guest;
    const fresh = await all.server();
    await ask(fresh, guest);
    expect(await fresh.messages.next()).toMatchObject({ type: 37 });
    expect(await all.old.messages.next()).toMatchObject({ type: 34, callerServerId: 'new' });
    await all.migrate(guest, fresh);
    client.sendText(COMPLETION.toString());
    expect(await fresh.messages.next()).toEqual({ type: 6, connectionId, payload: COMPLETION });
    const report = { invocationId: 'inv', connectionId, protocol: 'json', payload: new Uint8Array() } as const;
    fresh.send({ type: 35, callerServerId: 'new', ...report });
    await all.expectSilence(all.old, fresh);
    // The id is free again.
    await ask(fresh, guest);
  });
});

test('the old server may report an answer that it got before the move', async () => {
  await using all = await MigrationScene.start();
  const guest = await all.guest();
  const { client, connectionId } = guest;
  const caller = await all.server({ serverId: 'third', connectionType: 2 });
  await ask(caller, guest);
  await caller.expect(37);
  client.sendText(COMPLETION.toString());
  await all.old.expect(6);
  await all.old.expect(34);
  const fresh = await all.server();
  await all.migrate(guest, fresh);
  const report = { invocationId: 'inv', connectionId, protocol: 'json', payload: COMPLETION } as const;
  all.old.send({ type: 35, callerServerId: 'old', ...report });
  expect(await caller.messages.next()).toMatchObject({ type: 35, invocationId: 'inv' });
});

test('a client that leaves its new server fails what it was asked before', async () => {
  await using all = await MigrationScene.start();
  const guest = await all.guest();
  await ask(all.old, guest);
  const fresh = await all.server();
  await all.migrate(guest, fresh);
  guest.client.webSocket.terminate();
  expect(await all.old.messages.next()).toEqual({
    type: 36,
    invocationId: 'inv',
    connectionId: guest.connectionId,
    callerServerId: 'old',
    error: `Connection '${guest.connectionId}' disconnected.`,
  });
});
