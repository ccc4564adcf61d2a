// upstream-and-emulator 6; client-protocol 3.1, 3.4, 3.7.
import { jsonHubProtocol } from '@signalite/protocol';
import { messagePackHubProtocol } from '@signalite/protocol/messagepack';
import { ServiceModeName, type ServiceOptions, startService } from 'signalite';
import { describe, expect, test } from 'vitest';
import { Clock } from './support/clock.ts';
import { FakeAppServer } from './support/fake-app-server.ts';
import { upgradeRequest } from './support/http-request.ts';
import { messagesIn } from './support/hub-messages.ts';
import { call } from './support/payloads.ts';
import { RawClient } from './support/raw-client.ts';
import { RecordedEvents } from './support/recorded-events.ts';
import { makeToken, sdkAudience } from './support/tokens.ts';

const { Serverless, Classic } = ServiceModeName;
const WEAK = 2;

function start(serviceMode: ServiceModeName, options: ServiceOptions = {}) {
  return startService({ host: '127.0.0.1', port: 0, timers: { sweepMs: 5 }, serviceMode, ...options });
}

/** All that a client gets until its end, as text. */
async function textUntilClosed(client: RawClient): Promise<string> {
  expect(await client.closed).toBe(1000);
  return client.frames.rest.map(({ data }) => data.toString()).join('');
}

describe('Serverless: the service answers', () => {
  test.each(['json', 'JSON', 'messagepack'])('the hub handshake for %s', async (protocol) => {
    const events = new RecordedEvents();
    await using service = await start(Serverless, { onEvent: events.listener });
    using client = await RawClient.connect(service, { protocol });
    expect(events.of('clientAssigned')).toMatchObject([{ connectionId: client.connectionId, serverId: undefined }]);
    expect(service.counts.clients).toBe(1);
  });

  test.each([
    { request: '{"protocol":"xml","version":1}', error: "The protocol 'xml' is not supported." },
    {
      request: '{"protocol":"json","version":3}',
      error: "The server does not support version 3 of the 'json' protocol.",
    },
  ])('$request with an error', async ({ request, error }) => {
    await using service = await start(Serverless);
    using client = await RawClient.connect(service, { handshake: false });
    client.sendText(`${request}\x1e`);
    expect(await textUntilClosed(client)).toBe(`${JSON.stringify({ error })}\x1e`);
  });

  test('goodbye with goodbye', async () => {
    await using service = await start(Serverless);
    using client = await RawClient.connect(service);
    client.sendText('{"type":7}\x1e');
    expect(await textUntilClosed(client)).toBe('{"type":7}\x1e');
  });

  test.each(['garbage', '[]', '{}', '', '{"type":"1"}', '{"type":1,"arguments":[]}'])(
    '%j with the end, and the client may come back',
    async (text) => {
      const events = new RecordedEvents();
      await using service = await start(Serverless, { onEvent: events.listener });
      using client = await RawClient.connect(service);
      client.sendText(`${text}\x1e`);
      expect(await textUntilClosed(client)).toBe(
        '{"type":7,"error":"Connection closed with an error.","allowReconnect":true}\x1e',
      );
      expect(events.of('clientClosed')).toMatchObject([{ category: 'BadRequest' }]);
    },
  );

  test('what means nothing to it with nothing', async () => {
    await using service = await start(Serverless);
    using client = await RawClient.connect(service);
    const odd = ['{"type":6}', '{"type":99}', '{"type":8,"sequenceId":1}', '{"type":3,"invocationId":"x"}'];
    client.sendText(odd.map((text) => `${text}\x1e`).join(''));
    client.sendText('{"type":4,"target":"Count","invocationId":"7","arguments":[]}\x1e');
    expect(await client.message()).toEqual({
      type: 3,
      invocationId: '7',
      error: 'Streaming is not supported in Serverless mode.',
    });
  });

  test('messages in pieces, and several at once', async () => {
    await using service = await start(Serverless);
    using client = await RawClient.connect(service);
    const text =
      '{"type":4,"target":"A","invocationId":"1","arguments":["é"]}\x1e{"type":4,"target":"B","invocationId":"2","arguments":[]}\x1e';
    const bytes = Buffer.from(text);
    for (let at = 0; at < bytes.length; at += 7) client.webSocket.send(bytes.subarray(at, at + 7));
    expect(await client.message()).toMatchObject({ invocationId: '1' });
    expect(await client.message()).toMatchObject({ invocationId: '2' });
  });
});

describe('Serverless: time', () => {
  test('a quiet client gets a ping every fifteen seconds', async () => {
    using clock = new Clock();
    await using service = await start(Serverless);
    using client = await RawClient.connect(service);
    for (let pings = 0; pings < 2; pings++) {
      let steps = 0;
      const advanced = () => {
        clock.advance(5_000);
        steps += 1;
        return client.frames.rest.length;
      };
      await expect.poll(advanced).toBe(1);
      expect(await client.message()).toEqual({ type: 6 });
      // Never after five or ten seconds.
      expect(steps).toBeGreaterThanOrEqual(3);
    }
  });

  test('a client that pinged once is dropped after thirty seconds of silence', async () => {
    using clock = new Clock();
    const events = new RecordedEvents();
    await using service = await start(Serverless, {
      onEvent: events.listener,
      timers: { sweepMs: 5, keepAliveMs: 1e9 },
    });
    using client = await RawClient.connect(service);
    using silent = await RawClient.connect(service);
    client.sendText('{"type":6}\x1e{"type":4,"target":"A","invocationId":"1","arguments":[]}\x1e');
    expect(await client.message()).toMatchObject({ invocationId: '1' });
    clock.advance(30_001);
    expect(await textUntilClosed(client)).toBe(
      '{"type":7,"error":"Connection closed with an error.","allowReconnect":true}\x1e',
    );
    expect(events.of('clientClosed')).toMatchObject([{ connectionId: client.connectionId, category: 'PingTimeout' }]);
    await expect.poll(() => service.counts.clients).toBe(1);
    expect(silent.webSocket.readyState).toBe(silent.webSocket.OPEN);
  });
});

