// client-protocol 2.1, 2.2, 5.6; service-protocol 3, 12.6; rest-api 4.1.
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { type ServiceOptions, startService } from 'signalite';
import { describe, expect, test } from 'vitest';
import { httpRequest, upgradeRequest, WEB_SOCKET_HEADERS } from './support/http-request.ts';
import { clientToken, RawClient } from './support/raw-client.ts';
import { RecordedEvents } from './support/recorded-events.ts';
import { makeToken, sdkAudience } from './support/tokens.ts';

const KIB = 1024;
const NOT_FOUND = 'There is nothing at this path. Clients connect to /client, app servers to /server.';
const HUB = 'Exactly one "hub" query parameter is needed, a name that starts with a letter.';

function start(options: ServiceOptions = {}) {
  return startService({ host: '127.0.0.1', port: 0, ...options });
}

type Service = Awaited<ReturnType<typeof start>>;

async function authorized(service: Service) {
  return { authorization: `Bearer ${await clientToken(service)}` };
}

/** A socket that stays open on our side until it is disposed of. */
function openSocket(service: Service): Socket & Disposable {
  const socket = connect({ host: '127.0.0.1', port: service.port, allowHalfOpen: true });
  return Object.assign(socket, { [Symbol.dispose]: () => socket.destroy() });
}

/** Everything that the service answers to bytes, until it ends the connection. */
async function answerTo(service: Service, text: string): Promise<string> {
  using socket = openSocket(service);
  socket.end(text);
  return (await buffer(socket)).toString();
}

describe('health', () => {
  test.each(['/api/health', '/api/health/', '/api/v1/health', '/api/v1/health/', '/API/Health?api-version=2022-06-01'])(
    '%s needs no token',
    async (path) => {
      await using service = await start();
      for (const method of ['GET', 'HEAD']) {
        const { status, headers, text } = await httpRequest(service, { method, path });
        expect({ status, text }).toEqual({ status: 200, text: '' });
        expect(headers['content-length']).toBe('0');
      }
    },
  );

  test('other methods are 405', async () => {
    await using service = await start();
    expect((await httpRequest(service, { method: 'POST', path: '/api/health' })).status).toBe(405);
  });

  test('whatever name the service is reached by', async () => {
    await using service = await start();
    for (const host of ['localhost', 'LocalHost:8888', 'chat_1.example', '[::1]:8888', '127.0.0.1:80', 'signalite']) {
      expect((await httpRequest(service, { path: '/api/health', headers: { host } })).status).toBe(200);
    }
  });
});

describe('paths and methods', () => {
  test('the root says what this is', async () => {
    await using service = await start();
    const { status, text } = await httpRequest(service, { path: '/' });
    expect(status).toBe(200);
    expect(text).toMatch(/^signalite is running\./);
    expect(text).not.toContain('AccessKey');
  });

  test.each(['/nothing', '/client/nothing', '/clients', '/server/negotiate', '/client//'])(
    '%s is 404',
    async (path) => {
      const events = new RecordedEvents();
      await using service = await start({ onEvent: events.listener });
      expect(await httpRequest(service, { path: `${path}?hub=chat` })).toMatchObject({ status: 404, text: NOT_FOUND });
      expect(await upgradeRequest(service, { path: `${path}?hub=chat` })).toMatchObject({
        status: 404,
        text: NOT_FOUND,
      });
      expect(events.all).toHaveLength(2);
    },
  );

  test.each([
    { method: 'PUT', path: '/client?hub=chat' },
    { method: 'PATCH', path: '/client/?hub=chat' },
    { method: 'POST', path: '/server?hub=chat' },
    { method: 'DELETE', path: '/server/?hub=chat' },
    { method: 'GET', path: '/client/negotiate' },
  ])('$method $path is 405, whatever else is wrong', async ({ method, path }) => {
    const events = new RecordedEvents();
    await using service = await start({ onEvent: events.listener });
    const { status, headers, text } = await httpRequest(service, { method, path });
    expect({ status, text }).toEqual({ status: 405, text: '' });
    expect(headers['content-type']).toMatch(/^text\/plain/);
    expect(events.all).toHaveLength(1);
  });

  test.each(['/client?hub=chat', '/server?hub=chat'])('a WebSocket by POST %s is 405', async (path) => {
    const events = new RecordedEvents();
    await using service = await start({ onEvent: events.listener });
    expect((await upgradeRequest(service, { method: 'POST', path })).status).toBe(405);
    expect(events.all).toHaveLength(1);
  });
});

