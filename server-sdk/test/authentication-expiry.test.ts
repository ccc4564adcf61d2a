// Clients whose sign-in ends while they are connected (service-protocol 2.4).
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Hub, withAzureSignalR } from '@signalite/server';
import { expect, test } from 'vitest';
import { Inbox } from './support/inbox.ts';
import { LineLog } from './support/line-log.ts';
import { CLIENTS } from './support/official-client.ts';
import { openTestService } from './support/test-service.ts';

test('a client is disconnected at the time that negotiate gave, and may come back', { timeout: 20_000 }, async () => {
  await using service = await openTestService();
  const { connectionString, applicationName } = service;
  const events = new Inbox<string>('hub events');
  class GuardedHub extends Hub {
    override onConnected() {
      events.push('connected');
    }
    override onDisconnected(error?: Error) {
      events.push(`disconnected ${error}`);
    }
  }
  const log = new LineLog();
  await using signalr = withAzureSignalR({ connectionString, applicationName, hubs: { GuardedHub }, logger: log });
  await signalr.start();
  let signIns = 0;
  // The first sign-in is short, the second one is not.
  const expiresAt = () => {
    signIns += 1;
    return new Date(Date.now() + (signIns === 1 ? 1500 : 600_000));
  };
  const server = createServer(signalr.negotiateListener('GuardedHub', { expiresAt }));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const client = CLIENTS[10].build(`http://127.0.0.1:${port}/hub`, 'json', true);
  const back = new Promise<void>((resolve) => client.onreconnected(() => resolve()));
  await client.start();
  await events.take((event) => event === 'connected');
  await events.take((event) => event === 'disconnected undefined');
  await back;
  await events.take((event) => event === 'connected');
  expect([signIns, events.rest, log.lines]).toEqual([2, [], []]);
  await client.stop();
  server.closeAllConnections();
  server.close();
});
