// upstream-and-emulator 2.2, 2.4, 2.5 as a client and an upstream see them, with the service between.
import { type HubMessage, type HubProtocol, jsonHubProtocol } from '@signalite/protocol';
import { messagePackHubProtocol } from '@signalite/protocol/messagepack';
import { ServiceModeName, type ServiceOptions, startService } from 'signalite';
import { describe, expect, test } from 'vitest';
import { messagesIn } from './support/hub-messages.ts';
import { RawClient, type RawClientOptions } from './support/raw-client.ts';
import { RecordedEvents } from './support/recorded-events.ts';
import { type UpstreamHandler, UpstreamListener } from './support/upstream-listener.ts';

const PROTOCOLS = [jsonHubProtocol, messagePackHubProtocol];

/** A service whose upstream is a listener of the test. */
async function start({ handler, ...options }: ServiceOptions & { handler?: UpstreamHandler } = {}) {
  const upstream = await UpstreamListener.start(handler);
  const events = new RecordedEvents();
  const service = await startService({
    host: '127.0.0.1',
    port: 0,
    timers: { sweepMs: 5 },
    upstream: [{ urlTemplate: `${upstream.url}/{event}` }],
    onEvent: events.listener,
    ...options,
  });
  return {
    service,
    upstream,
    events,
    /** Connects a client whose `connected` event has arrived. */
    async connect(clientOptions?: RawClientOptions) {
      const client = await RawClient.connect(service, clientOptions);
      await upstream.calls.find(({ url }) => url === '/connected');
      return client;
    },
    async [Symbol.asyncDispose]() {
      await service.close();
      await upstream[Symbol.asyncDispose]();
    },
  };
}

function say(client: RawClient, protocol: HubProtocol, message: HubMessage): void {
  client.webSocket.send(protocol.encode(message));
}

/** Answers with a body and no more headers than it takes. */
function answerWith(status: number, body: Uint8Array = Buffer.alloc(0)): UpstreamHandler {
  return ({ url }, response) => {
    if (url === '/connected') response.end();
    else response.writeHead(status).end(body);
  };
}

test('upstream settings alone make it Serverless', async () => {
  await using all = await start();
  expect(all.service.serviceMode).toBe(ServiceModeName.Serverless);
});