describe('hub names', () => {
  const bad = [
    '',
    '?hub=',
    '?hub=chat&hub=chat',
    '?hub=chat&HUB=other',
    '?hub=1chat',
    '?hub=a%2Fb',
    '?hub=a%20b',
    '?hub=%C3%A9',
  ];
  test.each([...bad, `?hub=${'a'.repeat(258)}`])('"%s" is 400 before the token', async (query) => {
    const events = new RecordedEvents();
    await using service = await start({ onEvent: events.listener });
    for (const answer of [
      await httpRequest(service, { method: 'POST', path: `/client/negotiate${query}` }),
      await httpRequest(service, { path: `/client${query}` }),
      await httpRequest(service, { path: `/server${query}` }),
      await upgradeRequest(service, { path: `/client/${query}` }),
      await upgradeRequest(service, { path: `/server/${query}` }),
    ]) {
      expect(answer).toMatchObject({ status: 400, text: HUB });
    }
    expect(events.of('requestRefused')).toHaveLength(5);
    expect(events.all).toHaveLength(5);
  });

  test.each(['chat', 'app_chat', 'a`1', 'x'.repeat(257)])('%s is one', async (hub) => {
    await using service = await start();
    const answer = await httpRequest(service, {
      method: 'POST',
      path: `/client/negotiate?hub=${encodeURIComponent(hub)}`,
      headers: { authorization: `Bearer ${await clientToken(service, { hub })}` },
    });
    expect(answer.status).toBe(200);
  });
});

describe('sizes', () => {
  const health = { path: '/api/health' };

  test('a request URI of 12 KiB is taken, one byte more is 414', async () => {
    const events = new RecordedEvents();
    await using service = await start({ onEvent: events.listener });
    const path = (bytes: number) => `/api/health?${'x'.repeat(bytes - '/api/health?'.length)}`;
    expect((await httpRequest(service, { path: path(12 * KIB) })).status).toBe(200);
    const text = 'The request URI is too long. Shorten its query.';
    expect(await httpRequest(service, { path: path(12 * KIB + 1) })).toMatchObject({ status: 414, text });
    const client = `/client?hub=chat&x=${'x'.repeat(12 * KIB)}`;
    expect(await upgradeRequest(service, { path: client })).toMatchObject({ status: 414, text });
    expect(events.of('requestRefused').map(({ path: where, status }) => `${status} ${where}`)).toEqual([
      '414 /api/health',
      '414 /client',
    ]);
  });

  test.each([20, 31])('headers of %d KiB are taken', async (kib) => {
    await using service = await start();
    expect((await httpRequest(service, { ...health, headers: { x: 'x'.repeat(kib * KIB) } })).status).toBe(200);
    const headers = { ...(await authorized(service)), x: 'x'.repeat(kib * KIB) };
    expect((await upgradeRequest(service, { path: '/client?hub=chat', headers })).status).toBe(101);
  });

  test('long headers and a long URI go together', async () => {
    await using service = await start();
    const path = `/api/health?${'x'.repeat(11 * KIB)}`;
    expect((await httpRequest(service, { path, headers: { x: 'x'.repeat(30 * KIB) } })).status).toBe(200);
  });

  test.each([32, 100])('headers of %d KiB are 431', async (kib) => {
    const events = new RecordedEvents();
    await using service = await start({ onEvent: events.listener });
    const headers = { x: 'x'.repeat(kib * KIB) };
    const text = 'The request headers are too long. Send fewer claims or cookies.';
    expect(await httpRequest(service, { ...health, headers })).toMatchObject({ status: 431, text });
    expect(await upgradeRequest(service, { path: '/client?hub=chat', headers })).toMatchObject({ status: 431, text });
    expect(events.of('requestRefused').map(({ status }) => status)).toEqual([431, 431]);
    expect(events.all).toHaveLength(2);
  });
});

