// client-protocol 2.3, 5.4, 5.5; service-protocol 7.4, 7.5, 12.6.
import { type ServiceOptions, startService } from 'signalite';
import { describe, expect, test } from 'vitest';
import { type AppServerOptions, FakeAppServer } from './support/fake-app-server.ts';
import { messagesIn } from './support/hub-messages.ts';
import { call, callText } from './support/payloads.ts';
import { RawClient, type RawClientOptions } from './support/raw-client.ts';
import { RecordedEvents } from './support/recorded-events.ts';
import { socketClients } from './support/socket-client.ts';

const KIB = 1024;
const CLOSE_SENT = 4;

interface Setup extends ServiceOptions {
  readonly server?: AppServerOptions;
  readonly client?: RawClientOptions;
}

function start(options: ServiceOptions = {}) {
  return startService({ host: '127.0.0.1', port: 0, timers: { sweepMs: 5 }, ...options });
}

/** A service with one app server and one client that did its handshake. */
async function startWithClient({ server: serverOptions, client: clientOptions, ...options }: Setup = {}) {
  const events = new RecordedEvents();
  const service = await start({ onEvent: events.listener, ...options });
  const server = await FakeAppServer.connect(service, serverOptions);
  const client = await RawClient.connect(service, clientOptions);
  await server.expect(4);
  return {
    service,
    server,
    client,
    events,
    connectionId: client.connectionId,
    async [Symbol.asyncDispose]() {
      client[Symbol.dispose]();
      server[Symbol.dispose]();
      await service.close();
    },
  };
}

/** All that a client gets until its end, as text. */
async function textUntilClosed(client: RawClient): Promise<string> {
  expect(await client.closed).toBe(1000);
  return client.frames.rest.map(({ data }) => data.toString()).join('');
}

describe('a client that leaves', () => {
  test.each([
    { how: 'with a close frame', leave: ({ webSocket }: RawClient) => webSocket.close(1000) },
    { how: 'with another code', leave: ({ webSocket }: RawClient) => webSocket.close(4321, 'why not') },
    { how: 'without a word', leave: ({ webSocket }: RawClient) => webSocket.terminate() },
  ])('$how is told to its app server, once', async ({ leave }) => {
    await using all = await startWithClient();
    const { client, server, connectionId, events } = all;
    leave(client);
    expect(await server.expect(5)).toMatchObject({ connectionId, error: '' });
    await server.settled();
    expect(server.messages.rest).toEqual([]);
    expect(events.of('clientClosed')).toEqual([
      {
        name: 'clientClosed',
        hub: 'chat',
        connectionId,
        category: 'Normal',
        reason: 'The client went away.',
      },
    ]);
    await expect.poll(() => all.service.counts.clients).toBe(0);
  });

  test.each([
    { code: undefined, answered: 1000 },
    { code: 4321, answered: 4321 },
  ])('close code $code is answered with $answered', async ({ code, answered }) => {
    await using all = await startWithClient();
    all.client.webSocket.close(code);
    expect(await all.client.closed).toBe(answered);
  });

  test('what it sent before comes before', async () => {
    await using all = await startWithClient();
    const { client, server, connectionId } = all;
    client.sendText('{"type":7}\x1e');
    client.webSocket.close();
    const messages = [await server.messages.next(), await server.messages.next()];
    expect(messages.map(({ type }) => type)).toEqual([6, 5]);
    expect(messages).toMatchObject([{ connectionId }, { connectionId, error: '' }]);
  });

  test('what its app server still says is for nobody', async () => {
    await using all = await startWithClient();
    const { client, server, connectionId, events } = all;
    client.webSocket.terminate();
    await server.expect(5);
    server.sendText(connectionId, '{"type":7,"allowReconnect":true}\x1e');
    server.send({ type: 5, connectionId, error: '', headers: [] });
    await server.settled();
    expect(events.of('clientClosed')).toHaveLength(1);
    expect(all.service.counts.serverConnections).toBe(1);
  });

  test('before its handshake nobody else is told', async () => {
    const events = new RecordedEvents();
    await using service = await start({ onEvent: events.listener });
    using server = await FakeAppServer.connect(service);
    using client = await RawClient.connect(service, { handshake: false });
    client.webSocket.close();
    expect(await events.next('clientClosed')).toMatchObject({ category: 'Normal' });
    await server.settled();
    expect(server.messages.rest).toEqual([]);
  });
});

