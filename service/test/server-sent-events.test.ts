// client-protocol 2.1, 2.2, 2.4, 5.2, 5.4, 5.5.
import { describe, expect, test } from 'vitest';
import { Clock } from './support/clock.ts';
import { EventStream } from './support/event-stream.ts';
import { HANDSHAKE, type HttpClient } from './support/http-client.ts';
import { CLOCKED, HttpScene } from './support/http-scene.ts';
import { call, callText } from './support/payloads.ts';
import { makeToken, sdkAudience } from './support/tokens.ts';

const FIRST_LINE = ':\r\n';
const NO_CONNECTION = 'No Connection with that ID';
const COME_BACK = 'data: {"type":7,"allowReconnect":true}\x1e\r\n\r\n';

async function expectText(stream: EventStream, text: string): Promise<void> {
  expect(await stream.read(text.length)).toBe(text);
}

function event(text: string): string {
  return `data: ${text}\r\n\r\n`;
}

/** The stream ends in order after this, and nothing of the connection is left. */
async function expectEnd(
  all: HttpScene,
  { client, stream }: { client: HttpClient; stream: EventStream },
  text: string,
) {
  expect(await stream.rest()).toBe(text);
  expect(await stream.ended).toBe(true);
  const gone = { status: 404, text: NO_CONNECTION };
  expect(await client.refusedEvents()).toMatchObject(gone);
  expect(await client.poll()).toMatchObject(gone);
  expect(await client.post('x')).toMatchObject(gone);
  expect(await client.end()).toMatchObject(gone);
  expect(all.service.counts.clients).toBe(0);
}

describe('the stream', () => {
  test('opens at once, with a comment and nothing else', async () => {
    await using all = await HttpScene.start();
    const client = await all.negotiate();
    const stream = await all.stream(client);
    expect(stream.status).toBe(200);
    expect(stream.headers).toMatchObject({
      'content-type': 'text/event-stream',
      'cache-control': 'no-cache,no-store',
      pragma: 'no-cache',
      'content-encoding': 'identity',
      'transfer-encoding': 'chunked',
      vary: 'Origin',
    });
    expect(stream.headers).not.toHaveProperty('content-length');
    expect(stream.headers).not.toHaveProperty('access-control-allow-origin');
    await expectText(stream, FIRST_LINE);
    expect(all.events.of('clientConnected')).toEqual([
      {
        name: 'clientConnected',
        hub: 'chat',
        connectionId: client.connectionId,
        userId: undefined,
        transport: 'ServerSentEvents',
      },
    ]);
    await all.expectToldNothing();
    await client.post(HANDSHAKE);
    await expectText(stream, event('{}\x1e'));
  });

  test.each(['text/event-stream', 'application/json, text/event-stream;q=0.5', 'TEXT/Event-Stream'])(
    'is for those who accept %s',
    async (accept) => {
      await using all = await HttpScene.start();
      const client = await all.negotiate();
      using stream = await client.events({ headers: { accept, 'accept-encoding': 'gzip, deflate' } });
      await expectText(stream, FIRST_LINE);
      expect(stream.headers['content-encoding']).toBe('identity');
    },
  );

  test('is opened by a token in the query too, which nobody else sees', async () => {
    await using all = await HttpScene.start();
    const client = await all.negotiate();
    const path = `${client.path}&access_token=${client.token}&x=%2F`;
    using stream = await EventStream.open(all.service, { path, headers: { accept: 'text/event-stream' } });
    await expectText(stream, FIRST_LINE);
    await client.post(HANDSHAKE);
    const { queryString, headers } = await all.server.expect(4);
    expect(queryString).toBe(`${client.path.replace('/client/', '')}&x=%2F`);
    expect(headers.find(({ name }) => name.toLowerCase() === 'accept')?.values).toEqual(['text/event-stream']);
  });

  test('is answered for pages', async () => {
    await using all = await HttpScene.start();
    const client = await all.negotiate();
    const origin = 'https://page.example';
    using stream = await client.events({ headers: { origin } });
    expect(stream.headers).toMatchObject({
      'access-control-allow-origin': origin,
      'access-control-allow-credentials': 'true',
      vary: 'Origin',
    });
  });
});

