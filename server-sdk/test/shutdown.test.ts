// How an app server leaves (service-protocol 12.1).
import { type AzureSignalROptions, Hub, type HubEntries, withAzureSignalR } from '@signalite/server';
import { expect, test } from 'vitest';
import { type FakeServerConnection, FakeService } from './support/fake-service.ts';
import { Inbox } from './support/inbox.ts';
import { LineLog } from './support/line-log.ts';

const FIN_ACK = { type: 3, values: ['shutdown', 'finack'] } as const;

class QuietHub extends Hub {}

function create(service: FakeService, options: Partial<AzureSignalROptions<HubEntries>> = {}) {
  const log = new LineLog();
  const { connectionString } = service;
  const signalr = withAzureSignalR({
    connectionString,
    hubs: { QuietHub },
    logger: log,
    serverConnectionCount: 1,
    shutdownMode: 'wait',
    shutdownTimeoutMs: 5000,
    ...options,
  });
  return { signalr, log, [Symbol.asyncDispose]: () => signalr.close() };
}

async function connect(service: FakeService, options: Partial<AzureSignalROptions<HubEntries>> = {}) {
  const app = create(service, options);
  await app.signalr.start();
  const [first] = (await service.accept(1)) as [FakeServerConnection];
  return { ...app, first };
}

const leaving = (connectionId: string) => ({ type: 5, connectionId, error: '', headers: [] }) as const;

test('onShutdown runs once the service has taken note, before clients leave, and may send to them', async () => {
  await using service = await FakeService.listen();
  const steps = new Inbox<string>('steps');
  class LastHub extends QuietHub {
    override onDisconnected() {
      steps.push('disconnected');
    }
  }
  const app = await connect(service, {
    hubs: { LastHub },
    async onShutdown({ clients }) {
      steps.push('shuts down');
      await clients.all.send('goodbye');
    },
  });
  const { first } = app;
  await first.openClient('c');
  const closing = app.signalr.close();
  expect(await first.expectPing('shutdown')).toEqual(['shutdown', 'fin:2']);
  expect(steps.rest).toEqual([]);
  first.send(FIN_ACK);
  await first.expect(10);
  expect(steps.rest).toEqual(['shuts down']);
  first.send(leaving('c'));
  await closing;
  expect(steps.rest).toEqual(['shuts down', 'disconnected']);
});

test("a hub's own replaces that of all; one that fails is logged and stops nothing", async () => {
  await using service = await FakeService.listen();
  const calls: string[] = [];
  await using app = await connect(service, {
    hubs: {
      QuietHub: {
        hub: QuietHub,
        onShutdown() {
          calls.push('own');
          throw new Error('no');
        },
      },
    },
    onShutdown: () => void calls.push('all'),
  });
  app.first.agreeToLeave();
  await app.signalr.close();
  expect([calls, app.log.lines]).toEqual([['own'], ['error: onShutdown of a hub failed.']]);
});

test('one that never ends holds nobody up for longer than the time for close()', async () => {
  await using service = await FakeService.listen();
  await using app = await connect(service, {
    shutdownTimeoutMs: 100,
    onShutdown: () => new Promise<void>(() => undefined),
  });
  app.first.agreeToLeave();
  await app.signalr.close();
  expect(await app.first.closed).toBe(1000);
});

test('it does not run when the service takes no note in time, nor when nothing has started', async () => {
  await using service = await FakeService.listen();
  let calls = 0;
  const onShutdown = () => {
    calls += 1;
  };
  await using app = await connect(service, { shutdownTimeoutMs: 50, onShutdown });
  await app.signalr.close();
  await app.first.closed;
  await create(service, { onShutdown }).signalr.close();
  expect(calls).toBe(0);
});

test('connections that the service asked for are announced as well, and all close after the last client', async () => {
  await using service = await FakeService.listen();
  await using app = await connect(service, { shutdownMode: 'migrate' });
  const { first } = app;
  first.send({ type: 3, values: ['target', 'more'] });
  const [more] = (await service.accept(1)) as [FakeServerConnection];
  await more.openClient('c');
  const closing = app.signalr.close();
  for (const connection of [first, more]) {
    expect(await connection.expectPing('shutdown')).toEqual(['shutdown', 'fin:1']);
    connection.send(FIN_ACK, { type: 3, values: ['echo', 'served still'] });
    await connection.expectPing('echo');
  }
  more.send({ ...leaving('c'), headers: [{ name: 'Asrs-Migrate-To', values: ['other'] }] });
  await closing;
  expect(await Promise.all([first.closed, more.closed])).toEqual([1000, 1000]);
  expect(more.messages.rest.filter(({ type }) => type === 5 || type === 6)).toEqual([]);
});
