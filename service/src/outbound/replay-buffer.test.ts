// client-protocol 4.3: what was sent and is not acknowledged.
import { expect, test } from 'vitest';
import { OutboundQueue } from './outbound-queue.ts';
import { createRecord, type OutboundRecord, RecordKind } from './outbound-record.ts';
import { ReplayBuffer } from './replay-buffer.ts';

const HEADER_BYTES = 2;

function create(bytes: number, returnedBytes = 1000): ReplayBuffer {
  return new ReplayBuffer({ bytes, returnedBytes });
}

function record(text: string, kind: RecordKind = RecordKind.Messages, messageCount = 1): OutboundRecord {
  return createRecord(Buffer.from(text), true, kind, messageCount);
}

function queueOf(...records: readonly OutboundRecord[]): OutboundQueue {
  const queue = new OutboundQueue();
  for (const one of records) queue.push(one);
  return queue;
}

function texts(records: readonly OutboundRecord[]): string[] {
  return records.map(({ frame, payloadOffset }) => frame.subarray(payloadOffset).toString());
}

test('messages are numbered from one, and kept in order until they are acknowledged', () => {
  const replay = create(1000);
  expect(replay.sequenceId).toBe(1);
  replay.takeFrom(queueOf(record('a'), record('b')));
  replay.takeFrom(queueOf(record('c')));
  expect(replay.sequenceId).toBe(1);
  expect(texts(replay.resend())).toEqual(['a', 'b', 'c']);
  replay.release(2);
  expect(replay.sequenceId).toBe(3);
  expect(texts(replay.resend())).toEqual(['c']);
  replay.release(3);
  // Nothing is kept: the next message will be the fourth.
  expect(replay.sequenceId).toBe(4);
  expect(replay.resend()).toEqual([]);
  expect(replay.bytes).toBe(0);
});

test('what was released is released again without harm, and numbers go on', () => {
  const replay = create(1000);
  replay.takeFrom(queueOf(record('a'), record('b')));
  replay.release(1);
  replay.release(1);
  replay.release(0);
  expect(texts(replay.resend())).toEqual(['b']);
  replay.release(999);
  replay.takeFrom(queueOf(record('c')));
  expect(replay.sequenceId).toBe(3);
});

test('all that is kept stays kept however often it is asked for', () => {
  const replay = create(1000);
  replay.takeFrom(queueOf(record('a')));
  expect(texts(replay.resend())).toEqual(['a']);
  expect(texts(replay.resend())).toEqual(['a']);
  expect(replay.sequenceId).toBe(1);
});

test.each([RecordKind.Handshake, RecordKind.Control, RecordKind.Close])(
  'a record of kind %s is written, not numbered and not kept',
  (kind) => {
    const replay = create(1000);
    expect(texts(replay.takeFrom(queueOf(record('x', kind), record('a'), record('y', kind))))).toEqual(['x', 'a', 'y']);
    expect(texts(replay.resend())).toEqual(['a']);
    replay.release(1);
    expect(replay.sequenceId).toBe(2);
  },
);

test('a record of several messages has as many numbers, and is released with the last', () => {
  const replay = create(1000);
  replay.takeFrom(queueOf(record('abc', RecordKind.Messages, 3), record('d')));
  replay.release(2);
  expect(replay.sequenceId).toBe(1);
  expect(texts(replay.resend())).toEqual(['abc', 'd']);
  replay.release(3);
  expect(replay.sequenceId).toBe(4);
});

test('at the bound the rest stays in the queue, in order, until there is room', () => {
  const replay = create(3 * (HEADER_BYTES + 1));
  const queue = queueOf(record('a'), record('b'), record('c'), record('d'), record('e'));
  expect(texts(replay.takeFrom(queue))).toEqual(['a', 'b', 'c']);
  expect(replay.bytes).toBe(9);
  expect(replay.takeFrom(queue)).toEqual([]);
  queue.push(record('f'));
  replay.release(1);
  expect(texts(replay.takeFrom(queue))).toEqual(['d']);
  replay.release(4);
  expect(texts(replay.takeFrom(queue))).toEqual(['e', 'f']);
  expect(queue.isEmpty).toBe(true);
  expect(replay.sequenceId).toBe(5);
});

test('a ping does not overtake a message that waits for room', () => {
  const replay = create(1);
  const queue = queueOf(record('a'), record('b'), record('ping', RecordKind.Control));
  expect(texts(replay.takeFrom(queue))).toEqual(['a']);
  replay.release(1);
  expect(texts(replay.takeFrom(queue))).toEqual(['b', 'ping']);
});

test('a message over the bound is taken when there is room at all', () => {
  const replay = create(10);
  const queue = queueOf(record('x'.repeat(100)), record('b'));
  expect(replay.takeFrom(queue)).toHaveLength(1);
  expect(replay.takeFrom(queue)).toEqual([]);
  replay.release(1);
  expect(texts(replay.takeFrom(queue))).toEqual(['b']);
});

test('one message more follows each return, whatever the bound says, for clients that acknowledge new ones only', () => {
  const replay = create(1);
  const queue = queueOf(record('a'), record('b'), record('c'), record('d'));
  expect(texts(replay.takeFrom(queue))).toEqual(['a']);
  expect(texts(replay.resend())).toEqual(['a']);
  expect(texts(replay.takeFrom(queue))).toEqual(['b']);
  expect(replay.takeFrom(queue)).toEqual([]);
  expect(texts(replay.resend())).toEqual(['a', 'b']);
  expect(texts(replay.takeFrom(queue))).toEqual(['c']);
  replay.release(3);
  expect(texts(replay.takeFrom(queue))).toEqual(['d']);
});

test('a client that never acknowledges gets no more by coming back again and again', () => {
  const replay = create(1, 3 * (HEADER_BYTES + 1));
  const queue = queueOf(...Array.from('abcdef', (text) => record(text)));
  for (let count = 0; count < 10; count++) {
    replay.takeFrom(queue);
    replay.resend();
  }
  expect(texts(replay.resend())).toEqual(['a', 'b', 'c']);
  expect(texts(queue.takeAll())).toEqual(['d', 'e', 'f']);
});
