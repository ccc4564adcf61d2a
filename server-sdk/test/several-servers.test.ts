import type { HubConnection } from '@microsoft/signalr';
import { HubConnectionBuilder, LogLevel } from '@microsoft/signalr';
import { startService } from 'signalite';
import { expect, test } from 'vitest';
import { startFeatureApp } from './support/feature-app.ts';
import { Calls, CLIENTS } from './support/official-client.ts';
import { needsOwnService, openTestService } from './support/test-service.ts';

const CROWD = 1000;
const AT_A_TIME = 50;

async function connect(url: string, reconnects = false): Promise<HubConnection> {
  const connection = CLIENTS[10].build(url, 'json', reconnects);
  await connection.start();
  return connection;
}

test('clients of two app servers meet, and one asks the other across them', async () => {
  await using service = await openTestService();
  const apps = [await startFeatureApp(service), await startFeatureApp(service)];
  // The least loaded server is taken: two clients, two servers.
  const [a, b] = [await connect(apps[0]?.url ?? ''), await connect(apps[0]?.url ?? '')];
  const got = new Calls(b, 'got');
  b.on('answer', (question: string) => `${question}, from afar`);
  await a.invoke('sendOthers', 'hello');
  expect(await got.next()).toEqual(['hello']);
  expect(await a.invoke('ask', b.connectionId, 'who')).toBe('who, from afar');
  await Promise.all([a.stop(), b.stop()]);
  for (const app of apps) await app.close();
});

test('when an app server stops, its clients come back to the other; those of the other notice nothing', async (context) => {
  needsOwnService(context, 'counts on how clients are spread over app servers');
  await using service = await startService({ host: '127.0.0.1', port: 0 });
  const [first, second] = [await startFeatureApp(service), await startFeatureApp(service)];
  const clients = await Promise.all(Array.from({ length: 4 }, () => connect(second.url, true)));
  let undisturbed = 0;
  const back = clients.map((client) => new Promise<void>((resolve) => client.onreconnected(() => resolve())));
  const disturbed = new Set<number>();
  for (const [index, client] of clients.entries()) client.onreconnecting(() => disturbed.add(index));
  await first.close();
  await expect.poll(() => disturbed.size).toBe(2);
  for (const [index, client] of clients.entries()) {
    if (disturbed.has(index)) await back[index];
    else undisturbed += 1;
    expect(await client.invoke('add', index, 1)).toBe(index + 1);
  }
  expect(undisturbed).toBe(2);
  await Promise.all(clients.map((client) => client.stop()));
  await second.close();
});

test('a thousand clients in one group get one copy each', { timeout: 60_000 }, async (context) => {
  needsOwnService(context, 'takes more clients than small units');
  await using service = await startService({ host: '127.0.0.1', port: 0, timers: { negotiateMs: 30_000 } });
  const app = await startFeatureApp(service);
  const clients: HubConnection[] = [];
  const copies = new Array<number>(CROWD).fill(0);
  while (clients.length < CROWD) {
    const some = await Promise.all(Array.from({ length: AT_A_TIME }, () => connect(`${app.url}?group=crowd`)));
    for (const client of some) {
      const index = clients.push(client) - 1;
      client.on('got', () => {
        copies[index] = (copies[index] ?? 0) + 1;
      });
    }
  }
  await app.signalr.hub('FeatureHub').clients.group('crowd').send('got', 'to all of you');
  await expect.poll(() => copies.filter((count) => count > 0).length, { timeout: 20_000 }).toBe(CROWD);
  // A second copy would have come with the first.
  await clients[0]?.invoke('echo', 'last');
  expect(new Set(copies)).toEqual(new Set([1]));
  expect(service.counts.clients).toBe(CROWD);
  await Promise.all(clients.map((client) => client.stop()));
  await app.close();
});

test('a client with a wrong token is told what is wrong', async (context) => {
  needsOwnService(context, 'these are the words of this service');
  await using service = await startService({ host: '127.0.0.1', port: 0 });
  const client = new HubConnectionBuilder()
    .withUrl(`${service.url}/client/?hub=featurehub`, { accessTokenFactory: () => 'not.a.token' })
    .configureLogging(LogLevel.None)
    .build();
  await expect(client.start()).rejects.toThrow(/The access token is not a JSON Web Token.*Status code '401'/);
});

test('a client that comes before any app server is told so, and what to do', async (context) => {
  needsOwnService(context, 'these are the words of this service');
  await using service = await startService({ host: '127.0.0.1', port: 0 });
  const app = await startFeatureApp(service);
  const { accessToken, url } = await negotiateAt(app.url);
  await app.close();
  const client = new HubConnectionBuilder()
    .withUrl(url, { accessTokenFactory: () => accessToken })
    .configureLogging(LogLevel.None)
    .build();
  await expect(client.start()).rejects.toThrow(
    /Server returned handshake error: SignalR Service is now in 'Default' service mode\..* Start one with/,
  );
});

async function negotiateAt(url: string): Promise<{ url: string; accessToken: string }> {
  const response = await fetch(`${url}/negotiate?negotiateVersion=1`, { method: 'POST' });
  const answer: unknown = await response.json();
  expect(answer).toMatchObject({ url: expect.any(String), accessToken: expect.any(String) });
  return answer as { url: string; accessToken: string };
}