describe.each(PROTOCOLS)('a $name client', (protocol) => {
  const invocation = { type: 1, invocationId: '1', target: 'Add', arguments: [1, 2] } as const;

  test('calls the upstream with its own bytes, without framing', async () => {
    await using all = await start();
    using client = await all.connect({ protocol: protocol.name });
    say(client, protocol, { ...invocation, headers: { a: 'b' } });
    const call = await all.upstream.calls.next();
    const framed = Buffer.from(protocol.encode({ ...invocation, headers: { a: 'b' } }));
    const isText = protocol.name === 'json';
    expect(call.body).toEqual(isText ? framed.subarray(0, -1) : framed.subarray(1));
    expect(call).toMatchObject({
      url: '/Add',
      headers: {
        'content-type': isText ? 'application/json' : 'application/x-msgpack',
        'x-asrs-connection-id': client.connectionId,
        'x-asrs-hub': 'chat',
        'x-asrs-category': 'messages',
        'x-asrs-event': 'Add',
      },
    });
  });

  test.each([
    { what: '200 without a body', handler: answerWith(200), expected: {} },
    { what: '204', handler: answerWith(204), expected: {} },
    { what: '404', handler: answerWith(404), expected: { error: 'Invocation failed, status code 404' } },
    { what: '500', handler: answerWith(500), expected: { error: 'Invocation failed, status code 500' } },
    {
      what: 'a framed Completion',
      handler: answerWith(200, protocol.encode({ type: 3, invocationId: '1', result: [3, 'é'] })),
      expected: { result: [3, 'é'] },
    },
    {
      what: 'a Completion for another invocation',
      handler: answerWith(200, protocol.encode({ type: 3, invocationId: '2', result: 3 })),
      expected: { error: 'Invocation failed, invalid response from upstream.' },
    },
    {
      what: 'two messages',
      handler: answerWith(
        200,
        Buffer.concat([
          protocol.encode({ type: 3, invocationId: '1', result: 3 }),
          protocol.encode({ type: 3, invocationId: '1', result: 4 }),
        ]),
      ),
      expected: { error: 'Invocation failed, invalid response from upstream.' },
    },
    {
      what: 'something else',
      handler: answerWith(200, Buffer.from('<html>')),
      expected: { error: 'Invocation failed, invalid response from upstream.' },
    },
    {
      what: 'more than may be',
      handler: answerWith(200, Buffer.alloc(20_001)),
      expected: { error: 'Invocation failed, response too large.' },
    },
    {
      what: 'nothing, the connection being reset',
      handler: (({ url }, response) => (url === '/connected' ? response.end() : response.destroy())) as UpstreamHandler,
      expected: { error: 'Invocation failed, status code 500' },
    },
  ])('that the upstream answers with $what', async ({ handler, expected }) => {
    await using all = await start({ handler, limits: { upstreamResponseBytes: 20_000 } });
    using client = await all.connect({ protocol: protocol.name });
    say(client, protocol, invocation);
    expect(messagesIn(await client.frames.next())).toEqual([{ type: 3, invocationId: '1', ...expected }]);
  });

  test('hears nothing of what it only sent', async () => {
    await using all = await start({ handler: answerWith(500, Buffer.from('no')) });
    using client = await all.connect({ protocol: protocol.name });
    say(client, protocol, { type: 1, target: 'Say', arguments: [] });
    say(client, protocol, invocation);
    expect(messagesIn(await client.frames.next())).toMatchObject([{ type: 3, invocationId: '1' }]);
    expect(client.frames.rest).toEqual([]);
  });

  test('is told when nothing matches its call', async () => {
    await using all = await start({ upstream: [{ urlTemplate: 'http://127.0.0.1:1/', eventPattern: 'Other' }] });
    using client = await RawClient.connect(all.service, { protocol: protocol.name });
    say(client, protocol, invocation);
    expect(messagesIn(await client.frames.next())).toEqual([
      {
        type: 3,
        invocationId: '1',
        error: "Invocation failed, no upstream matches hub 'chat', category 'messages', event 'Add'.",
      },
    ]);
  });
});

test('a JSON answer without its separator is mended', async () => {
  await using all = await start({ handler: answerWith(200, Buffer.from('{"type":3,"invocationId":"1","result":5}')) });
  using client = await all.connect();
  client.sendText('{"type":1,"invocationId":"1","target":"Add","arguments":[]}\x1e');
  expect(await client.message()).toEqual({ type: 3, invocationId: '1', result: 5 });
});

test('an answer that cannot be used is told in the log, without its body', async () => {
  await using all = await start({ handler: answerWith(200, Buffer.from('secret')) });
  using client = await all.connect();
  client.sendText('{"type":1,"invocationId":"1","target":"Add","arguments":[]}\x1e');
  await client.message();
  expect(all.events.of('upstreamAnswerInvalid')).toEqual([
    {
      name: 'upstreamAnswerInvalid',
      hub: 'chat',
      connectionId: client.connectionId,
      reason: 'The body is not a Completion.',
    },
  ]);
});

test('numbers pass digit for digit in both directions', async () => {
  const answer = '{"type":3,"invocationId":"1","result":12345678901234567890}\x1e';
  await using all = await start({ handler: answerWith(200, Buffer.from(answer)) });
  using client = await all.connect();
  const call = '{"type":1,"invocationId":"1","target":"Add","arguments":[98765432109876543210,1.10]}';
  client.sendText(`${call}\x1e`);
  expect((await all.upstream.calls.next()).body.toString()).toBe(call);
  expect((await client.frames.next()).data.toString()).toBe(answer);
});

