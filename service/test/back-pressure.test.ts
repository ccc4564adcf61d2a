// service-protocol 12.4, 12.6; design, hot path 4: an app server that does not read.
import { encodeServiceMessage, MessagePackReader, ServerConnectionType } from '@signalite/protocol/service';
import type { Service } from 'signalite';
import { expect, test } from 'vitest';
import { Clock } from './support/clock.ts';
import { FakeAppServer } from './support/fake-app-server.ts';
import { RawClient } from './support/raw-client.ts';
import { goesOn, opened, scene } from './support/scene.ts';
import { sendUntilStuck } from './support/send-until-stuck.ts';

const LOST = { type: 7, error: 'Connection closed with an error.', allowReconnect: true };
const TEXT = `"${'x'.repeat(64 * 1024)}"\x1e`;

const CROWD = 100;
const QUESTIONS = 500;

/** Puts clients with long user ids into a group of a hub of their own, so that to list them takes 200 KB. */
async function fillGroup(service: Service, server: FakeAppServer): Promise<string[]> {
  const ids: string[] = [];
  for (let client = 0; client < CROWD; client++) {
    const one = await RawClient.connect(service, { userId: 'u'.repeat(2000), hub: 'crowd' });
    opened.push(one);
    ids.push(one.connectionId);
    server.send({ type: 11, connectionId: one.connectionId, group: 'g' });
  }
  await server.settled();
  return ids;
}

/** How many members an answer to a GroupMemberQuery lists. */
function memberCount(payload: Uint8Array | undefined): number {
  const reader = new MessagePackReader(payload ?? new Uint8Array());
  reader.arrayHeader();
  return reader.arrayHeader();
}

test('an app server that asks and does not read is not read either, however long the answers', async () => {
  const serverQueueBytes = 1024 * 1024;
  const all = await scene({ limits: { serverQueueBytes } });
  const { events, service } = all;
  const asking = await FakeAppServer.connect(service, { hub: 'crowd' });
  const other = await FakeAppServer.connect(service, { hub: 'crowd', connectionType: ServerConnectionType.Weak });
  opened.push(asking, other);
  const [connectionId = ''] = await fillGroup(service, asking);
  const question = encodeServiceMessage({ type: 40, group: 'g', ackId: 1 });
  asking.webSocket.pause();
  // 100 MB of answers, asked for in one frame.
  asking.sendBytes(Buffer.concat(Array.from({ length: QUESTIONS }, () => question)));
  await events.next('serverFlowStopped');
  const echo = encodeServiceMessage({ type: 3, values: ['echo', TEXT] });
  await sendUntilStuck(asking.webSocket, echo);
  await goesOn(all);
  // Questions that wait are answered as things stand then.
  other.send({ type: 19, connectionId, group: 'g', ackId: 1 });
  expect(await other.ack(1)).toBe(1);
  const answers: number[] = [];
  const allCame = new Promise<void>((resolve) => {
    asking.onMessage = (message) => {
      if (message.type === 20) answers.push(memberCount(message.payload));
      if (answers.length === QUESTIONS) resolve();
    };
  });
  asking.webSocket.resume();
  await allCame;
  expect(answers[0]).toBe(CROWD);
  expect(answers.at(-1)).toBe(CROWD - 1);
  asking.onMessage = undefined;
  await asking.settled();
  expect(events.of('serverFlowResumed').length).toBe(events.of('serverFlowStopped').length);
}, 60_000);

test('an app server that does not read holds up its own clients only', async () => {
  const all = await scene({ limits: { serverQueueBytes: 64 * 1024 } });
  const { bad, badClient, events } = all;
  bad.webSocket.pause();
  const sent = await sendUntilStuck(badClient.webSocket, TEXT);
  await goesOn(all);
  bad.webSocket.resume();
  for (let message = 0; message < sent; message++) {
    const data = await bad.expect(6);
    expect(data.payload).toHaveLength(TEXT.length);
  }
  expect(events.of('serverFlowResumed').length).toBe(events.of('serverFlowStopped').length);
});

test('an app server is not called silent while it is not read, but is dropped when that goes on', async () => {
  using clock = new Clock();
  const all = await scene({ limits: { serverQueueBytes: 64 * 1024 }, timers: { sweepMs: 5 } });
  const { bad, badClient, good, events } = all;
  clock.advance(20_000);
  await good.settled();
  bad.webSocket.pause();
  await sendUntilStuck(badClient.webSocket, TEXT);
  clock.advance(29_999);
  good.send({ type: 3, values: [] });
  await good.settled();
  await good.keepAlives.next();
  expect(events.of('serverClosed')).toEqual([]);
  clock.advance(1);
  expect(await events.next('serverClosed')).toMatchObject({
    serverConnectionId: bad.cid,
    reason: 'The app server was silent for too long.',
  });
  expect(await badClient.message()).toEqual(LOST);
  await goesOn(all);
});
