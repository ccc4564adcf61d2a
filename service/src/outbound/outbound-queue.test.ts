import { expect, test } from 'vitest';
import { OutboundQueue } from './outbound-queue.ts';
import { createRecord, RecordKind } from './outbound-record.ts';

function record(text: string) {
  return createRecord(Buffer.from(text), true, RecordKind.Messages);
}

test('what was pushed comes out in order, counted in bytes of frames', () => {
  const queue = new OutboundQueue();
  const records = [record('a'), record('bc'), record('def')];
  for (const one of records) queue.push(one);
  expect(queue.bytes).toBe(3 + 4 + 5);
  expect(queue.isEmpty).toBe(false);
  expect(queue.takeAll()).toEqual(records);
  expect(queue.bytes).toBe(0);
  expect(queue.isEmpty).toBe(true);
});

test('it fills again after it was taken', () => {
  const queue = new OutboundQueue();
  queue.push(record('a'));
  const first = queue.takeAll();
  queue.push(record('b'));
  expect(first).toHaveLength(1);
  expect(queue.takeAll()).toEqual([record('b')]);
  expect(queue.takeAll()).toEqual([]);
});

test('empty queues share nothing that one could fill for another', () => {
  const one = new OutboundQueue();
  const other = new OutboundQueue();
  one.push(record('a'));
  expect(other.takeAll()).toEqual([]);
  expect(new OutboundQueue().isEmpty).toBe(true);
});

test('a record without a payload is not nothing', () => {
  const queue = new OutboundQueue();
  queue.push(record(''));
  expect(queue.isEmpty).toBe(false);
});

test('it hands over as many as are wanted, and counts what stays', () => {
  const queue = new OutboundQueue();
  const [a, b, c] = [record('a'), record('bc'), record('def')];
  for (const one of [a, b, c]) queue.push(one);
  expect(queue.takeWhile((one) => one !== b)).toEqual([a]);
  expect(queue.bytes).toBe(4 + 5);
  expect(queue.takeWhile(() => false)).toEqual([]);
  expect(queue.bytes).toBe(4 + 5);
  expect(queue.takeWhile(() => true)).toEqual([b, c]);
  expect(queue.isEmpty).toBe(true);
  queue.push(a);
  expect(queue.takeAll()).toEqual([a]);
});

test('it says once that something was taken, a part too', () => {
  const queue = new OutboundQueue();
  queue.push(record('a'));
  queue.push(record('b'));
  expect(queue.askTaken()).toBe(false);
  queue.takeWhile(() => false);
  expect(queue.askTaken()).toBe(false);
  let wanted = 1;
  queue.takeWhile(() => wanted-- > 0);
  expect(queue.askTaken()).toBe(true);
  expect(queue.askTaken()).toBe(false);
});
