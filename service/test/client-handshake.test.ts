// client-protocol 1.5, 3.1, 5.4; service-protocol 7.1.
import { type ServiceOptions, startService } from 'signalite';
import { describe, expect, test } from 'vitest';
import { Clock } from './support/clock.ts';
import { FakeAppServer } from './support/fake-app-server.ts';
import { call } from './support/payloads.ts';
import { RawClient, type RawClientOptions } from './support/raw-client.ts';
import { RecordedEvents } from './support/recorded-events.ts';

const KIB = 1024;
const REQUEST = '{"protocol":"json","version":1}\x1e';
const CANCELED = '{"error":"Handshake was canceled."}\x1e';
const MALFORMED = '{"error":"An unexpected error occurred during connection handshake."}\x1e';
function start(options: ServiceOptions = {}) {
  return startService({ host: '127.0.0.1', port: 0, timers: { sweepMs: 5 }, ...options });
}

type Service = Awaited<ReturnType<typeof start>>;

/** A client that sends its handshake itself. */
function connect(service: Service, options: RawClientOptions = {}) {
  return RawClient.connect(service, { handshake: false, ...options });
}

/** An app server that leaves hub handshakes to the test. */
function connectServer(service: Service, serverId?: string) {
  return FakeAppServer.connect(service, {
    answersHubHandshake: false,
    ...(serverId === undefined ? {} : { serverId }),
  });
}

async function text(client: RawClient): Promise<string> {
  return (await client.frames.next()).data.toString();
}

describe('a request', () => {
  test.each([
    { what: 'in one frame', frames: [REQUEST] },
    { what: 'in three frames', frames: ['{"protocol":"js', 'on","version"', ':1}\x1e'] },
    { what: 'with its end in a frame of its own', frames: [REQUEST.slice(0, -1), '\x1e'] },
    { what: 'byte by byte, with empty frames', frames: ['', ...REQUEST, ''] },
    {
      what: 'with unknown properties, in another order',
      frames: ['{"x":{"y":[1]},"version":1,"protocol":"json"}\x1e'],
    },
    { what: 'with white space', frames: [' {\n"protocol" : "json" , "version" : 1 }\t\x1e'] },
    { what: 'of stateful reconnect', frames: ['{"protocol":"json","version":2}\x1e'] },
    { what: 'of a version to come', frames: ['{"protocol":"json","version":99}\x1e'] },
  ])('$what reaches the app server byte by byte the same', async ({ frames }) => {
    await using service = await start();
    using server = await connectServer(service);
    using client = await connect(service);
    for (const frame of frames) client.sendText(frame);
    expect(await server.expect(4)).toMatchObject({ connectionId: client.connectionId, protocol: 'json' });
    expect(await server.expectText(client.connectionId)).toBe(frames.join(''));
    server.sendText(client.connectionId, '{}\x1e');
    expect(await client.frames.next()).toEqual({ data: Buffer.from('{}\x1e'), isBinary: false });
  });

  test('may come in a binary frame', async () => {
    await using service = await start();
    using server = await connectServer(service);
    using client = await connect(service);
    client.webSocket.send(Buffer.from(REQUEST));
    expect(await server.expectText(client.connectionId)).toBe(REQUEST);
    server.sendText(client.connectionId, '{}\x1e');
    expect(await client.frames.next()).toEqual({ data: Buffer.from('{}\x1e'), isBinary: false });
  });

  test.each([
    { named: 'json', protocol: 'json', isBinary: false },
    { named: 'JSON', protocol: 'json', isBinary: false },
    { named: 'messagepack', protocol: 'messagepack', isBinary: true },
    { named: 'MessagePack', protocol: 'messagepack', isBinary: true },
    { named: 'blazorpack', protocol: 'blazorpack', isBinary: true },
    { named: 'my own', protocol: 'my own', isBinary: true },
  ])('of $named is told as $protocol, and answered in frames of its kind', async ({ named, protocol, isBinary }) => {
    const events = new RecordedEvents();
    await using service = await start({ onEvent: events.listener });
    using server = await connectServer(service);
    using client = await connect(service);
    client.sendText(`{"protocol":"${named}","version":1}\x1e`);
    expect((await server.expect(4)).protocol).toBe(protocol);
    server.sendText(client.connectionId, '{}\x1e');
    expect(await client.frames.next()).toEqual({ data: Buffer.from('{}\x1e'), isBinary });
    expect(await events.next('clientAssigned')).toEqual({
      name: 'clientAssigned',
      hub: 'chat',
      connectionId: client.connectionId,
      serverId: server.serverId,
      serverConnectionId: server.cid,
      hubProtocol: protocol,
    });
  });

  test('and what follows it in the same frame are both forwarded', async () => {
    await using service = await start();
    using server = await connectServer(service);
    using client = await connect(service);
    client.sendText(`${REQUEST}{"type":6}\x1e{"type":`);
    client.sendText('6}\x1e');
    expect(await server.expectText(client.connectionId)).toBe(REQUEST);
    expect(await server.expectText(client.connectionId)).toBe('{"type":6}\x1e{"type":');
    expect(await server.expectText(client.connectionId)).toBe('6}\x1e');
  });

  test('may be followed by much, whatever may wait for a client', async () => {
    await using service = await start({ limits: { clientQueueBytes: 1000, handshakeBytes: 100 } });
    using server = await connectServer(service);
    using client = await connect(service);
    const long = `{"type":1,"target":"${'x'.repeat(100_000)}","arguments":[]}\x1e`;
    client.sendText(REQUEST + long);
    expect(await server.expectText(client.connectionId)).toBe(REQUEST);
    expect(await server.expectText(client.connectionId)).toBe(long);
  });

  test('of 32 KiB is taken', async () => {
    await using service = await start();
    using server = await connectServer(service);
    using client = await connect(service);
    const request = REQUEST.replace('}', `,"x":"${'x'.repeat(32 * KIB - REQUEST.length - 7)}"}`);
    expect(request).toHaveLength(32 * KIB);
    client.sendText(request);
    expect(await server.expectText(client.connectionId)).toBe(request);
  });
});

