// service-protocol 5, 6, 12.1, 12.4.
import { ServerConnectionType } from '@signalite/protocol/service';
import { type ServiceOptions, startService } from 'signalite';
import { describe, expect, test } from 'vitest';
import { Clock } from './support/clock.ts';
import { type AppServerOptions, FakeAppServer } from './support/fake-app-server.ts';
import { call } from './support/payloads.ts';
import { RawClient } from './support/raw-client.ts';
import { RecordedEvents } from './support/recorded-events.ts';

const WEAK: AppServerOptions = { connectionType: ServerConnectionType.Weak };

function start(options: ServiceOptions = {}) {
  return startService({ host: '127.0.0.1', port: 0, timers: { sweepMs: 5 }, ...options });
}

/** A message body with its length prefix; bodies here are short. */
function framed(hex: string): Buffer {
  const body = Buffer.from(hex, 'hex');
  return Buffer.concat([Buffer.from([body.length]), body]);
}

describe('handshake requests', () => {
  const accepted = [
    { vector: '1', hex: '920101', generation: 'old' },
    { vector: '3', hex: '95010100a000', generation: 'old' },
    { vector: '4', hex: '96010100a00080', generation: 'old' },
    { vector: '6', hex: '96010100a00180', generation: 'old' },
    { vector: '6b without stateful reconnect', hex: '97010100a00080c2', generation: 'new' },
    { vector: '6b with stateful reconnect', hex: '97010100a00080c3', generation: 'new' },
    { vector: 'longer than any known', hex: '99010100a00080c3c0a178', generation: 'new' },
  ];

  test.each(accepted)('vector $vector is accepted as $generation', async ({ hex, generation }) => {
    const events = new RecordedEvents();
    await using service = await start({ onEvent: events.listener });
    using server = await FakeAppServer.connect(service, { handshake: false });
    server.sendBytes(framed(hex));
    expect(await server.messages.next()).toEqual({ type: 2, connectionId: server.cid });
    expect(await events.next('serverConnected')).toMatchObject({
      serverId: server.serverId,
      serverConnectionId: server.cid,
      kind: 'default',
      generation,
    });
    using client = await RawClient.connect(service);
    expect((await server.expect(4)).connectionId).toBe(client.connectionId);
  });

  test('the answer has four elements and comes first, though a ping was asked for with the request', async () => {
    await using service = await start();
    using server = await FakeAppServer.connect(service, { handshake: false });
    const first = new Promise<Buffer>((resolve) => {
      server.webSocket.once('message', (data) => resolve(Buffer.isBuffer(data) ? data : Buffer.alloc(0)));
    });
    server.sendBytes(Buffer.concat([framed('97010100a00080c2'), framed('9303a6737461747573a131')]));
    // Array of 4, type 2, empty error, empty extension map, a text of 36 bytes.
    expect((await first).subarray(1, 7).toString('hex')).toBe('9402a080d924');
    expect(await server.expect(2)).toBeDefined();
    expect(await server.expect(3)).toEqual({
      type: 3,
      values: ['status', '0', 'clientcount', '0', 'servercount', '1'],
    });
  });

  test('a request may come byte by byte', async () => {
    await using service = await start();
    using server = await FakeAppServer.connect(service, { handshake: false });
    for (const byte of framed('96010100a00080')) server.sendBytes(Buffer.from([byte]));
    expect(await server.messages.next()).toMatchObject({ type: 2 });
  });

  test.each([
    { what: 'another version', hex: '97010200a00080c2', error: 'Unsupported protocol version: 2.' },
    { what: 'version 0', hex: '920100', error: 'Unsupported protocol version: 0.' },
    { what: 'an unknown type', hex: '97010103a00080c2', error: 'Unknown server connection type: 3.' },
    { what: 'vector 2, nobody asked for it', hex: '94010101a3616263', error: 'On-demand connection is not needed.' },
    {
      what: 'vector 5, nobody asked for it',
      hex: '96010101a36162630080',
      error: 'On-demand connection is not needed.',
    },
  ])('$what is refused with a text, then 1000', async ({ hex, error }) => {
    const events = new RecordedEvents();
    await using service = await start({ onEvent: events.listener });
    using server = await FakeAppServer.connect(service, { handshake: false });
    server.sendBytes(framed(hex));
    expect(await server.messages.next()).toEqual({ type: 2, error });
    expect(await server.closed).toBe(1000);
    expect(await events.next('serverRefused')).toMatchObject({ serverConnectionId: server.cid, reason: error });
    expect(events.of('serverConnected')).toEqual([]);
  });

  test('anything else first is refused', async () => {
    await using service = await start();
    using server = await FakeAppServer.connect(service, { handshake: false });
    server.send({ type: 10, excludedConnectionIds: [], payloads: call('x') });
    expect(await server.messages.next()).toEqual({ type: 15, message: 'A handshake request must come first.' });
    expect(await server.closed).toBe(1000);
  });

  test('a second request ends the connection and its clients', async () => {
    await using service = await start();
    using server = await FakeAppServer.connect(service);
    using client = await RawClient.connect(service);
    await server.expect(4);
    server.sendBytes(framed('97010100a00080c2'));
    expect(await server.expect(15)).toEqual({ type: 15, message: 'A handshake request came twice.' });
    expect(await server.closed).toBe(1000);
    expect(await client.message()).toMatchObject({ type: 7, allowReconnect: true });
  });

  test('a connection without one is dropped after fifteen seconds', async () => {
    using clock = new Clock();
    const events = new RecordedEvents();
    await using service = await start({ onEvent: events.listener });
    using silent = await FakeAppServer.connect(service, { handshake: false });
    using late = await FakeAppServer.connect(service, { handshake: false });
    clock.advance(14_999);
    late.sendBytes(framed('97010100a00080c2'));
    await late.expect(2);
    clock.advance(1);
    expect(await silent.closed).toBe(1006);
    expect(await events.next('serverClosed')).toMatchObject({
      serverConnectionId: silent.cid,
      reason: 'No handshake request came in time.',
    });
    await late.settled();
  });
});

