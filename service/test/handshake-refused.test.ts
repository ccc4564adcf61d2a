import { startService } from 'signalite';
import { expect, test } from 'vitest';
import { FakeAppServer } from './support/fake-app-server.ts';
import { RawClient } from './support/raw-client.ts';

test('after a hub handshake that failed nothing more reaches the client', async () => {
  await using service = await startService({ host: '127.0.0.1', port: 0 });
  using server = await FakeAppServer.connect(service, { answersHubHandshake: false });
  using client = await RawClient.connect(service, { handshake: false });
  client.sendText('{"protocol":"nope","version":1}\x1e');
  const { connectionId } = await server.expect(4);
  const payload = (text: string) => Buffer.from(`${text}\x1e`);
  server.send(
    { type: 6, connectionId, payload: payload('{"error":"The protocol \'nope\' is not supported."}') },
    { type: 6, connectionId, payload: payload('{"type":7}'), dataType: 4 },
    { type: 5, connectionId, error: '', headers: [] },
  );
  expect(await client.message()).toEqual({ error: "The protocol 'nope' is not supported." });
  expect(await client.closed).toBe(1000);
  expect(client.frames.rest).toEqual([]);
});
