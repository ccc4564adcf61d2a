// service-protocol 9; texts of client-protocol 6.7.
import { jsonHubProtocol } from '@signalite/protocol';
import { messagePackHubProtocol } from '@signalite/protocol/messagepack';
import { type Payload, ServerConnectionType, type ServiceMessage } from '@signalite/protocol/service';
import { type Service, startService } from 'signalite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Clock } from './support/clock.ts';
import { type AppServerOptions, FakeAppServer } from './support/fake-app-server.ts';
import { messagesIn } from './support/hub-messages.ts';
import { payloadsOf } from './support/payloads.ts';
import { RawClient, type RawClientOptions } from './support/raw-client.ts';
import { RecordedEvents } from './support/recorded-events.ts';

const COMPLETION = { type: 3, invocationId: 'inv', result: 42 } as const;

let clock: Clock;
let events: RecordedEvents;
let service: Service;
const opened: Disposable[] = [];

beforeEach(async () => {
  clock = new Clock();
  events = new RecordedEvents();
  service = await startService({
    host: '127.0.0.1',
    port: 0,
    timers: { sweepMs: 5, serverSilenceMs: 10 ** 9 },
    limits: { pendingClientResults: 3 },
    onEvent: events.listener,
  });
});

afterEach(async () => {
  for (const one of opened.splice(0).toReversed()) one[Symbol.dispose]();
  await service.close();
  clock[Symbol.dispose]();
});

async function appServer(serverId: string, options: AppServerOptions = {}): Promise<FakeAppServer> {
  const one = await FakeAppServer.connect(service, { serverId, ...options });
  opened.push(one);
  return one;
}

async function client(options: RawClientOptions = {}): Promise<RawClient> {
  const one = await RawClient.connect(service, options);
  opened.push(one);
  return one;
}

/** An app server with a client of its own. */
async function holder(serverId: string, options: RawClientOptions = {}) {
  const server = await appServer(serverId);
  const one = await client(options);
  const { headers } = await server.expect(4);
  return { server, one, connectionId: one.connectionId, headers };
}

function ask(connectionId: string, callerServerId: string, rest: { invocationId?: string; payloads?: Payload[] } = {}) {
  const { invocationId = 'inv' } = rest;
  const payloads = rest.payloads ?? payloadsOf({ type: 1, invocationId, target: 'ask', arguments: [] });
  return { type: 34, invocationId, connectionId, callerServerId, payloads } as const satisfies ServiceMessage;
}

function framed(protocol: typeof jsonHubProtocol): Buffer {
  return Buffer.from(protocol.encode(COMPLETION));
}

test('one server: the answer comes as data, and its report ends the wait without an echo', async () => {
  const { server, one, connectionId } = await holder('s1');
  server.send(ask(connectionId, 's1'));
  expect(await one.message()).toEqual({ type: 1, invocationId: 'inv', target: 'ask', arguments: [] });
  one.webSocket.send(framed(jsonHubProtocol).toString());
  expect(await server.messages.next()).toEqual({ type: 6, connectionId, payload: framed(jsonHubProtocol) });
  server.send({
    type: 35,
    invocationId: 'inv',
    connectionId,
    callerServerId: 's1',
    protocol: 'json',
    payload: new Uint8Array(),
  });
  await server.settled();
  expect(server.messages.rest).toEqual([]);
  // The id is free again.
  server.send(ask(connectionId, 's1'));
  expect(await one.message()).toMatchObject({ invocationId: 'inv' });
});

test('two connections of one server count as one server', async () => {
  const { server, one, connectionId } = await holder('s1');
  const twin = await appServer('s1');
  twin.send(ask(connectionId, 's1'));
  await one.message();
  one.webSocket.send(framed(jsonHubProtocol).toString());
  expect(await server.messages.next()).toMatchObject({ type: 6 });
  await twin.settled();
  expect(twin.messages.rest).toEqual([]);
});