describe('kinds of server connections', () => {
  test('a weak one gets no clients, and may send everything', async () => {
    await using service = await start();
    using weak = await FakeAppServer.connect(service, WEAK);
    using server = await FakeAppServer.connect(service);
    using client = await RawClient.connect(service, { userId: 'ann' });
    const { connectionId } = await server.expect(4);
    weak.send({ type: 18, connectionId, group: 'g', ackId: 1 });
    expect(await weak.ack(1)).toBe(1);
    weak.send({ type: 13, group: 'g', excludedConnectionIds: [], excludedUserIds: [], payloads: call('group') });
    weak.send({ type: 8, userId: 'ann', payloads: call('user') });
    weak.send({ type: 10, excludedConnectionIds: [], payloads: call('all') });
    weak.send({ type: 5, connectionId, error: 'bye', headers: [] });
    for (const target of ['group', 'user', 'all']) expect(await client.message()).toMatchObject({ target });
    expect(await client.message()).toEqual({ type: 7, error: 'bye', allowReconnect: true });
    expect(await server.expect(5)).toMatchObject({ connectionId, error: 'bye' });
  });

  test('with a weak one alone a client finds no app server', async () => {
    await using service = await start();
    using _weak = await FakeAppServer.connect(service, WEAK);
    using client = await RawClient.connect(service, { handshake: false });
    client.sendText('{"protocol":"json","version":1}\x1e');
    expect((await client.message())['error']).toMatch(/app servers are not connected/);
  });

  test('an on-demand one is taken when it was asked of this instance', async () => {
    await using service = await start();
    using server = await FakeAppServer.connect(service);
    using _client = await RawClient.connect(service);
    const { headers } = await server.expect(4);
    const target = headers.find(({ name }) => name === 'Asrs-Instance-Id')?.values[0] ?? 'none';
    const onDemand = { connectionType: ServerConnectionType.OnDemand };
    for (const wrong of [{}, { target: '' }, { target: `${target}0` }]) {
      await expect(FakeAppServer.connect(service, { ...onDemand, ...wrong })).rejects.toThrow(
        'On-demand connection is not needed.',
      );
    }
    using second = await FakeAppServer.connect(service, { ...onDemand, target });
    using client = await RawClient.connect(service);
    expect((await second.expect(4)).connectionId).toBe(client.connectionId);
  });
});

