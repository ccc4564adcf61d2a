// client-protocol 1.6, 5.6.
import { type ServiceOptions, startService } from 'signalite';
import { describe, expect, test } from 'vitest';
import { type HttpAnswer, httpRequest, upgradeRequest } from './support/http-request.ts';
import { clientToken } from './support/raw-client.ts';
import { RecordedEvents } from './support/recorded-events.ts';

const ORIGIN = 'https://page.example:8443';
const NEGOTIATE = '/client/negotiate?hub=chat';

function start(options: ServiceOptions = {}) {
  return startService({ host: '127.0.0.1', port: 0, ...options });
}

type Service = Awaited<ReturnType<typeof start>>;

async function authorized(service: Service) {
  return { authorization: `Bearer ${await clientToken(service)}` };
}

/** The cross-origin headers of an answer. */
function crossOrigin({ headers }: HttpAnswer): Record<string, string | undefined> {
  return {
    origin: headers['access-control-allow-origin'],
    credentials: headers['access-control-allow-credentials'],
    vary: headers['vary'],
  };
}

const GRANTED = { origin: ORIGIN, credentials: 'true', vary: 'Origin' };
const NOT_GRANTED = { origin: undefined, credentials: undefined, vary: 'Origin' };

describe('preflights', () => {
  test.each(['/client/negotiate?hub=chat', '/client/negotiate/?hub=chat', '/client?hub=chat', '/client/?id=x'])(
    'of %s are answered before anything is checked',
    async (path) => {
      const events = new RecordedEvents();
      await using service = await start({ onEvent: events.listener });
      const answer = await httpRequest(service, {
        method: 'OPTIONS',
        path,
        headers: {
          origin: ORIGIN,
          'access-control-request-method': 'POST',
          'access-control-request-headers': 'authorization,x-my-own',
        },
      });
      expect(answer).toMatchObject({ status: 204, text: '' });
      expect(crossOrigin(answer)).toEqual(GRANTED);
      expect(answer.headers['access-control-allow-methods']).toBe('POST');
      expect(answer.headers['access-control-allow-headers']).toBe('authorization,x-my-own');
      expect(events.all).toEqual([]);
    },
  );

  test('grant what clients use when nothing was asked for', async () => {
    await using service = await start();
    const answer = await httpRequest(service, { method: 'OPTIONS', path: NEGOTIATE, headers: { origin: ORIGIN } });
    expect(answer.headers['access-control-allow-methods']).toBe('GET,POST,DELETE,OPTIONS');
    expect(answer.headers['access-control-allow-headers']).toBe(
      'authorization,x-requested-with,x-signalr-user-agent,content-type',
    );
  });

  test('grant nothing to other origins', async () => {
    await using service = await start({ allowedOrigins: ['https://other.example'] });
    const headers = { origin: ORIGIN, 'access-control-request-method': 'POST' };
    const answer = await httpRequest(service, { method: 'OPTIONS', path: NEGOTIATE, headers });
    expect(answer.status).toBe(204);
    expect(crossOrigin(answer)).toEqual(NOT_GRANTED);
    expect(answer.headers).not.toHaveProperty('access-control-allow-methods');
    expect(answer.headers).not.toHaveProperty('access-control-allow-headers');
  });

  test('are not answered outside of the client routes', async () => {
    await using service = await start();
    const answer = await httpRequest(service, { method: 'OPTIONS', path: '/server', headers: { origin: ORIGIN } });
    expect(answer.status).toBe(405);
    expect(answer.headers).not.toHaveProperty('access-control-allow-origin');
  });
});

