// Negotiate in each web framework, and a client that comes in through it.
import { connect } from 'node:net';
import { HttpTransportType, type HubConnection, HubConnectionBuilder, LogLevel } from '@microsoft/signalr';
import { Hub, type HubHttpRequest, requireRole, withAzureSignalR } from '@signalite/server';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { FetchHttpClient } from './support/fetch-http-client.ts';
import { LineLog } from './support/line-log.ts';
import { openTestService, type TestService } from './support/test-service.ts';
import { FRAMEWORKS, HUB_PATH, type WebApp } from './support/web-frameworks.ts';

class ChatHub extends Hub {
  whoAmI(): unknown {
    const { user, userIdentifier, httpRequest } = this.context;
    return { userId: userIdentifier, roles: user.values('role'), path: httpRequest.path };
  }
}

let service: TestService;
const log = new LineLog();
let lastRequest: HubHttpRequest | undefined;

function createApp() {
  return withAzureSignalR({
    connectionString: service.connectionString,
    applicationName: service.applicationName,
    hubs: {
      ChatHub: {
        hub: ChatHub,
        authorize(context) {
          lastRequest = context.request;
          return requireRole('guest', 'admin')(context);
        },
      },
    },
    serverConnectionCount: 1,
    logger: log,
  });
}

let signalr: ReturnType<typeof createApp>;

beforeAll(async () => {
  service = await openTestService();
  signalr = createApp();
  await signalr.start();
});

afterAll(async () => {
  await signalr.close();
  await service.close();
});

beforeEach(() => {
  log.lines.length = 0;
});

function clientOf(url: string, headers: Record<string, string>): HubConnection {
  return new HubConnectionBuilder()
    .withUrl(url, { httpClient: new FetchHttpClient(), transport: HttpTransportType.WebSockets, headers })
    .configureLogging(LogLevel.None)
    .build();
}

const NAMES = Object.keys(FRAMEWORKS) as (keyof typeof FRAMEWORKS)[];
/** It answers by itself, once it has read to its limit. */
const PARSED = 'Express with a parser of bodies';

describe.each(NAMES)('%s', (framework) => {
  let app: WebApp;

  beforeAll(async () => {
    app = await FRAMEWORKS[framework](signalr);
  });
  afterAll(() => app.close());

  const negotiate = (headers: Record<string, string> = {}) =>
    fetch(`${app.url}${HUB_PATH}/negotiate?negotiateVersion=1`, { method: 'POST', headers });

  test('a client comes in, and the hub knows who it is and where it came from', async () => {
    const client = clientOf(`${app.url}${HUB_PATH}`, { 'x-user': 'ann', 'x-roles': 'guest,tester' });
    await client.start();
    expect(await client.invoke('whoAmI')).toEqual({ userId: 'ann', roles: ['guest', 'tester'], path: HUB_PATH });
    await client.stop();
    expect(log.lines).toEqual([]);
  });

  test('what the framework adds to answers stays', async () => {
    const response = await negotiate({ 'x-roles': 'admin' });
    expect([response.status, response.headers.get('content-type'), response.headers.get('x-app')]).toEqual([
      200,
      expect.stringMatching(/^application\/json/),
      'mine',
    ]);
    expect(await response.json()).toMatchObject({ url: expect.stringContaining('&asrs.op=%2Fapi%2Fchat&') });
  });

  test.each([
    ['nobody knows', {}, 401, 'Bearer'],
    ['may not', { 'x-user': 'bob' }, 403, null],
  ])('a client that %s', async (_who, headers: Record<string, string>, status, challenge) => {
    const response = await negotiate(headers);
    expect([response.status, response.headers.get('www-authenticate'), await response.text()]).toEqual([
      status,
      challenge,
      '',
    ]);
    await expect(clientOf(`${app.url}${HUB_PATH}`, headers).start()).rejects.toThrow(
      `Unexpected status code returned from negotiate '${status}'`,
    );
  });

  test('who may come in is decided with the request at hand', async () => {
    await (await negotiate({ 'x-user': 'zo\u00eb', cookie: 'a=1; b=2' })).text();
    expect(lastRequest).toMatchObject({
      path: HUB_PATH,
      // The Fetch API does not tell addresses.
      remoteIpAddress: framework === 'Hono' ? undefined : '127.0.0.1',
    });
    expect(lastRequest?.query.get('negotiateVersion')).toBe('1');
    expect(lastRequest?.headers.get('cookie')).toBe('a=1; b=2');
    expect(lastRequest?.headers.get('x-user')).toBe('zo\u00eb');
  });

  test('what the app`s own function throws is logged, and told to nobody', async () => {
    const response = await negotiate({ 'x-fail': 'yes' });
    expect([response.status, await response.text()]).toEqual([500, 'The server could not answer.']);
    expect(log.lines).toEqual(['error: A negotiate request could not be answered.']);
  });

  test('GET is not answered', async () => {
    const response = await fetch(`${app.url}${HUB_PATH}/negotiate`);
    expect(response.status).toBeOneOf([404, 405]);
    await response.text();
  });
});

test.each(NAMES.filter((name) => name !== PARSED))(
  '%s: a body that is too large is refused before it came',
  async (name) => {
    const app = await FRAMEWORKS[name](signalr);
    const { socket, start } = post(
      app,
      ['x-roles: admin', 'Content-Type: text/plain', 'Content-Length: 5000000'],
      'abc',
    );
    expect(await start).toMatch(/^HTTP\/1\.1 413 /);
    socket.destroy();
    await app.close();
  },
);

test('a body in pieces is not waited for', async () => {
  const app = await FRAMEWORKS['node:http'](signalr);
  const { everything } = post(app, ['x-roles: admin', 'Transfer-Encoding: chunked'], '3\r\nabc\r\n');
  expect(await everything).toMatch(/^HTTP\/1\.1 200 [\s\S]*\r\nConnection: close\r\n/i);
  await app.close();
});

/** Sends the beginning of a negotiate request. */
function post(app: WebApp, headers: readonly string[], body: string) {
  const { hostname, port } = new URL(app.url);
  const socket = connect(Number(port), hostname);
  let text = '';
  const start = new Promise<string>((resolve, reject) => {
    socket.once('data', (bytes) => resolve(bytes.toString('latin1')));
    socket.once('error', reject);
  });
  const everything = new Promise<string>((resolve) => {
    socket.on('data', (bytes) => {
      text += bytes.toString('latin1');
    });
    socket.once('close', () => resolve(text));
  });
  socket.write(`POST ${HUB_PATH}/negotiate HTTP/1.1\r\nHost: app\r\n${headers.join('\r\n')}\r\n\r\n${body}`);
  return { socket, start, everything };
}