describe('a caller on another server', () => {
  test.each([jsonHubProtocol, messagePackHubProtocol])('gets the result of a $name client', async (protocol) => {
    const { server: s2, one, connectionId, headers } = await holder('s2', { protocol: protocol.name });
    const s1 = await appServer('s1');
    s1.send(ask(connectionId, 's1'));
    const instanceId = headers.find(({ name }) => name === 'Asrs-Instance-Id')?.values[0];
    expect(await s1.messages.next()).toEqual({ type: 37, invocationId: 'inv', connectionId, instanceId });
    expect(messagesIn(await one.frames.next())).toMatchObject([{ type: 1, invocationId: 'inv' }]);
    one.webSocket.send(framed(protocol));
    // The server of the client is told before the answer reaches it.
    expect(await s2.messages.next()).toEqual({
      type: 34,
      invocationId: 'inv',
      connectionId,
      callerServerId: 's1',
      payloads: [],
    });
    const data = await s2.messages.next();
    expect(data).toMatchObject({ type: 6, connectionId, payload: framed(protocol) });
    const report = { invocationId: 'inv', connectionId, protocol: protocol.name, payload: framed(protocol) };
    s2.send({ type: 35, callerServerId: 's2', ...report });
    expect(await s1.messages.next()).toEqual({ type: 35, callerServerId: 's1', ...report });
    await s2.settled();
    expect(s2.messages.rest).toEqual([]);
  });

  test('gets the error that the server of the client reports', async () => {
    const { server: s2, connectionId } = await holder('s2');
    const s1 = await appServer('s1');
    s1.send(ask(connectionId, 's1'));
    await s2.expect(34);
    s2.send({ type: 36, invocationId: 'inv', connectionId, callerServerId: 's2', error: 'no luck' });
    expect(await s1.expect(36)).toEqual({
      type: 36,
      invocationId: 'inv',
      connectionId,
      callerServerId: 's1',
      error: 'no luck',
    });
  });

  test('may be weak', async () => {
    const { server: s2, one, connectionId } = await holder('s2');
    const weak = await appServer('management', { connectionType: ServerConnectionType.Weak });
    weak.send(ask(connectionId, 'management'));
    expect(await weak.messages.next()).toMatchObject({ type: 37, connectionId });
    expect(await one.message()).toMatchObject({ target: 'ask' });
    expect(await s2.expect(34)).toMatchObject({ callerServerId: 'management' });
    const report = { invocationId: 'inv', connectionId, protocol: 'json', payload: framed(jsonHubProtocol) };
    s2.send({ type: 35, callerServerId: 's2', ...report });
    expect(await weak.messages.next()).toEqual({ type: 35, callerServerId: 'management', ...report });
  });

  test('gets the result on another connection of its server when the first is gone', async () => {
    const { server: s2, connectionId } = await holder('s2');
    const asked = await appServer('s1');
    const twin = await appServer('s1');
    asked.send(ask(connectionId, 's1'));
    await s2.expect(34);
    asked.close();
    await events.next('serverClosed');
    const report = { invocationId: 'inv', connectionId, protocol: 'json', payload: framed(jsonHubProtocol) };
    s2.send({ type: 35, callerServerId: 's2', ...report });
    expect(await twin.expect(35)).toEqual({ type: 35, callerServerId: 's1', ...report });
  });

  test('hears nothing more when a report comes twice', async () => {
    const { server: s2, connectionId } = await holder('s2');
    const s1 = await appServer('s1');
    s1.send(ask(connectionId, 's1'));
    await s1.expect(37);
    const report: ServiceMessage = {
      type: 35,
      invocationId: 'inv',
      connectionId,
      callerServerId: 's2',
      protocol: 'json',
      payload: framed(jsonHubProtocol),
    };
    s2.send(report, report, { ...report, invocationId: 'unknown' }, { ...report, connectionId: 'unknown' });
    await s1.expect(35);
    await s2.settled();
    await s1.settled();
    expect(s1.messages.rest).toEqual([]);
  });
});