describe('requests that cannot be read', () => {
  test.each([
    { what: 'no HTTP', text: 'hello\r\n\r\n' },
    { what: 'a header without a colon', text: 'GET / HTTP/1.1\r\nHost: x\r\nnonsense\r\n\r\n' },
    { what: 'a Host that is no host', text: 'GET / HTTP/1.1\r\nHost: a b\r\nConnection: close\r\n\r\n' },
    { what: 'a backslash in the path', text: 'GET /a\\b HTTP/1.1\r\nHost: [::1]\r\nConnection: close\r\n\r\n' },
  ])('$what is 400 with a text, and one event', async ({ text }) => {
    const events = new RecordedEvents();
    await using service = await start({ onEvent: events.listener });
    const answer = await answerTo(service, text);
    expect(answer).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
    expect(answer).toContain('\r\n\r\nThe request cannot be read');
    expect(events.all.map(({ name }) => name)).toEqual(['requestRefused']);
  });

  test('a peer that only comes and goes is no event', async () => {
    const events = new RecordedEvents();
    await using service = await start({ onEvent: events.listener });
    expect(await answerTo(service, '')).toBe('');
    expect(events.all).toEqual([]);
  });
});

describe('upgrades', () => {
  test('an offer of another protocol is ignored', async () => {
    const events = new RecordedEvents();
    await using service = await start({ onEvent: events.listener });
    const offer = { connection: 'Upgrade, HTTP2-Settings', upgrade: 'h2c', 'http2-settings': 'AAMAAABkAAQAAP__' };
    expect((await httpRequest(service, { path: '/api/health', headers: offer })).status).toBe(200);
    const negotiated = await httpRequest(service, {
      method: 'POST',
      path: '/client/negotiate?hub=chat&negotiateVersion=1',
      headers: { ...offer, ...(await authorized(service)) },
      body: 'nothing that matters',
    });
    expect(negotiated.status).toBe(200);
    expect(JSON.parse(negotiated.text)).toMatchObject({ negotiateVersion: 1 });
    expect(events.all.map(({ name }) => name)).toEqual(['clientNegotiated']);
  });

  test('a refused peer that never ends its side is not waited for', async () => {
    const service = await start();
    using socket = openSocket(service);
    const head = Object.entries(WEB_SOCKET_HEADERS).map(([name, value]) => `${name}: ${value}\r\n`);
    socket.write(`GET /client?hub=chat HTTP/1.1\r\nHost: x\r\n${head.join('')}\r\n`);
    const answer: Buffer[] = [];
    socket.on('data', (chunk) => answer.push(chunk));
    await once(socket, 'end');
    expect(Buffer.concat(answer).toString()).toMatch(/^HTTP\/1\.1 401 Unauthorized\r\n/);
    await service.close();
    expect(socket.destroyed).toBe(false);
  });

  test('a WebSocket handshake without a key or with another version is refused', async () => {
    await using service = await start();
    const headers = await authorized(service);
    for (const own of [{ 'sec-websocket-key': '' }, { 'sec-websocket-version': '99' }]) {
      const answer = await upgradeRequest(service, { path: '/client?hub=chat', headers: { ...headers, ...own } });
      expect(answer.status).toBe(400);
      expect(answer.headers['sec-websocket-version']).toBe('13');
      expect(answer.text).toMatch(/^The WebSocket handshake cannot be read/);
    }
  });

  test('the WebSocket has no extension and no sub-protocol', async () => {
    await using service = await start();
    const headers = { ...(await authorized(service)), 'sec-websocket-extensions': 'permessage-deflate' };
    const answer = await upgradeRequest(service, { path: '/client?hub=chat', headers });
    expect(answer.status).toBe(101);
    expect(answer.headers).not.toHaveProperty('sec-websocket-extensions');
    expect(answer.headers).not.toHaveProperty('sec-websocket-protocol');
  });

  test.each(['/client', '/client/', '/Client'])('clients open WebSockets at %s', async (path) => {
    await using service = await start();
    expect(
      (await upgradeRequest(service, { path: `${path}?hub=chat`, headers: await authorized(service) })).status,
    ).toBe(101);
  });

  test.each(['/server', '/server/'])('app servers open WebSockets at %s', async (path) => {
    await using service = await start();
    const { auth } = await serverToken(service);
    expect((await upgradeRequest(service, { path: `${path}?hub=chat`, headers: auth })).status).toBe(101);
  });

  test('app servers are told to use one', async () => {
    const events = new RecordedEvents();
    await using service = await start({ onEvent: events.listener });
    const { auth } = await serverToken(service);
    const answer = await httpRequest(service, { path: '/server/?hub=chat', headers: auth });
    expect(answer).toMatchObject({ status: 426, text: 'App servers connect here over a WebSocket.' });
    expect(answer.headers['upgrade']).toBe('websocket');
    expect((await httpRequest(service, { path: '/server/?hub=chat' })).status).toBe(401);
    expect(events.of('requestRefused').map(({ status }) => status)).toEqual([426, 401]);
  });
});