describe('pings', () => {
  test('the service pings every five seconds', async () => {
    using clock = new Clock();
    await using service = await start();
    using server = await FakeAppServer.connect(service);
    clock.advance(4999);
    await server.settled();
    expect(server.keepAlives.rest).toEqual([]);
    for (let ping = 1; ping <= 3; ping++) {
      clock.advance(ping === 1 ? 1 : 5000);
      await server.keepAlives.next();
      await server.settled();
      expect(server.keepAlives.rest).toEqual([]);
    }
  });

  test('a server that was silent for thirty seconds is dropped, with its clients; others are not', async () => {
    using clock = new Clock();
    const events = new RecordedEvents();
    await using service = await start({ onEvent: events.listener });
    using silent = await FakeAppServer.connect(service);
    using lost = await RawClient.connect(service);
    await silent.expect(4);
    using alive = await FakeAppServer.connect(service);
    using kept = await RawClient.connect(service);
    await silent.settled();
    const { connectionId } = await alive.expect(4);
    clock.advance(29_999);
    alive.send({ type: 3, values: [] });
    await alive.settled();
    clock.advance(1);
    expect(await silent.closed).toBe(1006);
    expect(await lost.message()).toEqual({
      type: 7,
      error: 'Connection closed with an error.',
      allowReconnect: true,
    });
    expect(await lost.closed).toBe(1000);
    expect(events.of('serverClosed')).toMatchObject([
      { serverConnectionId: silent.cid, reason: 'The app server was silent for too long.', clients: 1 },
    ]);
    alive.sendText(connectionId, '{"type":6}\x1e');
    expect(await kept.message()).toEqual({ type: 6 });
  });

  test('any message is a sign of life, even one that is ignored', async () => {
    using clock = new Clock();
    const events = new RecordedEvents();
    await using service = await start({ onEvent: events.listener });
    using server = await FakeAppServer.connect(service);
    // Of each type only the first is told of.
    for (const unknown of ['9129', '912a', '912b']) {
      clock.advance(29_999);
      server.sendBytes(framed(unknown));
      await events.next('serverMessageIgnored');
    }
    await server.settled();
    expect(events.of('serverClosed')).toEqual([]);
  });

  test('status tells clients and server connections of the hub', async () => {
    await using service = await start();
    using server = await FakeAppServer.connect(service);
    using other = await FakeAppServer.connect(service, { hub: 'other' });
    using _client = await RawClient.connect(service);
    await server.expect(4);
    server.send({ type: 3, values: ['status', '1'] });
    expect((await server.expect(3)).values).toEqual(['status', '1', 'clientcount', '1', 'servercount', '1']);
    other.send({ type: 3, values: ['status', '1'] });
    expect((await other.expect(3)).values).toEqual(['status', '0', 'clientcount', '0', 'servercount', '1']);
  });

  test('servers lists ids sorted, each once, with a timestamp that grows', async () => {
    await using service = await start();
    using one = await FakeAppServer.connect(service, { serverId: 'b_1' });
    using _two = await FakeAppServer.connect(service, { serverId: 'a_1' });
    using _again = await FakeAppServer.connect(service, { serverId: 'b_1' });
    using _weak = await FakeAppServer.connect(service, { ...WEAK, serverId: 'weak_1' });
    using _elsewhere = await FakeAppServer.connect(service, { hub: 'other', serverId: 'c_1' });
    const asked = { type: 3, values: ['servers', ''] } as const;
    one.send(asked, asked, asked);
    const answers = [await one.expect(3), await one.expect(3), await one.expect(3)].map(({ values }) => values);
    const stamps = answers.map(([key, value]) => {
      expect(key).toBe('servers');
      expect(value?.split(':')[1]).toBe('a_1;b_1;weak_1');
      return Number(value?.split(':')[0]);
    });
    expect(new Set(stamps).size).toBe(3);
    expect(stamps).toEqual(stamps.toSorted((a, b) => a - b));
  });

  test('a server that left is not listed any more', async () => {
    const events = new RecordedEvents();
    await using service = await start({ onEvent: events.listener });
    using stays = await FakeAppServer.connect(service, { serverId: 'stays' });
    using leaves = await FakeAppServer.connect(service, { serverId: 'leaves' });
    leaves.close();
    await events.next('serverClosed');
    stays.send({ type: 3, values: ['servers', ''] });
    expect((await stays.expect(3)).values[1]).toMatch(/^\d+:stays$/);
  });

  test.each([
    { what: 'an echo', values: ['echo', 'abc'] },
    { what: 'client counts', values: ['#clientInHub', '7', '#client', '3'] },
    { what: 'a finack', values: ['shutdown', 'finack'] },
    { what: 'an unknown key', values: ['who', 'knows'] },
    { what: 'a key without a value', values: ['echo'] },
  ])('$what is not answered', async ({ values }) => {
    await using service = await start();
    using server = await FakeAppServer.connect(service);
    server.send({ type: 3, values });
    await server.settled();
    expect(server.messages.rest).toEqual([]);
    using _client = await RawClient.connect(service);
    await server.expect(4);
  });
});