describe('answers', () => {
  test('negotiate echoes the origin', async () => {
    await using service = await start();
    const headers = { ...(await authorized(service)), origin: ORIGIN };
    const answer = await httpRequest(service, { method: 'POST', path: NEGOTIATE, headers });
    expect(answer.status).toBe(200);
    expect(crossOrigin(answer)).toEqual(GRANTED);
  });

  test('without an origin they vary by it all the same', async () => {
    await using service = await start();
    const headers = await authorized(service);
    expect(crossOrigin(await httpRequest(service, { method: 'POST', path: NEGOTIATE, headers }))).toEqual(NOT_GRANTED);
  });

  test.each([
    { status: 400, method: 'POST', path: '/client/negotiate' },
    { status: 401, method: 'POST', path: NEGOTIATE },
    { status: 404, method: 'GET', path: '/client/nothing' },
    { status: 404, method: 'GET', path: '/client?hub=chat&id=unknown', isAuthorized: true },
    { status: 400, method: 'POST', path: '/client?hub=chat', isAuthorized: true },
    { status: 405, method: 'PUT', path: '/client?hub=chat' },
    { status: 405, method: 'GET', path: NEGOTIATE },
    { status: 414, method: 'POST', path: `${NEGOTIATE}&x=${'x'.repeat(13_000)}` },
  ])('$status of $method $path', async ({ status, method, path, isAuthorized }) => {
    await using service = await start();
    const headers = { origin: ORIGIN, ...(isAuthorized === true ? await authorized(service) : {}) };
    const answer = await httpRequest(service, { method, path, headers });
    expect(answer.status).toBe(status);
    expect(crossOrigin(answer)).toEqual(GRANTED);
  });

  test('503 of negotiate', async () => {
    await using service = await start({ limits: { negotiatedConnections: 0 } });
    const headers = { ...(await authorized(service)), origin: ORIGIN };
    const answer = await httpRequest(service, { method: 'POST', path: NEGOTIATE, headers });
    expect(answer.status).toBe(503);
    expect(crossOrigin(answer)).toEqual(GRANTED);
  });

  test.each([
    { status: 400, path: '/client' },
    { status: 401, path: '/client?hub=chat' },
    { status: 404, path: '/client/nothing' },
    { status: 404, path: '/client?hub=chat&id=unknown', isAuthorized: true },
    { status: 400, path: '/client?hub=chat', own: { 'sec-websocket-key': 'short' } },
    { status: 400, path: '/client?hub=chat', own: { 'sec-websocket-version': '12' } },
  ])('$status of an upgrade of $path $own', async ({ status, path, isAuthorized, own }) => {
    const events = new RecordedEvents();
    await using service = await start({ onEvent: events.listener });
    const headers = { origin: ORIGIN, ...own, ...(isAuthorized === true ? await authorized(service) : {}) };
    const answer = await upgradeRequest(service, { path, headers });
    expect(answer.status).toBe(status);
    expect(answer.text).not.toBe('');
    expect(answer.headers['content-type']).toMatch(/^text\/plain/);
    expect(crossOrigin(answer)).toEqual(GRANTED);
    expect(events.all).toEqual([
      { name: 'requestRefused', path: path.replace(/\?.*/, ''), status, reason: answer.text },
    ]);
  });

  test.each(['/', '/server?hub=chat', '/nothing', '/clients'])('%s has none', async (path) => {
    await using service = await start();
    const answer = await httpRequest(service, { path, headers: { origin: ORIGIN } });
    expect(answer.headers).not.toHaveProperty('access-control-allow-origin');
  });
});

describe('allowed origins', () => {
  test('those in the list are echoed, without case; others get their answer without headers', async () => {
    await using service = await start({ allowedOrigins: ['https://other.example', ORIGIN.toUpperCase()] });
    const ask = async (origin: string) =>
      httpRequest(service, {
        method: 'POST',
        path: NEGOTIATE,
        headers: { ...(await authorized(service)), origin },
      });
    expect(crossOrigin(await ask(ORIGIN))).toEqual(GRANTED);
    for (const origin of ['https://page.example', 'http://page.example:8443', 'null', `${ORIGIN}.evil.example`]) {
      const answer = await ask(origin);
      expect(answer.status).toBe(200);
      expect(crossOrigin(answer)).toEqual(NOT_GRANTED);
    }
  });

  test('WebSockets are not checked by default', async () => {
    await using service = await start({ allowedOrigins: ['https://other.example'] });
    const headers = { ...(await authorized(service)), origin: ORIGIN };
    expect((await upgradeRequest(service, { path: '/client?hub=chat', headers })).status).toBe(101);
  });

  test('WebSockets are checked when told to', async () => {
    const events = new RecordedEvents();
    await using service = await start({
      allowedOrigins: ['https://other.example'],
      checkWebSocketOrigin: true,
      onEvent: events.listener,
    });
    const own = await authorized(service);
    const path = '/client?hub=chat';
    const refused = await upgradeRequest(service, { path, headers: { ...own, origin: ORIGIN } });
    expect(refused).toMatchObject({
      status: 403,
      text: 'The origin of this page may not connect. Add it to the allowed origins.',
    });
    expect(crossOrigin(refused)).toEqual(NOT_GRANTED);
    expect(events.all).toHaveLength(1);
    for (const headers of [own, { ...own, origin: 'https://other.example' }]) {
      expect((await upgradeRequest(service, { path, headers })).status).toBe(101);
    }
  });

  test('a bad token comes before a bad origin', async () => {
    await using service = await start({ allowedOrigins: [], checkWebSocketOrigin: true });
    const answer = await upgradeRequest(service, { path: '/client?hub=chat', headers: { origin: ORIGIN } });
    expect(answer.status).toBe(401);
  });
});
