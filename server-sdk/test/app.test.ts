// Apps as people write them, through the real service, with the official client.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { HttpTransportType, type HubConnection, HubConnectionBuilder, LogLevel } from '@microsoft/signalr';
import { MessagePackHubProtocol } from '@microsoft/signalr-protocol-msgpack';
import { type AzureSignalR, defineMethods, Hub, type HubMethods, withAzureSignalR } from '@signalite/server';
import { Hono } from 'hono';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { FetchHttpClient } from './support/fetch-http-client.ts';
import { Inbox } from './support/inbox.ts';
import { LineLog } from './support/line-log.ts';
import { openTestService, type TestService } from './support/test-service.ts';

interface AppContract {
  server: {
    whoAmI(): { user: string | null; roles: string[]; team: string | null; path: string; cookie: string | null };
    rename(name: string): string;
    adminOnly(): string;
    survey(connectionId: string): string;
    fail(): void;
  };
  client: {
    said(text: string): void;
    question(text: string): string;
  };
}

const events = new Inbox<string>('hub events');

class AppHub extends Hub<AppContract> implements HubMethods<AppContract> {
  static readonly methods = defineMethods<AppHub>({
    rename: { schema: z.tuple([z.string().trim().min(1).max(5)]) },
    adminOnly: { authorize: ({ user }) => user.isInRole('admin') },
  });
  readonly #greeting: string;

  constructor(greeting: string) {
    super();
    this.#greeting = greeting;
  }