describe('an event', () => {
  test('is what one write has: messages of one turn share it', async () => {
    await using all = await HttpScene.start();
    const { client, stream } = await all.streaming();
    all.server.sendText(client.connectionId, callText('one', 'ü€'));
    await expectText(stream, event(callText('one', 'ü€')));
    all.server.send(
      { type: 6, connectionId: client.connectionId, payload: Buffer.from(callText('two')) },
      { type: 10, excludedConnectionIds: [], payloads: call('three') },
      { type: 6, connectionId: client.connectionId, payload: Buffer.from(callText('four')) },
    );
    await expectText(stream, event(`${callText('two')}${callText('three')}${callText('four')}`));
  });

  test('has a line for each line of its data', async () => {
    await using all = await HttpScene.start();
    const { client, stream } = await all.streaming();
    all.server.sendText(client.connectionId, '{\n"type":\r\n6,"x":"ü"\r}\x1e');
    await expectText(stream, 'data: {\r\ndata: "type":\r\ndata: 6,"x":"ü"\r\ndata: }\x1e\r\n\r\n');
  });

  test('may be large', async () => {
    await using all = await HttpScene.start();
    const { client, stream } = await all.streaming();
    const text = callText('big', '€'.repeat(1_000_000));
    all.server.sendText(client.connectionId, text);
    // In a turn of its own: it waits until the network took the first.
    await all.server.settled();
    all.server.sendText(client.connectionId, callText('small'));
    await expectText(stream, event(text) + event(callText('small')));
  });

  test('comes when there is something to tell, and for nothing else', async () => {
    using clock = new Clock();
    await using all = await HttpScene.start({ timers: CLOCKED });
    const { client, stream } = await all.streaming();
    await all.pass(clock, 3_000_000);
    all.server.sendText(client.connectionId, '{"type":6}\x1e');
    await expectText(stream, event('{"type":6}\x1e'));
  });
});

