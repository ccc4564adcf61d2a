// service-protocol 12.1, 7.3, 9.2, 12.6: what becomes of everything that is under way when a client goes to another server.
import { type HubMessage, jsonHubProtocol } from '@signalite/protocol';
import { messagePackHubProtocol } from '@signalite/protocol/messagepack';
import { describe, expect, test } from 'vitest';
import { Clock } from './support/clock.ts';
import type { FakeAppServer } from './support/fake-app-server.ts';
import { messagesIn } from './support/hub-messages.ts';
import { FIN_MIGRATE, MigrationScene } from './support/migration-scene.ts';
import { call, callText } from './support/payloads.ts';
import { RawClient } from './support/raw-client.ts';
import { sendUntilStuck } from './support/send-until-stuck.ts';

const PROTOCOLS = [jsonHubProtocol, messagePackHubProtocol] as const;
const GENERATIONS = ['old', 'new'] as const;
const WAYS = PROTOCOLS.flatMap((protocol) => GENERATIONS.map((generation) => ({ protocol, generation })));

function numbered(target: string, index: number): HubMessage {
  return { type: 1, target, arguments: [index] };
}

/** The end of a client at its old server, as that SDK may write it behind the last answer. */
const CLOSE: HubMessage = { type: 7, allowReconnect: true };