async function serverToken(service: Service): Promise<{ auth: Record<string, string> }> {
  const key = /AccessKey=([^;]+)/.exec(service.connectionString)?.[1] ?? '';
  const token = await makeToken({ key, audience: sdkAudience('server', 'chat') });
  return { auth: { authorization: `Bearer ${token}` } };
}

describe('requests for transports', () => {
  const EVENTS = { accept: 'application/json, text/event-stream' };

  test.each(['GET', 'POST', 'DELETE'])('%s without an id', async (method) => {
    await using service = await start();
    const headers = await authorized(service);
    for (const path of ['/client?hub=chat', '/client/?hub=chat&id=']) {
      expect(await httpRequest(service, { method, path, headers })).toMatchObject({
        status: 400,
        text: 'Connection ID required',
      });
    }
  });

  test.each(['GET', 'POST', 'DELETE'])('%s with an unknown id', async (method) => {
    await using service = await start();
    const answer = await httpRequest(service, {
      method,
      path: '/client?hub=chat&id=unknown',
      headers: await authorized(service),
    });
    expect(answer).toMatchObject({ status: 404, text: 'No Connection with that ID' });
  });

  const OTHER = 'Cannot change transports mid-connection';
  const NO_DELETE = 'Cannot terminate this connection using the DELETE endpoint.';
  test.each([
    { what: 'a poll', method: 'GET', own: {}, status: 400, text: OTHER },
    { what: 'server-sent events', method: 'GET', own: EVENTS, status: 400, text: OTHER },
    {
      what: 'data',
      method: 'POST',
      own: {},
      status: 405,
      text: 'POST requests are not allowed for WebSocket connections.',
    },
    { what: 'an end', method: 'DELETE', own: {}, status: 400, text: NO_DELETE },
  ])('$what for a connection with a WebSocket, which stays', async ({ method, own, status, text }) => {
    const events = new RecordedEvents();
    await using service = await start({ onEvent: events.listener });
    using client = await RawClient.connect(service, { handshake: false });
    const { search } = new URL(client.webSocket.url);
    const headers = { ...(await authorized(service)), ...own };
    expect(await httpRequest(service, { method, path: `/client${search}`, headers })).toMatchObject({ status, text });
    expect(events.of('requestRefused')).toEqual([
      { name: 'requestRefused', path: '/client', status, reason: text, hub: 'chat' },
    ]);
    expect(events.of('clientClosed')).toEqual([]);
    expect(service.counts.clients).toBe(1);
  });
});
