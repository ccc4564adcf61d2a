import { Hub, withAzureSignalR } from '@signalite/server';
import { startService } from 'signalite';
import { describe, expect, test } from 'vitest';
import { startEndpointApp } from './support/endpoint-app.ts';
import { type FakeServerConnection, FakeService } from './support/fake-service.ts';
import { LineLog } from './support/line-log.ts';
import { Calls } from './support/official-client.ts';

const SERVICE = { host: '127.0.0.1', port: 0 };

describe('with the real service', () => {
  test('clients move from a service that goes to one that came', async () => {
    await using first = await startService(SERVICE);
    await using second = await startService(SERVICE);
    const endpoints = [{ name: 'first', connectionString: first.connectionString }];
    await using app = await startEndpointApp({ endpoints });
    await using other = await startEndpointApp({ endpoints });
    const [ann, bob] = [await app.connect('user=ann'), await other.connect('user=bob')];
    const left = [ann, bob].map((client) => new Promise<void>((resolve) => client.onclose(() => resolve())));
    const added = { name: 'second', connectionString: second.connectionString };
    await Promise.all([app.signalr.addEndpoint(added), other.signalr.addEndpoint(added)]);
    await Promise.all([app.signalr.removeEndpoint('first'), other.signalr.removeEndpoint('first')]);
    await Promise.all(left);
    expect((await app.negotiate()).url.startsWith(second.url)).toBe(true);
    const [carl, dora] = [await app.connect('user=carl'), await other.connect('user=dora')];
    const got = new Calls(dora, 'got');
    await carl.invoke('sendUser', 'dora', 'here');
    expect(await got.next()).toEqual(['here']);
    expect(first.counts).toEqual({ clients: 0, serverConnections: 0 });
    expect([...app.log.lines, ...other.log.lines]).toEqual([]);
    await Promise.all([carl.stop(), dora.stop()]);
  });
});

class ChatHub extends Hub {}

async function startOnFake(endpointChangeTimeoutMs = 60_000) {
  const [first, second] = await Promise.all([FakeService.listen(), FakeService.listen()]);
  const added = { name: 'second', connectionString: second.connectionString };
  const log = new LineLog();
  const signalr = withAzureSignalR({
    endpoints: [{ name: 'first', connectionString: first.connectionString }],
    hubs: { ChatHub },
    logger: log,
    serverConnectionCount: 1,
    shutdownTimeoutMs: 300,
    startTimeoutMs: 300,
    endpointChangeTimeoutMs,
  });
  await signalr.start();
  const [ofFirst] = await first.accept(1);
  if (ofFirst === undefined) throw new Error('no server connection');
  return {
    signalr,
    log,
    ofFirst,
    second,
    added,
    async ofSecond() {
      const [connection] = await second.accept(1);
      if (connection === undefined) throw new Error('no server connection');
      return connection;
    },
    async negotiate() {
      const response = await signalr.negotiate('ChatHub', new Request('http://app/negotiate', { method: 'POST' }));
      const { url } = (await response.json()) as { url: string };
      return added.connectionString.includes(new URL(url).port) ? 'second' : 'first';
    },
    async [Symbol.asyncDispose]() {
      await signalr.close();
      await Promise.all([first[Symbol.asyncDispose](), second[Symbol.asyncDispose]()]);
    },
  };
}

/** Answers the next question for the app servers. */
async function list(connection: FakeServerConnection, servers: string): Promise<void> {
  expect(await connection.expectPing('servers')).toEqual(['servers', '']);
  connection.send({ type: 3, values: ['servers', servers] });
}

/** Who clients are sent to, in many attempts. */
async function destinations(negotiate: () => Promise<string>): Promise<Set<string>> {
  return new Set(await Promise.all(Array.from({ length: 100 }, negotiate)));
}

