// client-protocol 1.3, 1.4, 1.5, 2.2.
import { type ServiceOptions, startService } from 'signalite';
import { describe, expect, test } from 'vitest';
import { Clock } from './support/clock.ts';
import { httpRequest, upgradeRequest } from './support/http-request.ts';
import { clientToken, negotiate, RawClient } from './support/raw-client.ts';
import { RecordedEvents } from './support/recorded-events.ts';

const ID = /^[\w-]{22}$/;
const TRANSPORTS =
  '"availableTransports":[{"transport":"WebSockets","transferFormats":["Text","Binary"]},' +
  '{"transport":"ServerSentEvents","transferFormats":["Text"]},' +
  '{"transport":"LongPolling","transferFormats":["Text","Binary"]}]';

function start(options: ServiceOptions = {}) {
  return startService({ host: '127.0.0.1', port: 0, timers: { sweepMs: 5 }, ...options });
}

type Service = Awaited<ReturnType<typeof start>>;

async function authorized(service: Service, hub = 'chat') {
  return { authorization: `Bearer ${await clientToken(service, { hub })}` };
}

async function post(service: Service, path: string) {
  return httpRequest(service, { method: 'POST', path, headers: await authorized(service) });
}

/** Asks for a WebSocket for `id`, and drops it when it opens. */
async function connectAs(service: Service, id: string, hub = 'chat') {
  return upgradeRequest(service, { path: `/client/?hub=${hub}&id=${id}`, headers: await authorized(service, hub) });
}