describe('shutdown', () => {
  test.each(['fin:0', 'fin:1', 'fin:2'])('%s is acknowledged, and no new clients come', async (mode) => {
    const events = new RecordedEvents();
    await using service = await start({ onEvent: events.listener });
    using staying = await FakeAppServer.connect(service);
    using _first = await RawClient.connect(service);
    await staying.expect(4);
    using leaving = await FakeAppServer.connect(service);
    leaving.send({ type: 3, values: ['shutdown', mode] });
    expect(await leaving.expect(3)).toEqual({ type: 3, values: ['shutdown', 'finack'] });
    expect(events.of('serverShutdownAnnounced')).toMatchObject([{ serverConnectionId: leaving.cid, mode }]);
    for (let client = 0; client < 3; client++) {
      using one = await RawClient.connect(service);
      expect((await staying.expect(4)).connectionId).toBe(one.connectionId);
    }
    expect(leaving.messages.rest).toEqual([]);
  });

  test('fin:0 ends the clients of the connection, who may come back, and tells the app server', async () => {
    await using service = await start();
    using leaving = await FakeAppServer.connect(service);
    using mine = await RawClient.connect(service);
    await leaving.expect(4);
    using staying = await FakeAppServer.connect(service);
    using others = await RawClient.connect(service);
    await staying.expect(4);
    leaving.send({ type: 3, values: ['shutdown', 'fin:0'] });
    expect(await leaving.messages.next()).toEqual({ type: 3, values: ['shutdown', 'finack'] });
    expect(await leaving.messages.next()).toMatchObject({ type: 5, connectionId: mine.connectionId, error: '' });
    expect(await mine.message()).toEqual({ type: 7, allowReconnect: true });
    expect(await mine.closed).toBe(1000);
    staying.sendText(others.connectionId, '{"type":6}\x1e');
    expect(await others.message()).toEqual({ type: 6 });
  });

  test.each(['fin:1', 'fin:2'])('with %s clients stay while their connection does', async (mode) => {
    await using service = await start();
    using leaving = await FakeAppServer.connect(service);
    using client = await RawClient.connect(service);
    await leaving.expect(4);
    leaving.send({ type: 3, values: ['shutdown', mode] });
    await leaving.expect(3);
    client.sendText('{"type":6}\x1e');
    expect(await leaving.expectText(client.connectionId)).toBe('{"type":6}\x1e');
    leaving.sendText(client.connectionId, '{"type":3,"invocationId":"1"}\x1e');
    expect(await client.message()).toEqual({ type: 3, invocationId: '1' });
    leaving.close();
    expect(await client.message()).toMatchObject({ type: 7, allowReconnect: true });
  });

  test('each fin is acknowledged, a repeated one too', async () => {
    await using service = await start();
    using server = await FakeAppServer.connect(service);
    for (let turn = 0; turn < 3; turn++) {
      server.send({ type: 3, values: ['shutdown', 'fin:2'] });
      expect((await server.expect(3)).values).toEqual(['shutdown', 'finack']);
    }
  });

  test('when all leave, a new client finds no app server', async () => {
    await using service = await start();
    using server = await FakeAppServer.connect(service);
    server.send({ type: 3, values: ['shutdown', 'fin:2'] });
    await server.expect(3);
    using client = await RawClient.connect(service, { handshake: false });
    client.sendText('{"protocol":"json","version":1}\x1e');
    expect((await client.message())['error']).toMatch(/app servers are not connected/);
  });
});