describe('errors', () => {
  function failure(connectionId: string, error: string, invocationId = 'inv') {
    return { type: 36, invocationId, connectionId, callerServerId: 's1', error };
  }

  test('a connection that does not exist', async () => {
    const server = await appServer('s1');
    server.send(ask('nobody', 's1'));
    expect(await server.messages.next()).toEqual(failure('nobody', "Connection 'nobody' does not exist."));
  });

  test('a connection of another hub does not exist', async () => {
    const { one, connectionId } = await holder('s1');
    const elsewhere = await appServer('s1', { hub: 'other' });
    elsewhere.send(ask(connectionId, 's1'));
    const error = `Connection '${connectionId}' does not exist.`;
    expect(await elsewhere.messages.next()).toEqual(failure(connectionId, error));
    expect(one.frames.rest).toEqual([]);
  });

  test.each(['s1', 's2'])('a client that leaves while %s holds it', async (holderId) => {
    const { one, connectionId } = await holder(holderId);
    const server = await appServer('s1');
    server.send(ask(connectionId, 's1'));
    await one.message();
    one.webSocket.close(1000);
    const error = `Connection '${connectionId}' disconnected.`;
    expect(await server.expect(36)).toEqual(failure(connectionId, error));
  });

  test('a client whose server connection is lost', async () => {
    const { server: s2, connectionId } = await holder('s2');
    const s1 = await appServer('s1');
    s1.send(ask(connectionId, 's1'));
    await s1.expect(37);
    s2.close();
    expect(await s1.expect(36)).toEqual(failure(connectionId, `Connection '${connectionId}' disconnected.`));
  });

  test('no payload for the hub protocol of the client, who is not asked', async () => {
    const { server: s2, one, connectionId } = await holder('s2', { protocol: 'messagepack' });
    const s1 = await appServer('s1');
    const payloads = [{ protocol: 'json', data: framed(jsonHubProtocol) }];
    s1.send(ask(connectionId, 's1', { payloads }));
    const error = `No payload for the hub protocol of connection '${connectionId}'.`;
    expect(await s1.messages.next()).toEqual(failure(connectionId, error));
    await s2.settled();
    expect(s2.messages.rest).toEqual([]);
    expect(one.frames.rest).toEqual([]);
  });

  test('no answer in ten minutes; a late one is ignored', async () => {
    const { server: s2, connectionId } = await holder('s2');
    const s1 = await appServer('s1');
    s1.send(ask(connectionId, 's1'));
    await s2.expect(34);
    clock.advance(599_999);
    await s1.settled();
    expect(s1.messages.rest).toMatchObject([{ type: 37 }]);
    clock.advance(1);
    expect(await s1.expect(36)).toEqual(failure(connectionId, 'Invocation timed out.'));
    const report = { invocationId: 'inv', connectionId, protocol: 'json', payload: framed(jsonHubProtocol) };
    s2.send({ type: 35, callerServerId: 's2', ...report });
    await s2.settled();
    await s1.settled();
    expect(s1.messages.rest).toMatchObject([{ type: 37 }]);
  });

  test('more at once than the limit; the client is not asked for those', async () => {
    const { server, one, connectionId } = await holder('s1');
    const ids = ['1', '2', '3', '4'];
    server.send(...ids.map((invocationId) => ask(connectionId, 's1', { invocationId })));
    const error = 'Too many client results are pending.';
    expect(await server.messages.next()).toEqual(failure(connectionId, error, '4'));
    for (const invocationId of ['1', '2', '3']) expect(await one.message()).toMatchObject({ invocationId });
    // An answer makes room.
    const report = { invocationId: '1', connectionId, protocol: 'json', payload: new Uint8Array() };
    server.send({ type: 35, callerServerId: 's1', ...report }, ask(connectionId, 's1', { invocationId: '5' }));
    expect(await one.message()).toMatchObject({ invocationId: '5' });
  });

  test('an id that is in use', async () => {
    const { server, connectionId } = await holder('s1');
    server.send(ask(connectionId, 's1'), ask(connectionId, 's1'));
    const error = "Invocation id 'inv' is already in use.";
    expect(await server.messages.next()).toEqual(failure(connectionId, error));
  });
});

test('a client that is asked before its handshake is answered sees the question after the answer', async () => {
  const server = await appServer('s1', { answersHubHandshake: false });
  const one = await client({ handshake: false });
  one.sendText('{"protocol":"json","version":1}\x1e');
  const { connectionId } = await server.expect(4);
  server.send(ask(connectionId, 's1'), { type: 6, connectionId, payload: Buffer.from('{}\x1e'), dataType: 1 });
  expect(await one.message()).toEqual({});
  expect(await one.message()).toMatchObject({ target: 'ask' });
});