describe('a refused request', () => {
  test.each([
    { what: 'no JSON', request: 'hello\x1e' },
    { what: 'a lone separator', request: '\x1e' },
    { what: 'a list', request: '[]\x1e' },
    { what: 'a text', request: '"json"\x1e' },
    { what: 'null', request: 'null\x1e' },
    { what: 'no protocol', request: '{"version":1}\x1e' },
    { what: 'no version', request: '{"protocol":"json"}\x1e' },
    { what: 'names in another case', request: '{"Protocol":"json","Version":1}\x1e' },
    { what: 'a protocol that is no text', request: '{"protocol":1,"version":1}\x1e' },
    { what: 'a version that is no number', request: '{"protocol":"json","version":"1"}\x1e' },
    { what: 'a version with a fraction', request: '{"protocol":"json","version":1.5}\x1e' },
    { what: 'a hub message', request: '{"type":6}\x1e' },
    { what: 'broken UTF-8', request: Buffer.from([0x22, 0xff, 0x22, 0x1e]) },
  ])('$what is answered with an error, then 1000', async ({ request }) => {
    const events = new RecordedEvents();
    await using service = await start({ onEvent: events.listener });
    using server = await connectServer(service);
    using client = await connect(service);
    client.webSocket.send(request);
    expect(await text(client)).toBe(MALFORMED);
    expect(await client.closed).toBe(1000);
    expect(client.frames.rest).toEqual([]);
    expect(await events.next('clientClosed')).toMatchObject({
      connectionId: client.connectionId,
      category: 'HandshakeError',
    });
    await server.settled();
    expect(server.messages.rest).toEqual([]);
  });

  test.each([
    { what: 'no end', request: 'x'.repeat(32 * KIB + 1) },
    { what: 'an end after its limit', request: `${REQUEST.slice(0, -2)}${' '.repeat(32 * KIB)}}\x1e` },
    { what: 'no end in many frames', request: undefined },
  ])('$what within 32 KiB is canceled at once', async ({ request }) => {
    const events = new RecordedEvents();
    await using service = await start({ onEvent: events.listener });
    using client = await connect(service);
    if (request === undefined) for (let kib = 0; kib < 32; kib++) client.sendText('x'.repeat(KIB));
    else client.sendText(request);
    expect(await text(client)).toBe(CANCELED);
    expect(await client.closed).toBe(1000);
    expect((await events.next('clientClosed')).category).toBe('HandshakeError');
    expect(events.of('clientClosed')).toHaveLength(1);
  });
});