describe.each(WAYS)('$protocol.name over a server of the $generation generation', ({ protocol, generation }) => {
  test('what the client says goes on without a gap, a double or a change of order', async () => {
    await using all = await MigrationScene.start({ server: { generation } });
    const { client, connectionId } = await all.guest({ protocol: protocol.name });
    const servers = [all.old];
    const heard: { by: string; index: unknown }[] = [];
    const listen = (server: FakeAppServer) => {
      server.onMessage = (message) => {
        if (message.type !== 6 || message.connectionId !== connectionId) return;
        const payload = Buffer.from(message.payload);
        // The handshake request of those who come later.
        if (payload.toString().includes('"version":1')) return;
        for (const one of messagesIn({ data: payload, isBinary: protocol.name !== 'json' })) {
          heard.push({ by: server.serverId, index: one.type === 1 ? one.arguments[0] : one });
        }
      };
    };
    listen(all.old);
    const count = 600;
    for (let index = 0; index < count; index++) {
      client.webSocket.send(protocol.encode(numbered('m', index)), { binary: protocol.name !== 'json' });
      if (index % 200 === 100) {
        const next = await all.server({ serverId: `server ${index}`, generation, migrates: true });
        listen(next);
        servers.at(-1)?.send(FIN_MIGRATE);
        servers.push(next);
      }
      if (index % 10 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    await expect.poll(() => heard.length, { interval: 5 }).toBe(count);
    expect(heard.map(({ index }) => index)).toEqual(Array.from({ length: count }, (_, index) => index));
    const by = heard.map((one) => one.by);
    // One after the other, and each of them had its part.
    expect(by.filter((one, index) => one !== by[index - 1])).toEqual(servers.map(({ serverId }) => serverId));
  });

  test('what the old server still says is heard, but for its goodbye', async () => {
    await using all = await MigrationScene.start({ server: { generation } });
    const { client, connectionId } = await all.guest({ protocol: protocol.name });
    const fresh = await all.server();
    await all.migrate({ connectionId }, fresh);
    const say = (server: FakeAppServer, ...messages: readonly HubMessage[]) => {
      const payload = Buffer.concat(messages.map((message) => protocol.encode(message)));
      server.send({ type: 6, connectionId, payload, dataType: messages.at(-1)?.type === 7 ? 4 : 2 });
    };
    const heard = async () => messagesIn(await client.frames.next());
    say(all.old, { type: 3, invocationId: '1', result: 'late' });
    expect(await heard()).toEqual([{ type: 3, invocationId: '1', result: 'late' }]);
    say(fresh, numbered('fresh', 1));
    expect(await heard()).toMatchObject([{ target: 'fresh' }]);
    // An older SDK may write both in one piece.
    if (generation === 'old') say(all.old, { type: 3, invocationId: '2', result: 'later' }, CLOSE);
    else {
      say(all.old, { type: 3, invocationId: '2', result: 'later' });
      say(all.old, CLOSE);
    }
    expect(await heard()).toEqual([{ type: 3, invocationId: '2', result: 'later' }]);
    all.old.send({ type: 5, connectionId, error: 'gone', headers: [] });
    await all.old.settled();
    say(fresh, numbered('fresh', 2));
    expect(await heard()).toMatchObject([{ target: 'fresh' }]);
    await all.expectSilence(all.old, fresh);
  });

  test('two servers that talk at once do not cut one another', async () => {
    await using all = await MigrationScene.start({ server: { generation } });
    const { client, connectionId } = await all.guest({ protocol: protocol.name });
    const fresh = await all.server({ generation });
    const late = Buffer.from(protocol.encode(numbered('late', 0)));
    const part = (server: FakeAppServer, payload: Uint8Array, isLast = false) =>
      server.send({ type: 6, connectionId, payload, ...(generation === 'new' && !isLast ? { isPartial: true } : {}) });
    // Begun before the move, ended after it.
    part(all.old, late.subarray(0, 9));
    await all.migrate({ connectionId }, fresh);
    const own = Buffer.from(protocol.encode(numbered('fresh', 0)));
    part(fresh, own.subarray(0, 5));
    await fresh.settled();
    part(all.old, late.subarray(9), true);
    await all.old.settled();
    part(fresh, own.subarray(5), true);
    expect(messagesIn(await client.frames.next())).toMatchObject([{ target: 'late' }]);
    expect(messagesIn(await client.frames.next())).toMatchObject([{ target: 'fresh' }]);
    // A tail that never ends is nobody's.
    part(all.old, late.subarray(0, 9));
    all.old.close();
    await all.old.closed;
    part(fresh, own, true);
    expect(messagesIn(await client.frames.next())).toMatchObject([{ target: 'fresh' }]);
    expect(client.frames.rest).toEqual([]);
  });
});

describe('sends to the client while it goes', () => {
  test('from both servers and elsewhere, each once, those of one sender in order', async () => {
    await using all = await MigrationScene.start();
    const { client, connectionId } = await all.guest();
    const fresh = await all.server();
    const weak = await all.server({ serverId: 'weak', connectionType: 2 });
    const count = 300;
    for (let index = 0; index < count; index++) {
      all.old.sendText(connectionId, callText('data', index));
      for (const [who, server] of Object.entries({ old: all.old, fresh, weak })) {
        server.send({ type: 7, connectionIds: [connectionId], payloads: call(who, index) });
      }
      if (index === count / 2) all.old.send(FIN_MIGRATE);
      if (index % 20 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    const heard: Record<string, unknown[]> = { data: [], old: [], fresh: [], weak: [] };
    for (let index = 0; index < 4 * count; index++) {
      const message = await client.message();
      heard[String(message['target'])]?.push(message['arguments']);
    }
    const inOrder = Array.from({ length: count }, (_, index) => [index]);
    expect(heard).toEqual({ data: inOrder, old: inOrder, fresh: inOrder, weak: inOrder });
    await weak.settled();
    expect(client.frames.rest).toEqual([]);
    expect(await all.events.next('clientMigrated')).toMatchObject({ connectionId });
  });
});

test('after a while the old server has no say any more', async () => {
  using clock = new Clock();
  await using all = await MigrationScene.start({
    timers: { serverPingMs: 1, serverSilenceMs: 10 ** 9, releasedMs: 1000 },
  });
  const { client, connectionId } = await all.guest();
  const fresh = await all.server();
  await all.migrate({ connectionId }, fresh);
  clock.advance(999);
  await all.old.keepAlives.next();
  all.old.sendText(connectionId, callText('in time'));
  expect(await client.message()).toMatchObject({ target: 'in time' });
  clock.advance(1);
  await all.old.keepAlives.next();
  all.old.sendText(connectionId, callText('late'));
  // Nor does it end the client, as those may who never had it.
  all.old.send({ type: 5, connectionId, error: '', headers: [] });
  await all.expectSilence(all.old);
  await all.expectBothWays({ client, connectionId }, fresh);
});

describe('back-pressure', () => {
  const limits = { serverQueueBytes: 64 * 1024 };
  const text = callText('m', 'x'.repeat(64 * 1024));

  test('of the old server ends with the move; it gets what is its own, then the end', async () => {
    await using all = await MigrationScene.start({ limits });
    const { client, connectionId } = await all.guest();
    await all.shutDown();
    all.old.webSocket.pause();
    const sent = await sendUntilStuck(client.webSocket, text);
    const fresh = await all.server();
    expect(await fresh.expect(4)).toMatchObject({ connectionId });
    expect(await fresh.expectText(connectionId)).toBe('{"protocol":"json","version":1}\x1e');
    client.sendText('{"type":6}\x1e');
    let bytes = 0;
    let heard = '';
    while (!heard.endsWith('{"type":6}\x1e')) {
      heard = await fresh.expectText(connectionId);
      bytes += heard.length;
    }
    all.old.webSocket.resume();
    for (;;) {
      const message = await all.old.messages.next();
      // Only that it reads too slowly may stand between.
      if (message.type !== 6 && message.type !== 22) {
        expect(message).toMatchObject({ type: 5, connectionId });
        break;
      }
      if (message.type === 6) bytes += message.payload.length;
    }
    expect(bytes).toBe(sent * text.length + '{"type":6}\x1e'.length);
  });

  test('of the new server holds the client back as it does its own', async () => {
    await using all = await MigrationScene.start({ limits });
    const { client, connectionId } = await all.guest();
    const fresh = await all.server();
    const own = all.add(await RawClient.connect(all.service));
    await fresh.expect(4);
    fresh.webSocket.pause();
    const sentBefore = await sendUntilStuck(own.webSocket, text);
    await all.shutDown();
    expect(await all.old.expect(5)).toMatchObject({ connectionId });
    const sent = await sendUntilStuck(client.webSocket, text);
    fresh.webSocket.resume();
    for (const [id, count] of [
      [own.connectionId, sentBefore],
      [connectionId, sent],
    ] as const) {
      for (let bytes = 0; bytes < count * text.length; ) {
        const heard = await fresh.expectText(id);
        if (!heard.includes('"version":1')) bytes += heard.length;
      }
    }
    await all.expectSilence(all.old);
  });
});
