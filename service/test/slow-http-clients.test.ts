// service-protocol 12.6; client-protocol 2.4, 2.5: clients without a WebSocket that do not read.
import type { ServiceOptions } from 'signalite';
import { expect, test } from 'vitest';
import { Clock } from './support/clock.ts';
import type { EventStream } from './support/event-stream.ts';
import type { HttpClient } from './support/http-client.ts';
import { CLOCKED, HttpScene } from './support/http-scene.ts';
import { call, callText } from './support/payloads.ts';
import { expectData, expectGone } from './support/poll-answers.ts';

const KIB = 1024;
const MIB = 1024 * KIB;
const MESSAGE_BYTES = 64 * KIB;
const MESSAGES_MAX = 1000;
// More than kernels take for a socket that is not read.
const UNREAD_BYTES = 40 * MIB;
const TOO_SLOW = 'Client is too slow.';

function start(limits: ServiceOptions['limits'] = {}) {
  return HttpScene.start({ limits: { clientQueueBytes: MIB, ...limits } });
}

/** Sends to everybody until a client is dropped; gives how many messages it took. */
async function sendUntilDropped({ server, events }: HttpScene): Promise<number> {
  const payloads = call('big', 'x'.repeat(MESSAGE_BYTES));
  for (let sent = 1; sent <= MESSAGES_MAX; sent++) {
    server.send({ type: 10, excludedConnectionIds: [], payloads });
    await server.settled();
    if (events.of('clientClosed').length > 0) return sent;
  }
  throw new Error('nobody was dropped');
}

test('a stream that is not read is dropped, and others get everything', async () => {
  await using all = await start();
  const slow = await all.streaming();
  const fast = await all.streaming();
  slow.stream.pause();
  const sent = await sendUntilDropped(all);
  await all.expectToldOnce(slow.client, TOO_SLOW);
  expect(all.closeCategories).toEqual(['SlowClient']);
  expect(all.service.counts.clients).toBe(1);
  const event = `data: ${callText('big', 'x'.repeat(MESSAGE_BYTES))}\r\n\r\n`;
  for (let count = 0; count < sent; count++) expect((await fast.stream.read(event.length)) === event).toBe(true);
  slow.stream.resume();
  expect(await slow.stream.ended).toBe(false);
  expect((await slow.client.post('x')).status).toBe(404);
});

test('a stream that is read again gets what waited', async () => {
  await using all = await start({ clientQueueBytes: 64 * MIB });
  const { client, stream } = await all.streaming();
  stream.pause();
  const big = callText('big', 'x'.repeat(UNREAD_BYTES));
  for (const text of [big, callText('small'), callText('last')]) {
    all.server.sendText(client.connectionId, text);
    await all.server.settled();
  }
  stream.resume();
  const expected = `data: ${big}\r\n\r\ndata: ${callText('small')}${callText('last')}\r\n\r\n`;
  expect((await stream.read(expected.length)) === expected).toBe(true);
  expect(all.closeCategories).toEqual([]);
});

test('a client that polls too seldom is dropped', async () => {
  await using all = await start();
  const client = await all.polling();
  // What is around a message counts as well.
  expect(await sendUntilDropped(all)).toBe(MIB / MESSAGE_BYTES);
  await all.expectToldOnce(client, TOO_SLOW);
  expect(all.closeCategories).toEqual(['SlowClient']);
  expect(all.service.counts.clients).toBe(0);
  expectGone(await client.poll());
});

test('one message is taken whatever its size, when nothing else waits', async () => {
  await using all = await start({ clientQueueBytes: KIB });
  const { client, stream } = await all.streaming();
  const polling = await all.polling();
  const text = callText('big', 'x'.repeat(MESSAGE_BYTES));
  for (const { connectionId } of [client, polling]) all.server.sendText(connectionId, text);
  expect(await stream.read(`data: ${text}`.length)).toBe(`data: ${text}`);
  expectData(await polling.poll(), text);
});

/** A poll whose answer is more than its client reads. */
async function unreadAnswer(all: HttpScene, client: HttpClient): Promise<EventStream> {
  all.server.sendText(client.connectionId, callText('big', 'x'.repeat(UNREAD_BYTES)));
  await all.server.settled();
  const answer = await client.pollStream();
  answer.pause();
  return answer;
}

test('an answer to a poll that is not read counts as what waits', async () => {
  await using all = await start();
  const client = await all.polling();
  using answer = await unreadAnswer(all, client);
  expect(await sendUntilDropped(all)).toBe(1);
  await all.expectToldOnce(client, TOO_SLOW);
  answer.resume();
  expect(await answer.ended).toBe(false);
  expect(all.service.counts.clients).toBe(0);
});

test('an answer to a poll that is not read is given up for the next poll', async () => {
  await using all = await start({ clientQueueBytes: 64 * MIB });
  const client = await all.polling();
  using answer = await unreadAnswer(all, client);
  const next = client.poll();
  all.server.sendText(client.connectionId, callText('later'));
  expectData(await next, callText('later'));
  answer.resume();
  expect(await answer.ended).toBe(false);
  expect(all.closeCategories).toEqual([]);
});

test('an answer to a poll that is not read is waited for as long as a poll', async () => {
  using clock = new Clock();
  await using all = await HttpScene.start({ timers: CLOCKED });
  const client = await all.polling();
  using answer = await unreadAnswer(all, client);
  await all.pass(clock, 89_999);
  expect(all.closeCategories).toEqual([]);
  await all.pass(clock, 2);
  await all.expectToldOnce(client);
  answer.resume();
  expect(await answer.ended).toBe(false);
  expectGone(await client.poll());
});

test.each(['the app server', 'the service'])(
  'a client that does not read is not waited for when %s ends it',
  async (who) => {
    using clock = new Clock();
    await using all = await HttpScene.start({ timers: { ...CLOCKED, stopMs: 50 } });
    const { client, stream } = await all.streaming();
    const polling = await all.polling();
    using answer = await unreadAnswer(all, polling);
    stream.pause();
    all.server.sendText(client.connectionId, callText('big', 'x'.repeat(UNREAD_BYTES)));
    await all.server.settled();
    if (who === 'the service') await all.service.close();
    else {
      for (const { connectionId } of [client, polling])
        all.server.send({ type: 5, connectionId, error: '', headers: [] });
      await all.server.settled();
      await all.pass(clock, 5000);
    }
    expect(all.service.counts.clients).toBe(0);
    for (const one of [stream, answer]) {
      one.resume();
      expect(await one.ended).toBe(false);
    }
  },
);
