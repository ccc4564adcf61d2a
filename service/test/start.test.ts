// What `startService` takes, and what it gives.
import { type ServiceOptions, startService } from 'signalite';
import { expect, test } from 'vitest';
import { FakeAppServer } from './support/fake-app-server.ts';
import { RawClient } from './support/raw-client.ts';

const KEY = 'a-key-of-these-tests-0123456789-0123456789';
const LOCAL: ServiceOptions = { host: '127.0.0.1', port: 0 };

test('it says where it is', async () => {
  await using service = await startService({ ...LOCAL, accessKey: KEY });
  expect(service.port).toBeGreaterThan(0);
  expect(service.url).toBe(`http://127.0.0.1:${service.port}`);
  expect(service.connectionString).toBe(`Endpoint=http://127.0.0.1;Port=${service.port};AccessKey=${KEY};Version=1.0;`);
  expect(service.serviceMode).toBe('Default');
});

test('without a key it has that of the official emulator', async () => {
  await using service = await startService(LOCAL);
  expect(service.connectionString).toContain('AccessKey=ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789ABCDEFGH;');
});

test('localhost is every loopback address of the machine', async () => {
  await using service = await startService({ port: 0 });
  expect(service.url).toBe(`http://localhost:${service.port}`);
  for (const host of ['localhost', '127.0.0.1']) {
    expect((await fetch(`http://${host}:${service.port}/api/health`)).status).toBe(200);
  }
});

test('services in one process share nothing', async () => {
  await using one = await startService(LOCAL);
  await using two = await startService(LOCAL);
  expect(one.port).not.toBe(two.port);
  using server = await FakeAppServer.connect(one);
  using client = await RawClient.connect(two, { handshake: false });
  client.sendText('{"protocol":"json","version":1}\x1e');
  expect((await client.frames.next()).data.toString()).toContain('app servers are not connected');
  await server.settled();
  expect(server.messages.rest).toEqual([]);
});

test('it counts who is connected', async () => {
  await using service = await startService(LOCAL);
  expect(service.counts).toEqual({ clients: 0, serverConnections: 0 });
  using _server = await FakeAppServer.connect(service);
  using client = await RawClient.connect(service);
  expect(service.counts).toEqual({ clients: 1, serverConnections: 1 });
  client.webSocket.close();
  await expect.poll(() => service.counts).toEqual({ clients: 0, serverConnections: 1 });
});

test.each([
  { options: { port: -1 }, message: 'The port must be a number from 0 to 65535, not -1.' },
  { options: { port: 65_536 }, message: 'The port must be a number from 0 to 65535, not 65536.' },
  { options: { port: 80.5 }, message: 'The port must be a number from 0 to 65535, not 80.5.' },
  { options: { accessKey: '' }, message: 'An access key must not be empty.' },
  { options: { secondaryAccessKey: '' }, message: 'An access key must not be empty.' },
  {
    options: { accessKey: `${KEY};` },
    message: 'Invalid connection string. AccessKey must not contain a semicolon: it would end there.',
  },
  { options: { host: 'a b' }, message: 'The host must be a name or an IP address, such as localhost.' },
  { options: { host: 'a/b' }, message: 'The host must be a name or an IP address, such as localhost.' },
])('$options cannot be used', async ({ options, message }) => {
  await expect(startService({ ...LOCAL, ...options })).rejects.toMatchObject({
    name: 'ServiceStartError',
    code: 'invalid-option',
    message,
  });
});

test('a port in use is told as such, and is free once its owner is gone', async () => {
  const first = await startService(LOCAL);
  const again: ServiceOptions = { ...LOCAL, port: first.port };
  await expect(startService(again)).rejects.toMatchObject({ name: 'ServiceStartError', code: 'address-in-use' });
  await first.close();
  await using second = await startService(again);
  expect(second.port).toBe(first.port);
});
