import { startService } from 'signalite';
import { expect, test } from 'vitest';
import { FakeAppServer } from './support/fake-app-server.ts';
import { RawClient } from './support/raw-client.ts';

function start() {
  return startService({ host: '127.0.0.1', port: 0 });
}

test('a client reaches its app server and back, bytes untouched', async () => {
  await using service = await start();
  using server = await FakeAppServer.connect(service);
  using client = await RawClient.connect(service, { userId: 'ann', query: '&asrs.op=%2Fchat&x=1&access_token=secret' });
  const opened = await server.expect(4);
  expect(opened.connectionId).toBe(client.connectionId);
  expect(opened.protocol).toBe('json');
  expect(opened.queryString).toMatch(/^\?hub=chat&asrs\.op=%2Fchat&x=1&id=[\w-]{22}$/);
  expect(opened.claims).toContainEqual({
    type: 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/nameidentifier',
    value: 'ann',
  });
  client.sendText('{"type":1,"target":"Echo","arguments":["é"]}\x1e{"type":6}\x1e');
  expect(await server.expectText(client.connectionId)).toBe(
    '{"type":1,"target":"Echo","arguments":["é"]}\x1e{"type":6}\x1e',
  );
  server.sendText(client.connectionId, '{"type":1,"target":"a","arguments":[]}\x1e');
  expect(await client.message()).toEqual({ type: 1, target: 'a', arguments: [] });
});

test('a broadcast reaches everybody but the excluded', async () => {
  await using service = await start();
  using server = await FakeAppServer.connect(service);
  using one = await RawClient.connect(service);
  using two = await RawClient.connect(service);
  const payloads = [{ protocol: 'json', data: Buffer.from('{"type":1,"target":"b","arguments":[]}\x1e') }];
  server.send({ type: 10, excludedConnectionIds: [one.connectionId], payloads });
  expect(await two.message()).toMatchObject({ target: 'b' });
  server.send({
    type: 7,
    connectionIds: [one.connectionId],
    payloads: [{ protocol: 'JSON', data: Buffer.from('{"type":6}\x1e') }],
  });
  expect(await one.message()).toEqual({ type: 6 });
});

test('without an app server the handshake is answered with the cloud sentence and a hint', async () => {
  await using service = await start();
  using client = await RawClient.connect(service, { handshake: false });
  client.sendText('{"protocol":"json","version":1}\x1e');
  const answer = await client.message();
  expect(answer['error']).toMatch(
    /^SignalR Service is now in 'Default' service mode\. .* However app servers are not connected\. App servers/,
  );
  expect(await client.closed).toBe(1000);
});

test('a client waits for an app server as long as it is told to', async () => {
  await using service = await startService({ host: '127.0.0.1', port: 0, timers: { serverWaitMs: 5000, sweepMs: 20 } });
  using client = await RawClient.connect(service, { handshake: false });
  client.sendText('{"protocol":"json","version":1}\x1e');
  client.sendText('{"type":6}\x1e');
  using server = await FakeAppServer.connect(service);
  expect((await server.expect(4)).connectionId).toBe(client.connectionId);
  expect(await server.expectText(client.connectionId)).toBe('{"type":6}\x1e');
  expect(await client.message()).toEqual({});
});
