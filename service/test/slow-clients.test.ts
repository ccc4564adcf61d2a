// service-protocol 7.3, 12.6: what waits for one client is bounded, and costs nobody else anything.
import { startService } from 'signalite';
import { expect, test } from 'vitest';
import { bufferBytes } from './support/buffer-bytes.ts';
import { FakeAppServer } from './support/fake-app-server.ts';
import { call } from './support/payloads.ts';
import { RawClient } from './support/raw-client.ts';
import { RecordedEvents } from './support/recorded-events.ts';
import { socketClients } from './support/socket-client.ts';

const KIB = 1024;
const MIB = 1024 * KIB;
const QUEUE_BYTES = MIB;
const MESSAGE_BYTES = 64 * KIB;
// A batch fits the queue of a client that reads.
const BATCH = 8;
const BATCHES = 128;
// Kernels take some MiB for a socket that is not read, on both sides.
const NOTICED_WITHIN_BYTES = 48 * MIB;

test('a client that never reads is dropped, others get everything, and memory stays flat', async () => {
  const events = new RecordedEvents();
  await using service = await startService({
    host: '127.0.0.1',
    port: 0,
    limits: { clientQueueBytes: QUEUE_BYTES },
    onEvent: events.listener,
  });
  using server = await FakeAppServer.connect(service);
  using slow = await RawClient.connect(service);
  await server.expect(4);
  slow.webSocket.pause();
  let received = 0;
  let wake: () => void = () => undefined;
  using _fast = await (await socketClients(service))((payload) => {
    if (payload.length > MESSAGE_BYTES) received += 1;
    wake();
  });
  await server.expect(4);
  const [payload] = call('big', 'x'.repeat(MESSAGE_BYTES));
  if (payload === undefined) throw new Error('a payload is needed');
  const before = bufferBytes();
  let sentUntilNoticed = 0;
  for (let batch = 1; batch <= BATCHES; batch++) {
    for (let index = 0; index < BATCH; index++) {
      server.send({ type: 10, excludedConnectionIds: [], payloads: [payload] });
    }
    while (received < batch * BATCH) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
    if (events.of('clientClosed').length === 0) sentUntilNoticed = batch * BATCH * MESSAGE_BYTES;
  }
  expect(sentUntilNoticed).toBeLessThan(NOTICED_WITHIN_BYTES);
  expect(received).toBe(BATCH * BATCHES);
  // Collected buffers are given back by another thread, a little later.
  await expect.poll(() => bufferBytes() - before, { timeout: 10_000 }).toBeLessThan(8 * MIB);
  expect(events.of('clientClosed')).toEqual([
    {
      name: 'clientClosed',
      hub: 'chat',
      connectionId: slow.connectionId,
      category: 'SlowClient',
      reason: 'The client took too long to read what was sent to it.',
    },
  ]);
  expect(await server.expect(5)).toMatchObject({ connectionId: slow.connectionId, error: 'Client is too slow.' });
  // Its socket is dropped without a close frame: nothing would get through.
  slow.webSocket.resume();
  expect(await slow.closed).toBe(1006);
  await expect.poll(() => service.counts.clients).toBe(1);
});

test('one message is taken whatever its size, when nothing else waits', async () => {
  await using service = await startService({ host: '127.0.0.1', port: 0, limits: { clientQueueBytes: KIB } });
  using server = await FakeAppServer.connect(service);
  using client = await RawClient.connect(service);
  await server.expect(4);
  const [payload] = call('big', 'x'.repeat(MESSAGE_BYTES));
  if (payload === undefined) throw new Error('a payload is needed');
  server.send({ type: 10, excludedConnectionIds: [], payloads: [payload] });
  expect((await client.frames.next()).data.toString()).toBe(Buffer.from(payload.data).toString());
});

test('what is held back until the handshake is answered counts too', async () => {
  const events = new RecordedEvents();
  await using service = await startService({
    host: '127.0.0.1',
    port: 0,
    limits: { clientQueueBytes: KIB },
    onEvent: events.listener,
  });
  using server = await FakeAppServer.connect(service, { answersHubHandshake: false });
  using client = await RawClient.connect(service, { handshake: false });
  client.sendText('{"protocol":"json","version":1}\x1e');
  await server.expect(6);
  const payloads = call('x', 'x'.repeat(400));
  for (let count = 0; count < 2; count++) server.send({ type: 10, excludedConnectionIds: [], payloads });
  await server.settled();
  expect(events.of('clientClosed')).toEqual([]);
  server.send({ type: 10, excludedConnectionIds: [], payloads });
  expect(await client.closed).toBe(1006);
  expect(await server.expect(5)).toMatchObject({ error: 'Client is too slow.' });
  expect(events.of('clientClosed').map(({ category }) => category)).toEqual(['SlowClient']);
});
