// What is under way when the client of one app server goes on with another (service-protocol 12.1). Who says what in
// which order while many do so is the business of rolling-restart.test.ts.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { HubConnection } from '@microsoft/signalr';
import { defineMethods, Hub, type ShutdownMode, withAzureSignalR } from '@signalite/server';
import { startService } from 'signalite';
import { beforeEach, expect, test } from 'vitest';
import { Gate } from './support/gate.ts';
import { Inbox } from './support/inbox.ts';
import { LineLog } from './support/line-log.ts';
import { CLIENTS, type ClientProtocol } from './support/official-client.ts';
import { needsOwnService } from './support/test-service.ts';

const TIMERS = { migrationDrainMs: 100 };

beforeEach((context) => needsOwnService(context, 'shortens the time before clients move'));

/** An app server with a name of its own, and what its hub sees. */
async function startAppServer(label: string, connectionString: string, shutdownMode: ShutdownMode = 'migrate') {
  const seen = new Inbox<string>(label);
  const gate = new Gate();
  class MovingHub extends Hub {
    static readonly methods = defineMethods<MovingHub>({ sum: { streams: [0] } });
    override onConnected() {
      const { migration } = this.context;
      seen.push(`connected ${migration?.from !== undefined}`);
    }
    override onDisconnected(error?: Error) {
      const { migration } = this.context;
      seen.push(`disconnected ${migration?.to !== undefined} ${error}`);
    }
    where() {
      return label;
    }
    async join(group: string) {
      await this.groups.add(this.context.connectionId, group);
    }
    async slow() {
      seen.push('slow runs');
      await gate.opened;
      await this.clients.group('room').send('said', `at the end, ${label}`);
      return label;
    }
    async ask() {
      return `${label} heard ${await this.clients.caller.invoke('answer')}`;
    }
    async *forever() {
      yield label;
      await gate.opened;
    }
    async sum(items: AsyncIterable<number>) {
      let sum = 0;
      for await (const item of items) sum += item;
      return sum;
    }
  }
  const log = new LineLog();
  const signalr = withAzureSignalR({
    connectionString,
    hubs: { MovingHub },
    serverConnectionCount: 2,
    shutdownMode,
    logger: log,
  });
  await signalr.start();
  const server = createServer(signalr.negotiateListener('MovingHub'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const close = async () => {
    server.closeAllConnections();
    server.close();
    await signalr.close();
  };
  return { seen, gate, log, signalr, close, url: `http://127.0.0.1:${port}/hub`, [Symbol.asyncDispose]: close };
}

/** What a client noticed of its connection. */
async function connect(url: string, protocol: ClientProtocol) {
  const connection = CLIENTS[10].build(url, protocol, true);
  const said = new Inbox<string>('client');
  const losses: unknown[] = [];
  connection.on('said', (text: string) => said.push(text));
  connection.onreconnecting((error) => losses.push(error));
  connection.onclose((error) => losses.push(error));
  await connection.start();
  return { connection, said, losses };
}

/** Resolves with how a stream ends, and what it gave. */
function streamed(connection: HubConnection, method: string) {
  const items = new Inbox<unknown>(method);
  const ended = new Promise<unknown>((resolve) => {
    const next = (item: unknown) => items.push(item);
    connection.stream(method).subscribe({ next, complete: () => resolve(undefined), error: resolve });
  });
  return { items, ended };
}

test.each(['json', 'messagepack'] as const)(
  'a client in %s whose app server closes: nothing that it waits for is lost',
  async (protocol) => {
    await using service = await startService({ host: '127.0.0.1', port: 0, timers: TIMERS });
    await using first = await startAppServer('first', service.connectionString);
    const { connection, said, losses } = await connect(first.url, protocol);
    const { connectionId } = connection;
    const answer = new Gate();
    connection.on('answer', async () => answer.opened.then(() => 'an answer'));
    await connection.invoke('join', 'room');
    const asked = connection.invoke('ask');
    const slow = connection.invoke('slow');
    const waiting = connection.invoke('where');
    const stream = streamed(connection, 'forever');
    expect(await stream.items.take()).toBe('first');
    await first.seen.take((what) => what === 'slow runs');

    await using second = await startAppServer('second', service.connectionString);
    const closing = first.close();
    await second.seen.take((what) => what === 'connected true');
    expect(await connection.invoke('where')).toBe('second');
    expect(await stream.ended).toMatchObject({ message: expect.stringContaining('its app server shut down') });
    await second.signalr.hub('MovingHub').clients.group('room').send('said', 'still a member');
    expect(await said.take()).toBe('still a member');

    first.gate.open();
    answer.open();
    expect(await slow).toBe('first');
    expect(await said.take()).toBe('at the end, first');
    expect(await waiting).toBe('first');
    expect(await asked).toBe('first heard an answer');
    await closing;
    expect(first.seen.rest).toEqual(['connected false', 'disconnected true undefined']);
    expect(await connection.invoke('where')).toBe('second');
    expect([connection.connectionId, losses, first.log.lines]).toEqual([connectionId, [], []]);
    await connection.stop();
    await second.seen.take((what) => what === 'disconnected false undefined');
  },
);

test('a call that reads a stream from the client fails, and the client goes on', async () => {
  await using service = await startService({ host: '127.0.0.1', port: 0, timers: TIMERS });
  await using first = await startAppServer('first', service.connectionString);
  const { connection, losses } = await connect(first.url, 'json');
  const upload = CLIENTS[10].newSubject();
  const sum = connection.invoke('sum', upload).catch(String);
  upload.next(1);
  expect(await connection.invoke('where')).toBe('first');
  await using second = await startAppServer('second', service.connectionString);
  const closing = first.close();
  await second.seen.take((what) => what === 'connected true');
  expect(await sum).toContain("An unexpected error occurred invoking 'sum' on the server.");
  // The other app server has never heard of the stream.
  upload.next(2);
  upload.complete();
  expect(await connection.invoke('where')).toBe('second');
  await closing;
  expect(losses).toEqual([]);
  await connection.stop();
});

test('in mode wait a client stays with its app server, though there is another one', async () => {
  await using service = await startService({ host: '127.0.0.1', port: 0, timers: TIMERS });
  await using first = await startAppServer('first', service.connectionString, 'wait');
  const { connection, losses } = await connect(first.url, 'json');
  const closing = first.close();
  await using second = await startAppServer('second', service.connectionString);
  expect(await connection.invoke('where')).toBe('first');
  await connection.stop();
  await closing;
  expect(first.seen.rest).toEqual(['connected false', 'disconnected false undefined']);
  expect(second.seen.rest).toEqual([]);
  // Its own goodbye.
  expect(losses).toEqual([undefined]);
});