describe('a service that comes', () => {
  test('gets sends at once, and clients when it has the same app servers as the others', async () => {
    await using app = await startOnFake();
    const adding = app.signalr.addEndpoint(app.added);
    const ofSecond = await app.ofSecond();
    await list(ofSecond, '1:A');
    await app.signalr.hub('ChatHub').clients.all.send('news');
    await ofSecond.expect(10);
    expect(await destinations(app.negotiate)).toEqual(new Set(['first']));
    await list(app.ofFirst, '7:a');
    await adding;
    expect(await destinations(app.negotiate)).toEqual(new Set(['first', 'second']));
    expect(app.log.lines).toEqual([]);
  });

  test('whose app servers are others gets clients when the time is over, with a warning', async () => {
    await using app = await startOnFake(1500);
    const adding = app.signalr.addEndpoint(app.added);
    const ofSecond = await app.ofSecond();
    await Promise.all([list(ofSecond, '1:A'), list(app.ofFirst, '1:A;B')]);
    await adding;
    expect(await destinations(app.negotiate)).toEqual(new Set(['first', 'second']));
    expect(app.log.lines).toEqual([
      'warn: A new endpoint has other app servers than the others; clients are sent there all the same.',
    ]);
  });

  test('and cannot be reached changes nothing', async () => {
    await using app = await startOnFake();
    app.second.options = { refuse: { status: 503, body: 'Not now.' } };
    await expect(app.signalr.addEndpoint(app.added)).rejects.toMatchObject({ code: 'connect-failed' });
    expect(await destinations(app.negotiate)).toEqual(new Set(['first']));
    await expect(app.signalr.removeEndpoint('second')).rejects.toMatchObject({
      code: 'invalid-options',
      message: "There is no endpoint 'second'. Known: first.",
    });
  });

  test('is not waited for when the app closes', async () => {
    await using app = await startOnFake();
    const adding = expect(app.signalr.addEndpoint(app.added)).rejects.toMatchObject({ code: 'closed' });
    const ofSecond = await app.ofSecond();
    await ofSecond.expectPing('servers');
    await app.signalr.close();
    await adding;
    expect(await ofSecond.closed).toBe(1000);
  });
});

describe('a service that goes', () => {
  async function startOnTwo(endpointChangeTimeoutMs?: number) {
    const app = await startOnFake(endpointChangeTimeoutMs);
    const adding = app.signalr.addEndpoint(app.added);
    const ofSecond = await app.ofSecond();
    await Promise.all([list(ofSecond, '1:a'), list(app.ofFirst, '1:a')]);
    await adding;
    return { ...app, connection: ofSecond, [Symbol.asyncDispose]: () => app[Symbol.asyncDispose]() };
  }

  test('gets no more clients, is told, and is left once it has none', async () => {
    await using app = await startOnTwo();
    const removing = app.signalr.removeEndpoint('second');
    expect(await app.connection.expectPing('shutdown')).toEqual(['shutdown', 'fin:0']);
    expect(await destinations(app.negotiate)).toEqual(new Set(['first']));
    await expect(app.signalr.removeEndpoint('second')).rejects.toThrow('is being removed already');
    // The first question for the status is that of every endpoint, before the removal.
    await app.connection.expectPing('status');
    await app.connection.expectPing('status');
    await app.signalr.hub('ChatHub').clients.all.send('news');
    await app.connection.expect(10);
    app.connection.send({ type: 3, values: ['status', '0'] });
    await removing;
    expect(await app.connection.closed).toBe(1000);
    expect(app.log.lines).toEqual([]);
    // It may come back.
    const again = app.signalr.addEndpoint(app.added);
    const ofSecond = await app.ofSecond();
    await Promise.all([list(ofSecond, '2:a'), list(app.ofFirst, '2:a')]);
    await again;
  });

  test('and keeps its clients is left when the time is over, with a warning', async () => {
    await using app = await startOnTwo(1500);
    app.connection.agreeToLeave();
    await app.signalr.removeEndpoint('second');
    expect(await app.connection.closed).toBe(1000);
    expect(app.log.lines).toEqual(['warn: An endpoint that leaves still has clients; they are disconnected.']);
  });

  test('must not be the last primary one', async () => {
    await using app = await startOnFake();
    await expect(app.signalr.removeEndpoint('first')).rejects.toMatchObject({
      code: 'invalid-options',
      message: "Endpoint 'first' is the last primary one. Add another first.",
    });
  });
});

describe('endpoints cannot change', () => {
  const fresh = { name: 'x', connectionString: 'Endpoint=http://127.0.0.1:1;AccessKey=a;Version=1.0;' };

  test('before the app is started, and after it is closed', async () => {
    const signalr = withAzureSignalR({ endpoints: [fresh], hubs: { ChatHub }, serverConnectionCount: 0 });
    await expect(signalr.addEndpoint(fresh)).rejects.toMatchObject({ code: 'closed' });
    await expect(signalr.removeEndpoint('x')).rejects.toMatchObject({ code: 'closed' });
    await signalr.start();
    await signalr.close();
    await expect(signalr.addEndpoint(fresh)).rejects.toMatchObject({ code: 'closed' });
  });

  test('into two of one name, or of one service', async () => {
    await using signalr = withAzureSignalR({ endpoints: [fresh], hubs: { ChatHub }, serverConnectionCount: 0 });
    await signalr.start();
    const code = 'invalid-options';
    const elsewhere = fresh.connectionString.replace(':1;', ':2;');
    await expect(signalr.addEndpoint({ name: 'x', connectionString: elsewhere })).rejects.toMatchObject({ code });
    await expect(signalr.addEndpoint({ ...fresh, name: 'y' })).rejects.toMatchObject({ code });
    // An app that only negotiates has nobody to wait for.
    await signalr.addEndpoint({ name: 'y', connectionString: elsewhere });
    await signalr.removeEndpoint('x');
  });
});
