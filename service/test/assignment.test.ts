// service-protocol 7.6: which server connection a client gets.
import { type Service, startService } from 'signalite';
import { expect, test } from 'vitest';
import { FakeAppServer } from './support/fake-app-server.ts';
import { RawClient } from './support/raw-client.ts';

function start(): Promise<Service> {
  return startService({ host: '127.0.0.1', port: 0 });
}

test('clients spread over servers first, then over the connections of each', async () => {
  await using service = await start();
  const ids = ['one', 'one', 'one', 'two'];
  const servers = await Promise.all(ids.map((serverId) => FakeAppServer.connect(service, { serverId })));
  const clients = await Promise.all(Array.from({ length: 24 }, () => RawClient.connect(service)));
  const counts = servers.map((server) => server.messages.rest.filter((message) => message.type === 4).length);
  expect(counts).toEqual([4, 4, 4, 12]);
  for (const one of [...clients, ...servers]) one[Symbol.dispose]();
});

test('a client that leaves makes room', async () => {
  await using service = await start();
  using one = await FakeAppServer.connect(service);
  using first = await RawClient.connect(service);
  await one.expect(4);
  using two = await FakeAppServer.connect(service);
  using _second = await RawClient.connect(service);
  await two.expect(4);
  first.webSocket.close(1000);
  await one.expect(5);
  using third = await RawClient.connect(service);
  expect((await one.expect(4)).connectionId).toBe(third.connectionId);
});

test('a sticky client goes to its server, whatever that holds', async () => {
  await using service = await start();
  using mine = await FakeAppServer.connect(service, { serverId: 'mine' });
  using _other = await FakeAppServer.connect(service, { serverId: 'other' });
  for (const wish of ['Required', 'Preferred', 'Required']) {
    using client = await RawClient.connect(service, { claims: { 'asrs.s.sn': 'mine', 'asrs.s.ssticky': wish } });
    expect((await mine.expect(4)).connectionId).toBe(client.connectionId);
  }
});

test('a sticky client whose server is gone is refused, or goes elsewhere', async () => {
  await using service = await start();
  using other = await FakeAppServer.connect(service, { serverId: 'other' });
  const claims = { 'asrs.s.sn': 'gone' };
  using required = await RawClient.connect(service, {
    handshake: false,
    claims: { ...claims, 'asrs.s.ssticky': 'Required' },
  });
  required.sendText('{"protocol":"json","version":1}\x1e');
  expect(await required.message()).toEqual({
    error: 'The app server that this connection must use is not connected.',
  });
  expect(await required.closed).toBe(1000);
  using preferred = await RawClient.connect(service, { claims: { ...claims, 'asrs.s.ssticky': 'Preferred' } });
  expect((await other.expect(4)).connectionId).toBe(preferred.connectionId);
});