describe('the answer', () => {
  test('version 1 has two ids, in the order in which Kestrel writes', async () => {
    await using service = await start();
    const { status, headers, text } = await post(service, '/client/negotiate?hub=chat&negotiateVersion=1');
    expect(status).toBe(200);
    expect(headers['content-type']).toBe('application/json');
    expect(headers['content-length']).toBe(`${Buffer.byteLength(text)}`);
    expect(headers['transfer-encoding']).toBeUndefined();
    const { connectionId, connectionToken } = JSON.parse(text);
    expect(connectionId).toMatch(ID);
    expect(connectionToken).toMatch(ID);
    expect(connectionToken).not.toBe(connectionId);
    expect(text).toBe(
      `{"negotiateVersion":1,"connectionId":"${connectionId}","connectionToken":"${connectionToken}",${TRANSPORTS}}`,
    );
  });

  test.each([
    { what: 'no version', query: '' },
    { what: 'version 0', query: '&negotiateVersion=0' },
  ])('$what has one id', async ({ query }) => {
    await using service = await start();
    const { headers, text } = await post(service, `/client/negotiate?hub=chat${query}`);
    const { connectionId } = JSON.parse(text);
    expect(connectionId).toMatch(ID);
    expect(text).toBe(`{"negotiateVersion":0,"connectionId":"${connectionId}",${TRANSPORTS}}`);
    expect(headers['content-length']).toBe(`${text.length}`);
    expect((await connectAs(service, connectionId)).status).toBe(101);
  });

  test.each(['2', '7'])('version %s is answered as 1', async (version) => {
    await using service = await start();
    const { text } = await post(service, `/client/negotiate?hub=chat&negotiateVersion=${version}`);
    expect(text).toMatch(/^\{"negotiateVersion":1,"connectionId":"[\w-]{22}","connectionToken":"[\w-]{22}",/);
  });

  test.each([
    { asked: 'x', error: 'The client requested a non-integer protocol version.' },
    { asked: '1.5', error: 'The client requested a non-integer protocol version.' },
    { asked: '', error: 'The client requested a non-integer protocol version.' },
    { asked: '-1', error: "The client requested version '-1', but the server does not support this version." },
  ])('version "$asked" is an error with status 200', async ({ asked, error }) => {
    const events = new RecordedEvents();
    await using service = await start({ onEvent: events.listener });
    const answer = await post(service, `/client/negotiate?hub=chat&negotiateVersion=${asked}`);
    expect(answer.status).toBe(200);
    expect(answer.headers['content-type']).toBe('application/json');
    expect(answer.text).toBe(JSON.stringify({ error }));
    expect(events.of('clientNegotiated')).toEqual([]);
  });

  test.each([
    { what: 'a trailing slash', path: '/client/negotiate/?hub=chat&negotiateVersion=1' },
    { what: 'another case', path: '/Client/Negotiate?Hub=Chat&NegotiateVersion=1' },
    { what: 'what an app server copied', path: '/client/negotiate?hub=chat&asrs.op=%2Fchat&x=1&negotiateVersion=1' },
  ])('$what makes no difference', async ({ path }) => {
    await using service = await start();
    const { status, text } = await post(service, path);
    expect(status).toBe(200);
    expect(JSON.parse(text)).toMatchObject({ negotiateVersion: 1 });
  });

  test('stateful reconnect is never claimed, though it was asked for', async () => {
    await using service = await start();
    const { text } = await post(service, '/client/negotiate?hub=chat&negotiateVersion=1&useStatefulReconnect=true');
    expect(JSON.parse(text)).not.toHaveProperty('useStatefulReconnect');
  });

  test('a body is taken and ignored', async () => {
    await using service = await start();
    const { status } = await httpRequest(service, {
      method: 'POST',
      path: '/client/negotiate?hub=chat',
      headers: { ...(await authorized(service)), 'content-type': 'text/plain' },
      body: 'x'.repeat(100_000),
    });
    expect(status).toBe(200);
  });

  test.each(['GET', 'PUT', 'DELETE'])('%s is 405 without a body', async (method) => {
    const events = new RecordedEvents();
    await using service = await start({ onEvent: events.listener });
    const { status, headers, text } = await httpRequest(service, { method, path: '/client/negotiate?hub=chat' });
    expect({ status, text }).toEqual({ status: 405, text: '' });
    expect(headers['content-type']).toMatch(/^text\/plain/);
    expect(headers['content-length']).toBe('0');
    expect(events.all).toEqual([
      { name: 'requestRefused', path: '/client/negotiate', status: 405, reason: '', hub: undefined },
    ]);
  });

  test('each negotiation is one event, which has the public id alone', async () => {
    const events = new RecordedEvents();
    await using service = await start({ onEvent: events.listener });
    const answer = await negotiate(service, { token: await clientToken(service) });
    expect(events.all).toEqual([{ name: 'clientNegotiated', hub: 'chat', connectionId: answer.connectionId }]);
  });
});

describe('the id of a negotiated connection', () => {
  test('no two are the same', async () => {
    await using service = await start();
    const token = await clientToken(service);
    const answers = await Promise.all(Array.from({ length: 200 }, () => negotiate(service, { token })));
    const ids = answers.flatMap(({ connectionId, connectionToken }) => [connectionId, connectionToken]);
    expect(new Set(ids).size).toBe(400);
  });

  test('the token opens the connection that has the public id', async () => {
    const events = new RecordedEvents();
    await using service = await start({ onEvent: events.listener });
    const { connectionId, connectionToken } = await negotiate(service, { token: await clientToken(service) });
    expect((await connectAs(service, connectionToken)).status).toBe(101);
    expect(await events.next('clientConnected')).toMatchObject({ connectionId });
  });

  test('the public id of version 1 opens nothing', async () => {
    await using service = await start();
    const { connectionId } = await negotiate(service, { token: await clientToken(service) });
    expect(await connectAs(service, connectionId)).toMatchObject({ status: 404, text: 'No Connection with that ID' });
  });

  test('an id of another hub opens nothing', async () => {
    await using service = await start();
    const { connectionToken } = await negotiate(service, { token: await clientToken(service) });
    expect(await connectAs(service, connectionToken, 'other')).toMatchObject({
      status: 404,
      text: 'No Connection with that ID',
    });
    expect((await connectAs(service, connectionToken)).status).toBe(101);
  });

  test('hub names compare without case', async () => {
    await using service = await start();
    const { connectionToken } = await negotiate(service, { token: await clientToken(service) });
    expect((await connectAs(service, connectionToken, 'CHAT')).status).toBe(101);
  });

  test.each(['x', 'AAAAAAAAAAAAAAAAAAAAAA'])('an unknown id "%s" opens nothing', async (id) => {
    await using service = await start();
    expect(await connectAs(service, id)).toMatchObject({ status: 404, text: 'No Connection with that ID' });
  });

  test('a second WebSocket is 409, and the first goes on', async () => {
    const events = new RecordedEvents();
    await using service = await start({ onEvent: events.listener });
    using client = await RawClient.connect(service, { handshake: false });
    const id = new URL(client.webSocket.url).searchParams.get('id') ?? '';
    const { status, text } = await connectAs(service, id);
    expect({ status, text }).toEqual({ status: 409, text: '' });
    expect(events.of('clientConnected')).toHaveLength(1);
    client.sendText('nonsense\x1e');
    expect(await client.message()).toHaveProperty('error');
  });

  test('two WebSockets at the same time: one opens', async () => {
    await using service = await start();
    const { connectionToken } = await negotiate(service, { token: await clientToken(service) });
    const answers = await Promise.all([connectAs(service, connectionToken), connectAs(service, connectionToken)]);
    const statuses = answers.map(({ status }) => status).sort();
    expect(statuses[0]).toBe(101);
    // The first may be gone already when the second asks.
    expect([404, 409]).toContain(statuses[1]);
  });

  test('it opens nothing any more once its client is gone', async () => {
    const events = new RecordedEvents();
    await using service = await start({ onEvent: events.listener });
    const { connectionToken } = await negotiate(service, { token: await clientToken(service) });
    expect((await connectAs(service, connectionToken)).status).toBe(101);
    await events.next('clientClosed');
    expect((await connectAs(service, connectionToken)).status).toBe(404);
  });

  test('it waits for five seconds', async () => {
    using clock = new Clock();
    await using service = await start();
    const token = await clientToken(service);
    const early = await negotiate(service, { token });
    const late = await negotiate(service, { token });
    clock.advance(4999);
    expect((await connectAs(service, early.connectionToken)).status).toBe(101);
    clock.advance(1);
    const path = `/client?hub=chat&id=${late.connectionToken}`;
    const headers = await authorized(service);
    const text = () => httpRequest(service, { method: 'DELETE', path, headers }).then((answer) => answer.text);
    await expect.poll(text).toBe('No Connection with that ID');
    expect((await connectAs(service, late.connectionToken)).status).toBe(404);
  });

  test('it waits as long as it is told to', async () => {
    using clock = new Clock();
    await using service = await start({ timers: { sweepMs: 5, negotiateMs: 60_000 } });
    const { connectionToken } = await negotiate(service, { token: await clientToken(service) });
    clock.advance(59_999);
    expect((await connectAs(service, connectionToken)).status).toBe(101);
  });

  test('so many may wait, and no more', async () => {
    const events = new RecordedEvents();
    await using service = await start({ limits: { negotiatedConnections: 2 }, onEvent: events.listener });
    const first = await post(service, '/client/negotiate?hub=chat');
    await post(service, '/client/negotiate?hub=chat');
    const refused = await post(service, '/client/negotiate?hub=chat');
    expect(refused).toMatchObject({
      status: 503,
      text: 'Too many connections are negotiated but not opened. Try again later.',
    });
    expect(events.of('requestRefused').map(({ status }) => status)).toEqual([503]);
    // An opened connection waits no more.
    await connectAs(service, JSON.parse(first.text).connectionId);
    expect((await post(service, '/client/negotiate?hub=chat')).status).toBe(200);
  });
});

describe('without negotiation', () => {
  test.each([
    { what: 'without an id', path: '/client?hub=chat' },
    { what: 'with an empty id', path: '/client?hub=chat&id=' },
  ])('a WebSocket $what gets a connection on the spot', async ({ path }) => {
    const events = new RecordedEvents();
    await using service = await start({ onEvent: events.listener });
    const answer = await upgradeRequest(service, { path, headers: await authorized(service) });
    expect(answer.status).toBe(101);
    expect((await events.next('clientConnected')).connectionId).toMatch(ID);
    expect(events.of('clientNegotiated')).toEqual([]);
  });

  test('it needs a token too', async () => {
    await using service = await start();
    expect((await upgradeRequest(service, { path: '/client?hub=chat' })).status).toBe(401);
  });
});