describe('what a client sends', () => {
  test('is forwarded untouched, garbage too', async () => {
    await using all = await startWithClient();
    const { client, server, connectionId } = all;
    const garbage = Buffer.from([0xff, 0x00, 0x1e, 0xc3, 0x28, 0x7b]);
    // As text it is not even UTF-8.
    for (const binary of [true, false]) {
      client.webSocket.send(garbage, { binary });
      const data = await server.expect(6);
      expect(data).toMatchObject({ connectionId, payload: garbage });
    }
    server.sendText(connectionId, '{"type":6}\x1e');
    expect(await client.message()).toEqual({ type: 6 });
  });

  test('in fragments is put together', async () => {
    await using all = await startWithClient();
    const { client, server, connectionId } = all;
    client.webSocket.send('one ', { fin: false });
    client.webSocket.send('two ', { fin: false });
    client.webSocket.send('three', { fin: true });
    expect(await server.expectText(connectionId)).toBe('one two three');
  });

  test('may be as long as the limit, and no longer', async () => {
    await using all = await startWithClient({ limits: { clientMessageBytes: KIB } });
    const { client, server, connectionId, events } = all;
    client.sendText('x'.repeat(KIB));
    expect(await server.expectText(connectionId)).toHaveLength(KIB);
    client.sendText('x'.repeat(KIB + 1));
    expect(await client.closed).toBe(1009);
    expect(await server.expect(5)).toMatchObject({ connectionId, error: 'Message too large.' });
    await server.settled();
    expect(server.messages.rest).toEqual([]);
    expect(events.of('clientClosed').map(({ category }) => category)).toEqual(['BadRequest']);
  });

  test('counts as a whole when it comes in fragments', async () => {
    await using all = await startWithClient({ limits: { clientMessageBytes: KIB } });
    const { client, server } = all;
    client.webSocket.send('x'.repeat(KIB), { fin: false });
    client.webSocket.send('x', { fin: true });
    expect(await client.closed).toBe(1009);
    expect((await server.expect(5)).error).toBe('Message too large.');
  });

  test('that breaks the WebSocket protocol ends it', async () => {
    const events = new RecordedEvents();
    await using service = await start({ onEvent: events.listener });
    using server = await FakeAppServer.connect(service);
    using client = await (await socketClients(service))(() => undefined);
    const { connectionId } = await server.expect(4);
    client.sendBytes(Buffer.from([0x83, 0x80, 0, 0, 0, 0]));
    expect(await server.expect(5)).toMatchObject({ connectionId });
    expect(events.of('clientClosed')).toHaveLength(1);
  });
});

describe('an app server that ends a client', () => {
  const generations = ['old', 'new'] as const;

  test.each(generations)('with a Close message, %s generation: no other is written', async (generation) => {
    await using all = await startWithClient({ server: { generation } });
    const { client, server, connectionId, events } = all;
    const text = '{"type":7,"error":"Because.","allowReconnect":true}\x1e';
    const payload = Buffer.from(text);
    server.send(
      { type: 6, connectionId, payload, ...(generation === 'new' ? { dataType: CLOSE_SENT } : {}) },
      { type: 5, connectionId, error: 'Because.', headers: [] },
    );
    expect(await textUntilClosed(client)).toBe(text);
    await server.settled();
    // It knows already.
    expect(server.messages.rest).toEqual([]);
    expect(events.of('clientClosed').map(({ category }) => category)).toEqual(['ClosedByAppServer']);
  });

  test.each(generations)(
    'without one, %s generation: the service writes it, never to reconnect',
    async (generation) => {
      for (const [error, frame] of [
        ['', '{"type":7}\x1e'],
        ['Because.', '{"type":7,"error":"Because."}\x1e'],
      ] as const) {
        await using all = await startWithClient({ server: { generation } });
        const { client, server, connectionId } = all;
        server.sendText(connectionId, '{"type":6}\x1e');
        server.send({ type: 5, connectionId, error, headers: [] });
        expect(await textUntilClosed(client)).toBe(`{"type":6}\x1e${frame}`);
      }
    },
  );

  test('old generation, Close at the end of several messages', async () => {
    await using all = await startWithClient({ server: { generation: 'old' } });
    const { client, server, connectionId } = all;
    const text = '{"type":3,"invocationId":"1"}\x1e{"type":7}\x1e';
    server.sendText(connectionId, text);
    server.send({ type: 5, connectionId, error: '', headers: [] });
    expect(await textUntilClosed(client)).toBe(text);
  });

  test('in MessagePack', async () => {
    await using all = await startWithClient({ client: { protocol: 'messagepack' } });
    const { client, server, connectionId } = all;
    server.send({ type: 5, connectionId, error: 'Because.', headers: [] });
    const last = await client.frames.next();
    expect(last.isBinary).toBe(true);
    expect(messagesIn(last)).toEqual([{ type: 7, error: 'Because.' }]);
    expect(await client.closed).toBe(1000);
  });

  test('what was sent before it comes before, what comes after it is for nobody', async () => {
    await using all = await startWithClient();
    const { client, server, connectionId } = all;
    const payload = Buffer.from('{"type":7}\x1e');
    server.send(
      { type: 10, excludedConnectionIds: [], payloads: call('before') },
      { type: 6, connectionId, payload, dataType: CLOSE_SENT },
      { type: 10, excludedConnectionIds: [], payloads: call('after') },
      { type: 5, connectionId, error: '', headers: [] },
      { type: 10, excludedConnectionIds: [], payloads: call('much later') },
    );
    expect(await textUntilClosed(client)).toBe(`${callText('before')}{"type":7}\x1e`);
  });

  test('a client that does not answer the close frame is dropped', async () => {
    await using service = await start({ timers: { sweepMs: 5, closeMs: 30 } });
    using server = await FakeAppServer.connect(service);
    using _client = await (await socketClients(service))(() => undefined);
    const { connectionId } = await server.expect(4);
    server.send({ type: 5, connectionId, error: '', headers: [] });
    await server.settled();
    expect(service.counts.clients).toBe(1);
    await expect.poll(() => service.counts.clients).toBe(0);
  });
});

describe('a lost server connection', () => {
  test.each(['json', 'messagepack'])('ends its clients, to come back (%s)', async (protocol) => {
    await using all = await startWithClient({ client: { protocol } });
    const { client, server, events } = all;
    using other = await FakeAppServer.connect(all.service);
    using kept = await RawClient.connect(all.service);
    await other.expect(4);
    server.webSocket.terminate();
    expect(messagesIn(await client.frames.next())).toEqual([
      { type: 7, error: 'Connection closed with an error.', allowReconnect: true },
    ]);
    expect(await client.closed).toBe(1000);
    expect(events.of('clientClosed').map(({ category }) => category)).toEqual(['ServerConnectionClosed']);
    other.sendText(kept.connectionId, '{"type":6}\x1e');
    expect(await kept.message()).toEqual({ type: 6 });
  });
});