describe('Serverless: app servers', () => {
  test.each([0, 1])('of connection type %i are refused in words', async (connectionType) => {
    await using service = await start(Serverless);
    using server = await FakeAppServer.connect(service, { connectionType, handshake: false });
    server.send({ type: 1, version: 1, connectionType, target: '', migrationLevel: 0, allowStatefulReconnects: false });
    expect(await server.expect(2)).toMatchObject({ error: 'Server connection is not allowed in Serverless mode.' });
    expect(await server.closed).toBe(1000);
  });

  test('that try again and again are told of once', async () => {
    const events = new RecordedEvents();
    await using service = await start(Serverless, { onEvent: events.listener });
    for (let tries = 0; tries < 3; tries++) {
      using server = await FakeAppServer.connect(service, { serverId: 'stubborn', handshake: false });
      server.send({ type: 1, version: 1, connectionType: 0, target: '', migrationLevel: 0 });
      expect(await server.closed).toBe(1000);
    }
    expect(events.of('serverRefused')).toHaveLength(1);
  });

  test.each([
    { agent: 'Microsoft.Azure.SignalR/1.34.0 (.NET 10.0.12; Linux; X64)', status: 403 },
    { agent: 'Microsoft.Azure.SignalR.Management/1.34.0 (.NET 10.0.12; Linux; X64)', status: 101 },
    { agent: undefined, status: 101 },
  ])('may be refused at the upgrade: $agent gets $status', async ({ agent, status }) => {
    await using service = await start(Serverless, { refuseServerUpgrade: true });
    const key = /AccessKey=([^;]+)/.exec(service.connectionString)?.[1] ?? '';
    const token = await makeToken({ key, audience: sdkAudience('server', 'chat') });
    const headers = { authorization: `Bearer ${token}`, ...(agent === undefined ? {} : { 'asrs-user-agent': agent }) };
    expect((await upgradeRequest(service, { path: '/server/?hub=chat', headers })).status).toBe(status);
  });

  test('with weak connections are welcome, and reach clients of both hub protocols', async () => {
    await using service = await start(Serverless);
    using server = await FakeAppServer.connect(service, { connectionType: WEAK });
    using json = await RawClient.connect(service);
    using packed = await RawClient.connect(service, { protocol: 'messagepack' });
    server.send({ type: 10, excludedConnectionIds: [], payloads: call('hello', 1) });
    expect(await json.message()).toEqual({ type: 1, target: 'hello', arguments: [1] });
    const [message] = messagesIn(await packed.frames.next());
    expect(message).toMatchObject({ target: 'hello', arguments: [1] });
  });

  test.each([jsonHubProtocol, messagePackHubProtocol])(
    'on weak connections get a result of a $name client',
    async (protocol) => {
      await using service = await start(Serverless);
      using server = await FakeAppServer.connect(service, { connectionType: WEAK });
      using client = await RawClient.connect(service, { protocol: protocol.name });
      const { connectionId } = client;
      const payloads = [
        {
          protocol: protocol.name,
          data: protocol.encode({ type: 1, invocationId: 'i1', target: 'ask', arguments: [] }),
        },
      ];
      server.send({ type: 34, invocationId: 'i1', connectionId, callerServerId: server.serverId, payloads });
      await client.frames.next();
      const answer = protocol.encode({ type: 3, invocationId: 'i1', result: 42 });
      client.webSocket.send(answer);
      expect(await server.expect(35)).toMatchObject({ invocationId: 'i1', connectionId, protocol: protocol.name });
    },
  );
});

describe('Classic', () => {
  test('with an app server is Default', async () => {
    await using service = await start(Classic);
    using server = await FakeAppServer.connect(service);
    using client = await RawClient.connect(service);
    await server.expect(4);
    client.sendText('{"type":6}\x1e');
    expect(await server.expectText(client.connectionId)).toBe('{"type":6}\x1e');
  });

  test('without one answers itself, hub by hub, and decides once', async () => {
    const events = new RecordedEvents();
    await using service = await start(Classic, { onEvent: events.listener });
    using other = await FakeAppServer.connect(service, { hub: 'other' });
    using client = await RawClient.connect(service);
    using server = await FakeAppServer.connect(service);
    client.sendText('{"type":6}\x1e');
    server.send({ type: 10, excludedConnectionIds: [], payloads: call('hello') });
    expect(await client.message()).toMatchObject({ target: 'hello' });
    await Promise.all([other.settled(), server.settled()]);
    expect(events.of('clientAssigned')).toMatchObject([{ serverId: undefined }]);
  });

  test.each([
    { what: 'an invocation', text: '{"type":1,"target":"m","arguments":[]}\x1e' },
    { what: 'a stream', text: '{"type":4,"target":"m","invocationId":"1","arguments":[]}\x1e' },
  ])('without one ends a client that sends $what', async ({ text }) => {
    await using service = await start(Classic);
    using client = await RawClient.connect(service);
    client.sendText(text);
    expect(await textUntilClosed(client)).toBe(
      '{"type":7,"error":"No app server is currently connected to the Azure service."}\x1e',
    );
  });
});