describe('the hub handshake', () => {
  test.each(['messagepack', 'MessagePack', 'blazorpack', 'xml'])('of %s is refused', async (protocol) => {
    await using all = await HttpScene.start();
    const client = await all.negotiate();
    const stream = await all.stream(client);
    expect((await client.post(`{"protocol":"${protocol}","version":1}\x1e`)).status).toBe(200);
    const text =
      `Cannot use the '${protocol}' protocol on the current transport. ` +
      `The transport does not support 'Binary' transfer format.`;
    await expectEnd(all, { client, stream }, `${FIRST_LINE}${event(`{"error":"${text}"}\x1e`)}`);
    await all.expectToldNothing();
    expect(all.closeCategories).toEqual(['HandshakeError']);
  });

  test.each(['json', 'JSON'])('of %s is not', async (protocol) => {
    await using all = await HttpScene.start();
    await all.streaming({ protocol });
  });

  test('that does not come', async () => {
    using clock = new Clock();
    await using all = await HttpScene.start({ timers: CLOCKED });
    const client = await all.negotiate();
    const stream = await all.stream(client);
    await all.pass(clock, 15_000);
    await expectEnd(all, { client, stream }, `${FIRST_LINE}${event('{"error":"Handshake was canceled."}\x1e')}`);
    await all.expectToldNothing();
  });

  test('that nobody can answer', async () => {
    await using all = await HttpScene.start();
    const client = await all.negotiate({ hub: 'empty' });
    const stream = await all.stream(client);
    expect((await client.post(HANDSHAKE)).status).toBe(200);
    expect(await stream.rest()).toMatch(/^:\r\ndata: \{"error":"SignalR Service is now in 'Default' service mode\./);
    expect(await stream.ended).toBe(true);
  });
});

describe('a client that leaves', () => {
  test('says so, and drops its stream', async () => {
    await using all = await HttpScene.start();
    const { client, stream } = await all.streaming();
    expect((await client.post('{"type":7}\x1e')).status).toBe(200);
    stream[Symbol.dispose]();
    expect(await all.server.expectText(client.connectionId)).toBe('{"type":7}\x1e');
    await all.expectToldOnce(client);
    expect(all.closeCategories).toEqual(['Normal']);
    expect(all.service.counts.clients).toBe(0);
    expect(await client.post('x')).toMatchObject({ status: 404, text: NO_CONNECTION });
    expect(await client.refusedEvents()).toMatchObject({ status: 404, text: NO_CONNECTION });
  });

  test('without a word', async () => {
    await using all = await HttpScene.start();
    const { client, stream } = await all.streaming();
    stream[Symbol.dispose]();
    await all.expectToldOnce(client);
    expect(all.service.counts.clients).toBe(0);
  });

  test('before its handshake', async () => {
    await using all = await HttpScene.start();
    const client = await all.negotiate();
    (await all.stream(client))[Symbol.dispose]();
    await all.events.next('clientClosed');
    await all.expectToldNothing();
    expect(all.service.counts.clients).toBe(0);
  });

  test('never by DELETE', async () => {
    await using all = await HttpScene.start();
    const { client, stream } = await all.streaming();
    const text = 'Cannot terminate this connection using the DELETE endpoint.';
    expect(await client.end()).toMatchObject({ status: 400, text });
    all.server.sendText(client.connectionId, '{"type":6}\x1e');
    await expectText(stream, event('{"type":6}\x1e'));
  });
});

describe('an end by the service', () => {
  test('the app server closes', async () => {
    await using all = await HttpScene.start();
    const open = await all.streaming();
    const { connectionId } = open.client;
    all.server.sendText(connectionId, callText('last words'));
    all.server.send({ type: 5, connectionId, error: 'Because.', headers: [] });
    const close = '{"type":7,"error":"Because."}\x1e';
    const rest = await open.stream.rest();
    expect([event(callText('last words') + close), event(callText('last words')) + event(close)]).toContain(rest);
    await expectEnd(all, open, rest);
    await all.expectToldNothing();
    expect(all.closeCategories).toEqual(['ClosedByAppServer']);
  });

  test('the app server says so itself', async () => {
    await using all = await HttpScene.start();
    const open = await all.streaming();
    const { connectionId } = open.client;
    const payload = Buffer.from('{"type":7,"error":"Its own."}\x1e');
    all.server.send(
      { type: 6, connectionId, payload, dataType: 4 },
      { type: 5, connectionId, error: 'Its own.', headers: [] },
    );
    await expectEnd(all, open, event(payload.toString()));
  });

  test('a lost server connection', async () => {
    await using all = await HttpScene.start();
    const open = await all.streaming();
    all.server.webSocket.terminate();
    const text = '{"type":7,"error":"Connection closed with an error.","allowReconnect":true}\x1e';
    await expectEnd(all, open, event(text));
  });

  test('an expired authentication', async () => {
    using clock = new Clock();
    await using all = await HttpScene.start({ timers: CLOCKED });
    const seconds = Math.floor(Date.now() / 1000) + 60;
    const open = await all.streaming({ claims: { 'asrs.s.coae': 'true', 'asrs.s.aeo': `${seconds}` } });
    await all.pass(clock, 60_000);
    await expectEnd(all, open, COME_BACK);
    await all.expectToldOnce(open.client);
  });

  test('a stop of the service', async () => {
    await using all = await HttpScene.start();
    const { client, stream } = await all.streaming();
    const early = await all.stream(await all.negotiate());
    await all.service.close();
    expect(await stream.rest()).toBe(COME_BACK);
    expect(await stream.ended).toBe(true);
    expect(await early.rest()).toBe(`${FIRST_LINE}${event('{"error":"Connection closed with an error."}\x1e')}`);
    expect(all.service.counts.clients).toBe(0);
    await all.server.closed;
    const told = all.server.messages.rest.filter(({ type }) => type === 5);
    expect(told).toMatchObject([{ type: 5, connectionId: client.connectionId, error: '' }]);
  });

  test('a drop of everything', async () => {
    await using all = await HttpScene.start();
    const { stream } = await all.streaming();
    all.service.drop();
    expect(await stream.rest()).toBe('');
    expect(await stream.ended).toBe(false);
    expect(all.service.counts.clients).toBe(0);
  });
});

test('a token that expires ends no stream, but every POST', async () => {
  using clock = new Clock();
  await using all = await HttpScene.start({ timers: CLOCKED });
  const { client, stream } = await all.streaming();
  const key = /AccessKey=([^;]+)/.exec(all.service.connectionString)?.[1] ?? '';
  client.token = await makeToken({ key, audience: sdkAudience('client', 'chat'), expiresIn: 60 });
  await all.pass(clock, 359_000);
  expect((await client.post('in time')).status).toBe(200);
  await all.pass(clock, 2000);
  expect((await client.post('too late')).status).toBe(401);
  expect((await client.refusedEvents()).status).toBe(401);
  all.server.sendText(client.connectionId, '{"type":6}\x1e');
  await expectText(stream, event('{"type":6}\x1e'));
});

test('a second stream is refused, and the first goes on', async () => {
  await using all = await HttpScene.start();
  const { client, stream } = await all.streaming();
  const { status, headers, text } = await client.refusedEvents();
  expect({ status, text }).toEqual({ status: 409, text: '' });
  expect(headers['content-type']).toMatch(/^text\/plain/);
  all.server.sendText(client.connectionId, '{"type":6}\x1e');
  await expectText(stream, event('{"type":6}\x1e'));
});