describe('the time for it', () => {
  test.each([
    { what: 'fifteen seconds', ms: 15_000, timers: {}, claims: {} },
    { what: 'what the service is told', ms: 3000, timers: { handshakeMs: 3000 }, claims: {} },
    { what: 'what the token says', ms: 30_000, timers: { handshakeMs: 3000 }, claims: { 'asrs.s.cht': '30' } },
    { what: 'at least a second', ms: 1000, timers: {}, claims: { 'asrs.s.cht': '1' } },
  ])('is $what', async ({ ms, timers, claims }) => {
    using clock = new Clock();
    const events = new RecordedEvents();
    await using service = await start({ timers: { sweepMs: 5, ...timers }, onEvent: events.listener });
    using server = await connectServer(service);
    using quick = await connect(service, { claims });
    using silent = await connect(service, { claims });
    using half = await connect(service, { claims });
    half.sendText('{"protocol":');
    clock.advance(ms - 1);
    quick.sendText(REQUEST);
    expect((await server.expect(4)).connectionId).toBe(quick.connectionId);
    server.sendText(quick.connectionId, '{}\x1e');
    expect(await text(quick)).toBe('{}\x1e');
    clock.advance(1);
    for (const late of [silent, half]) {
      expect(await text(late)).toBe(CANCELED);
      expect(await late.closed).toBe(1000);
    }
    expect(events.of('clientClosed').map(({ category }) => category)).toEqual(['HandshakeError', 'HandshakeError']);
    await expect.poll(() => service.counts.clients).toBe(1);
  });

  test("counts the app server's answer too, and the app server is told", async () => {
    using clock = new Clock();
    const events = new RecordedEvents();
    await using service = await start({ onEvent: events.listener });
    using server = await connectServer(service);
    using client = await connect(service);
    client.sendText(REQUEST);
    expect(await server.expectText(client.connectionId)).toBe(REQUEST);
    clock.advance(15_000);
    expect(await text(client)).toBe(CANCELED);
    expect(await client.closed).toBe(1000);
    expect(await server.expect(5)).toMatchObject({
      connectionId: client.connectionId,
      error: 'Handshake was canceled.',
    });
    // Its answer comes too late, and harms nobody.
    server.sendText(client.connectionId, '{}\x1e');
    await server.settled();
    expect(client.frames.rest).toEqual([]);
    expect(events.of('clientClosed').map(({ category }) => category)).toEqual(['HandshakeError']);
  });

  test('a part of an answer is none', async () => {
    using clock = new Clock();
    await using service = await start();
    using server = await FakeAppServer.connect(service, { answersHubHandshake: false, generation: 'old' });
    using client = await connect(service);
    client.sendText(REQUEST);
    await server.expectText(client.connectionId);
    server.sendText(client.connectionId, '{');
    await server.settled();
    clock.advance(15_000);
    expect(await text(client)).toBe(CANCELED);
  });

  test('once it is done there is no deadline', async () => {
    using clock = new Clock();
    await using service = await start({ timers: { sweepMs: 5, serverSilenceMs: 3_600_000 } });
    using server = await FakeAppServer.connect(service);
    using client = await RawClient.connect(service);
    clock.advance(600_000);
    await server.settled();
    server.sendText(client.connectionId, '{"type":6}\x1e');
    expect(await client.message()).toEqual({ type: 6 });
  });
});

describe("the app server's answer", () => {
  test('an error reaches the client, and nothing after it', async () => {
    const events = new RecordedEvents();
    await using service = await start({ onEvent: events.listener });
    using server = await connectServer(service);
    using client = await connect(service);
    client.sendText('{"protocol":"xml","version":1}\x1e');
    expect((await server.expect(4)).protocol).toBe('xml');
    const error = `{"error":"The protocol 'xml' is not supported."}\x1e`;
    const { connectionId } = client;
    server.send(
      { type: 10, excludedConnectionIds: [], payloads: call('early') },
      { type: 6, connectionId, payload: Buffer.from(error), dataType: 1 },
      { type: 10, excludedConnectionIds: [], payloads: call('late') },
      { type: 5, connectionId, error: '', headers: [] },
    );
    expect(await text(client)).toBe(error);
    expect(await client.closed).toBe(1000);
    expect(client.frames.rest).toEqual([]);
    expect(await events.next('clientClosed')).toMatchObject({ category: 'ClosedByAppServer' });
    expect(events.of('clientClosed')).toHaveLength(1);
  });

  test('an end instead of an answer is an end without a word', async () => {
    await using service = await start();
    using server = await connectServer(service);
    using client = await connect(service);
    client.sendText(REQUEST);
    await server.expect(4);
    server.send({ type: 5, connectionId: client.connectionId, error: 'No.', headers: [] });
    expect(await client.closed).toBe(1000);
    expect(client.frames.rest).toEqual([]);
  });

  test('a lost server connection instead of an answer is a handshake error', async () => {
    await using service = await start();
    using server = await connectServer(service);
    using client = await connect(service);
    client.sendText(REQUEST);
    await server.expect(4);
    server.webSocket.terminate();
    expect(await text(client)).toBe('{"error":"Connection closed with an error."}\x1e');
    expect(await client.closed).toBe(1000);
  });
});

describe('without negotiation', () => {
  test('the client has an id all the same', async () => {
    const events = new RecordedEvents();
    await using service = await start({ onEvent: events.listener });
    using server = await FakeAppServer.connect(service);
    using client = await RawClient.connect(service, { negotiates: false, userId: 'ann', query: '&x=1' });
    const opened = await server.expect(4);
    expect(opened.connectionId).toMatch(/^[\w-]{22}$/);
    expect(opened.queryString).toBe('?hub=chat&x=1');
    server.sendText(opened.connectionId, '{"type":6}\x1e');
    expect(await client.message()).toEqual({ type: 6 });
    expect(events.of('clientConnected')).toEqual([
      {
        name: 'clientConnected',
        hub: 'chat',
        connectionId: opened.connectionId,
        userId: 'ann',
        transport: 'WebSockets',
      },
    ]);
  });
});
