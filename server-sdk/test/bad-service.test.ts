// Services that say what makes no sense: each does harm to nobody but itself.
import { type AzureSignalROptions, Hub, type HubEntries, withAzureSignalR } from '@signalite/server';
import { expect, test } from 'vitest';
import { type FakeServerConnection, FakeService } from './support/fake-service.ts';
import { Inbox } from './support/inbox.ts';
import { LineLog } from './support/line-log.ts';

const ECHO = (value: string) => `{"type":1,"invocationId":"1","target":"echo","arguments":["${value}"]}`;
const ECHOED = (value: string) => `{"type":3,"invocationId":"1","result":"${value}"}`;

async function connect(options: Partial<AzureSignalROptions<HubEntries>> = {}) {
  const events = new Inbox<string>('hub events');
  class EchoHub extends Hub {
    override onConnected() {
      events.push('connected');
    }
    override onDisconnected() {
      events.push('disconnected');
    }
    echo(value: unknown) {
      return value;
    }
  }
  const service = await FakeService.listen();
  const log = new LineLog();
  const { connectionString } = service;
  const signalr = withAzureSignalR({
    connectionString,
    hubs: { EchoHub },
    logger: log,
    serverConnectionCount: 2,
    shutdownTimeoutMs: 500,
    ...options,
  });
  await signalr.start();
  const [one, two] = (await service.accept(2)) as [FakeServerConnection, FakeServerConnection];
  return {
    service,
    signalr,
    events,
    log,
    one,
    two,
    async [Symbol.asyncDispose]() {
      for (const connection of [one, two]) connection.agreeToLeave();
      await signalr.close();
      await service[Symbol.asyncDispose]();
    },
  };
}

/** Everything that came before on this connection was handled. */
async function handled(connection: FakeServerConnection): Promise<void> {
  connection.send({ type: 3, values: ['echo', 'handled'] });
  await connection.expectPing('echo');
}

const control = (connectionId: string, target: 1 | 2, operation: 1 | 2 | 3 | 4) =>
  ({ type: 39, connectionId, target, operation }) as const;

test('messages about clients that are not there', async () => {
  await using app = await connect();
  const { one, events, log } = app;
  await one.openClient('c');
  one.send(
    control('nobody', 1, 1),
    control('nobody', 1, 3),
    control('c', 1, 2),
    { type: 5, connectionId: 'nobody', error: '', headers: [{ name: 'Asrs-Migrate-To', values: ['s2'] }] },
    { type: 38, connectionId: 'nobody' },
    one.text('nobody', ECHO('x')),
    { type: 20, ackId: 77, status: 1, message: '' },
    { type: 36, invocationId: 'none', connectionId: 'nobody', callerServerId: 's', error: 'x' },
    { type: 37, invocationId: 'none', connectionId: 'nobody', instanceId: 'i' },
    one.text('c', ECHO('a')),
  );
  expect(await one.expectText('c')).toBe(ECHOED('a'));
  expect(one.messages.rest.filter(({ type }) => type === 39)).toEqual([]);
  expect([events.rest, log.lines]).toEqual([['connected'], []]);
});

test('a pause of a client asked for twice is answered once', async () => {
  await using app = await connect();
  const { one, two } = app;
  await one.openClient('c');
  one.send(control('c', 1, 1), control('c', 1, 1), one.text('c', ECHO('held')));
  expect(await one.expect(39)).toMatchObject(control('c', 1, 2));
  await handled(one);
  expect(one.messages.rest.filter(({ type }) => type === 39 || type === 6)).toEqual([]);
  two.send(control('c', 1, 3), control('c', 1, 3));
  expect(await two.expectText('c')).toBe(ECHOED('held'));
});

test('a connection that brings a paused client dies: the client goes with it, and may not be resumed', async () => {
  await using app = await connect();
  const { one, two, events } = app;
  await one.openClient('c');
  one.send(control('c', 1, 1));
  await one.expect(39);
  one.drop();
  await events.take((what) => what === 'disconnected');
  two.send(control('c', 1, 3), two.text('c', ECHO('a')));
  await handled(two);
  expect(two.messages.rest.filter(({ type }) => type === 6)).toEqual([]);
});

test('the same client twice: the first one is gone, the second one is served', async () => {
  await using app = await connect();
  const { one, two, events } = app;
  await one.openClient('c');
  await two.openClient('c');
  await events.take((what) => what === 'disconnected');
  two.send(two.text('c', ECHO('a')));
  expect(await two.expectText('c')).toBe(ECHOED('a'));
  expect(events.rest).toEqual(['connected', 'connected']);
});

test('a migrated client whose handshake makes no sense is refused', async () => {
  await using app = await connect();
  const { one, events } = app;
  const headers = [{ name: 'Asrs-Migrate-From', values: ['s1'] }];
  one.send(
    { type: 4, connectionId: 'c', claims: [], headers, queryString: '' },
    one.text('c', '{"protocol":"smoke","version":1}'),
  );
  expect(await one.expect(5)).toMatchObject({ connectionId: 'c' });
  expect(events.rest).toEqual([]);
});

test('Offline is for the connection that it names', async () => {
  await using app = await connect();
  const { one, two, signalr } = app;
  const { all } = signalr.hub('EchoHub').clients;
  const own = (connection: FakeServerConnection) => connection.url.searchParams.get('cid') ?? '';
  one.send(control(own(two), 2, 4), control(own(one), 2, 1));
  two.send(control(own(one), 2, 4));
  await Promise.all([handled(one), handled(two)]);
  await all.send('m');
  await Promise.all([handled(one), handled(two)]);
  const carrier = one.messages.rest.some(({ type }) => type === 10) ? one : two;
  const other = carrier === one ? two : one;
  await carrier.expect(10);
  carrier.send(control(own(carrier), 2, 4), { type: 3, values: ['target', 'more'] });
  const [more] = await app.service.accept(1);
  more?.agreeToLeave();
  await all.send('m');
  await other.expect(10);
});

test('parts of a message are forgotten with their client', async () => {
  await using app = await connect();
  const { one, two, events } = app;
  const data = (text: string) => ({ type: 6, connectionId: 'c', payload: Buffer.from(text) }) as const;
  const part = (text: string) => ({ ...data(text), isPartial: true }) as const;
  await one.openClient('c');
  one.send(part('the first half of nothing'));
  await handled(one);
  one.drop();
  await events.take((what) => what === 'disconnected');
  await two.openClient('c');
  two.send(part(ECHO('a').slice(0, 10)), data(`${ECHO('a').slice(10)}\x1e`));
  expect(await two.expectText('c')).toBe(ECHOED('a'));
});

test('more connections than are allowed are not opened, not even while one of them is opened again', async () => {
  await using app = await connect({ maximumServerConnectionCount: 2 });
  const { service, one, two } = app;
  service.options = { handshake: null };
  one.drop();
  const [again] = await service.accept(1);
  two.send({ type: 3, values: ['target', 'more'] });
  await handled(two);
  again?.send({ type: 2 });
  await again?.expectPing('#client');
  service.options = {};
  // One that the service asked for would have come before this one.
  again?.drop();
  const [next] = await service.accept(1);
  next?.agreeToLeave();
  expect(next?.handshake).toMatchObject({ connectionType: 0 });
});