  override async onConnected(): Promise<void> {
    await this.groups.add(this.context.connectionId, 'everybody');
    await this.clients.caller.send('said', this.#greeting);
  }

  override onDisconnected(error?: Error): void {
    events.push(`${this.context.userIdentifier} left ${String(error)}`);
  }

  whoAmI() {
    const { user, userIdentifier = null, httpRequest } = this.context;
    const cookie = httpRequest.headers.get('x-cookie');
    return {
      user: userIdentifier,
      roles: user.values('role'),
      team: user.value('team') ?? null,
      path: httpRequest.path,
      cookie,
    };
  }

  rename(name: string): string {
    return name;
  }

  adminOnly(): string {
    return 'yes';
  }

  survey(connectionId: string): Promise<string> {
    return this.clients.client(connectionId).invoke('question', 'how?', { signal: AbortSignal.timeout(5000) });
  }

  fail(): void {
    throw new Error('details');
  }
}

class QuietHub extends Hub {
  fail(): void {
    throw new Error('details');
  }
}

function createApp(service: TestService, log: LineLog) {
  return withAzureSignalR({
    connectionString: service.connectionString,
    applicationName: service.applicationName,
    hubs: { AppHub: { hub: AppHub, create: () => new AppHub('welcome'), enableDetailedErrors: true }, QuietHub },
    serverConnectionCount: 2,
    logger: log,
  });
}

/** Serves a Fetch-style app with node:http, as an adapter would. */
async function serve(app: Hono): Promise<{ url: string; close: () => Promise<void> }> {
  const server = createServer(async (request, response) => {
    const headers = new Headers(
      Object.entries(request.headers).map(([name, value]): [string, string] => [name, String(value)]),
    );
    const answer = await app.fetch(
      new Request(`http://${request.headers.host}${request.url}`, { method: request.method ?? 'GET', headers }),
    );
    response.writeHead(answer.status, Object.fromEntries(answer.headers)).end(await answer.text());
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}

let service: TestService;
let signalr: ReturnType<typeof createApp>;
let web: Awaited<ReturnType<typeof serve>>;
const log = new LineLog();

beforeAll(async () => {
  service = await openTestService();
  signalr = createApp(service, log);
  await signalr.start();
  const app = new Hono();
  app.post('/app/negotiate', (c) =>
    signalr.negotiate('AppHub', c.req.raw, {
      userId: c.req.query('user'),
      claims: () => ({ role: (c.req.query('roles') ?? '').split(','), team: 'red', aud: 'mine' }),
    }),
  );
  app.post('/quiet/negotiate', (c) => signalr.negotiate('QuietHub', c.req.raw));
  web = await serve(app);
});

afterAll(async () => {
  await web.close();
  await signalr.close();
  await service.close();
});

function client(path: string, protocol: 'json' | 'messagepack' = 'json'): HubConnection {
  const builder = new HubConnectionBuilder()
    .withUrl(`${web.url}${path}`, {
      httpClient: new FetchHttpClient(),
      transport: HttpTransportType.WebSockets,
      headers: { 'x-cookie': 'a=1' },
    })
    .configureLogging(LogLevel.None);
  if (protocol === 'messagepack') builder.withHubProtocol(new MessagePackHubProtocol());
  return builder.build();
}

describe.each(['json', 'messagepack'] as const)('a Hono app and a client of %s', (protocol) => {
  test('the hub knows whom the app let in', async () => {
    const ann = client('/app?user=ann&roles=admin,user', protocol);
    const said = new Promise((resolve) => ann.on('said', resolve));
    await ann.start();
    expect(await said).toBe('welcome');
    expect(await ann.invoke('whoAmI')).toEqual({
      user: 'ann',
      roles: ['admin', 'user'],
      team: 'red',
      path: '/app',
      cookie: 'a=1',
    });
    expect(await ann.invoke('adminOnly')).toBe('yes');
    await ann.stop();
    await events.take((event) => event === 'ann left undefined');
  });

  test('a schema checks and mends arguments', async () => {
    const bob = client('/app?user=bob', protocol);
    await bob.start();
    expect(await bob.invoke('rename', '  bob ')).toBe('bob');
    await expect(bob.invoke('rename', 'much too long')).rejects.toThrow(
      /Failed to invoke 'rename' due to an error on the server\. InvalidDataException: Error binding arguments\..* 0: /,
    );
    await expect(bob.invoke('rename', 5)).rejects.toThrow('Error binding arguments.');
    await expect(bob.invoke('rename')).rejects.toThrow('Error binding arguments.');
    await expect(bob.invoke('adminOnly')).rejects.toThrow("Failed to invoke 'adminOnly' because user is unauthorized");
    await bob.stop();
  });

  test('clients of both protocols hear what is sent from outside, and can be asked', async () => {
    const [one, two] = [client('/app?user=one', protocol), client('/app?user=two', 'json')];
    const heard = new Inbox<string>('clients');
    for (const connection of [one, two]) {
      connection.on('said', (text: string) => heard.push(text));
      connection.on('question', (text: string) => `${text} fine`);
      await connection.start();
    }
    const hub = signalr.hub('AppHub');
    await hub.clients.group('everybody').send('said', 'hello all');
    for (let count = 0; count < 2; count++) await heard.take((text) => text === 'hello all');
    await hub.clients.user('two').send('said', 'hello two');
    await heard.take((text) => text === 'hello two');
    expect(await hub.clients.client(one.connectionId ?? '').invoke('question', 'who?')).toBe('who? fine');
    expect(await one.invoke('survey', two.connectionId)).toBe('how? fine');
    await expect(hub.clients.client('nobody').invoke('question', 'x')).rejects.toMatchObject({
      code: 'client-result-failed',
      message: "Connection 'nobody' does not exist.",
    });
    await one.stop();
    await two.stop();
  });

  test('options of one hub are no options of another', async () => {
    const loud = client('/app?user=loud', protocol);
    const quiet = client('/quiet', protocol);
    await Promise.all([loud.start(), quiet.start()]);
    await expect(loud.invoke('fail')).rejects.toThrow("invoking 'fail' on the server. Error: details");
    await expect(quiet.invoke('fail')).rejects.toThrow(/invoking 'fail' on the server\.$/);
    await Promise.all([loud.stop(), quiet.stop()]);
  });
});

test('an app that is gone sends its clients back, and they find the next one', async () => {
  await using second = await openTestService();
  const { connectionString, applicationName } = second;
  const start = async (): Promise<AzureSignalR<{ QuietHub: typeof QuietHub }>> => {
    const app = withAzureSignalR({ connectionString, applicationName, hubs: { QuietHub }, logger: log });
    await app.start();
    return app;
  };
  let app = await start();
  const server = await serve(new Hono().post('/q/negotiate', (c) => app.negotiate('QuietHub', c.req.raw)));
  const connection = new HubConnectionBuilder()
    .withUrl(`${server.url}/q`, { httpClient: new FetchHttpClient() })
    .configureLogging(LogLevel.None)
    .withAutomaticReconnect([0, 50, 100, 200])
    .build();
  await connection.start();
  const back = new Promise((resolve) => connection.onreconnected(resolve));
  const [next] = await Promise.all([start(), app.close()]);
  app = next;
  await back;
  await expect(connection.invoke('fail')).rejects.toThrow("invoking 'fail'");
  await connection.stop();
  await server.close();
  await app.close();
});