describe('order', () => {
  test('connected comes first, then fifty sends as they were sent, then disconnected', async () => {
    await using all = await start();
    const client = await RawClient.connect(all.service, { userId: 'ann' });
    const names = Array.from({ length: 50 }, (_, index) => `m${index}`);
    for (const name of names) client.sendText(`{"type":1,"target":"${name}","arguments":[]}\x1e`);
    client.webSocket.close(1000);
    const urls: string[] = [];
    for (let calls = 0; calls < 52; calls++) {
      const { url, headers } = await all.upstream.calls.next();
      expect(headers['x-asrs-user-id']).toBe('ann');
      urls.push(url);
    }
    expect(urls).toEqual(['/connected', ...names.map((name) => `/${name}`), '/disconnected']);
  });

  test('pings and sends of others reach a client whose call hangs', async () => {
    const held: (() => void)[] = [];
    await using all = await start({
      handler: ({ url }, response) => void (url === '/Hang' ? held.push(() => response.end()) : response.end()),
      timers: { sweepMs: 5, keepAliveMs: 20 },
    });
    using client = await all.connect();
    client.sendText('{"type":1,"invocationId":"1","target":"Hang","arguments":[]}\x1e');
    expect(await client.message()).toEqual({ type: 6 });
    expect(held).toHaveLength(1);
    for (const release of held) release();
    await expect.poll(() => client.message()).toEqual({ type: 3, invocationId: '1' });
  });

  test('a client that calls faster than the upstream answers is not read for a while, and loses nothing', async () => {
    const held: (() => void)[] = [];
    await using all = await start({
      handler: ({ url }, response) => void (url === '/First' ? held.push(() => response.end()) : response.end()),
      limits: { upstreamCalls: 4 },
    });
    using client = await all.connect();
    client.sendText('{"type":1,"target":"First","arguments":[]}\x1e');
    for (let index = 0; index < 40; index++) client.sendText(`{"type":1,"target":"m${index}","arguments":[]}\x1e`);
    expect((await all.upstream.calls.next()).url).toBe('/First');
    for (const release of held) release();
    for (let index = 0; index < 40; index++) expect((await all.upstream.calls.next()).url).toBe(`/m${index}`);
  });
});

describe('disconnected', () => {
  test.each([
    { how: 'a close frame', leave: ({ webSocket }: RawClient) => webSocket.close(1000), error: undefined },
    { how: 'no word', leave: ({ webSocket }: RawClient) => webSocket.terminate(), error: undefined },
    { how: 'goodbye', leave: (client: RawClient) => client.sendText('{"type":7}\x1e'), error: undefined },
    { how: 'an error', leave: (client: RawClient) => client.sendText('{"type":7,"error":"sad"}\x1e'), error: 'sad' },
    {
      how: 'a broken message',
      leave: (client: RawClient) => client.sendText('nonsense\x1e'),
      error: 'A hub message could not be read.',
    },
  ])('after a client left with $how', async ({ leave, error }) => {
    await using all = await start();
    using client = await all.connect();
    leave(client);
    const { url, body } = await all.upstream.calls.next();
    expect(url).toBe('/disconnected');
    expect(JSON.parse(body.toString())).toEqual({ Type: 11, ...(error === undefined ? {} : { Error: error }) });
  });

  test('not without a hub handshake', async () => {
    await using all = await start();
    const early = await RawClient.connect(all.service, { handshake: false });
    early.webSocket.close(1000);
    await early.closed;
    using _later = await all.connect();
    expect(all.upstream.calls.rest).toEqual([]);
  });

  test('for everybody when the service stops', async () => {
    const all = await start();
    for (let clients = 0; clients < 3; clients++) await all.connect();
    await all.service.close();
    expect(all.upstream.calls.rest.map(({ url }) => url)).toEqual(['/disconnected', '/disconnected', '/disconnected']);
    await all.upstream[Symbol.asyncDispose]();
  });
});

test('streams go to the upstream when asked for', async () => {
  await using all = await start({ upstreamStreams: true });
  using client = await all.connect();
  client.sendText('{"type":4,"invocationId":"1","target":"Count","arguments":[]}\x1e');
  expect((await all.upstream.calls.next()).url).toBe('/Count');
  expect(await client.message()).toEqual({ type: 3, invocationId: '1' });
});

test('the issuer of bearer tokens is published', async () => {
  await using all = await start();
  const configuration = await fetch(`${all.service.url}/.well-known/openid-configuration`).then((answer) =>
    answer.json(),
  );
  expect(configuration).toMatchObject({ jwks_uri: `${all.service.url}/.well-known/jwks.json` });
  expect(await fetch(configuration.jwks_uri).then((answer) => answer.json())).toMatchObject({ keys: [{ kty: 'RSA' }] });
});
