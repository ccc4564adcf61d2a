import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Pacer } from './pacer.ts';
import type { Traffic } from './traffic.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function traffic(fanOut: number, senders: number): { sent: number[]; traffic: Traffic } {
  const sent: number[] = [];
  const senderTo = (receiver: number) => (receiver + 1) % senders;
  return { sent, traffic: { fanOut, senders, senderTo, send: (sender) => sent.push(sender) } };
}

test('point to point: each sender sends again when its own message arrived', () => {
  const { sent, traffic: echo } = traffic(1, 3);
  const pacer = new Pacer(echo, { kind: 'closed', window: 1 });
  pacer.start();
  expect(sent).toEqual([0, 1, 2]);
  pacer.received(0, 1);
  expect(sent).toEqual([0, 1, 2, 1]);
  expect([pacer.expectedCount, pacer.receivedCount]).toEqual([4, 1]);
});

test('fan-out: the next message goes out when all receivers of one have it', () => {
  const { sent, traffic: broadcast } = traffic(10, 1);
  const pacer = new Pacer(broadcast, { kind: 'closed', window: 2 });
  pacer.start();
  expect(sent).toHaveLength(2);
  pacer.received(0, 9);
  expect(sent).toHaveLength(2);
  pacer.received(1, 1);
  expect(sent).toHaveLength(3);
  expect(pacer.expectedCount).toBe(30);
});

test('nothing follows after the end', () => {
  const { sent, traffic: echo } = traffic(1, 1);
  const pacer = new Pacer(echo, { kind: 'closed', window: 1 });
  pacer.start();
  pacer.stop();
  pacer.received(0, 1);
  expect(sent).toHaveLength(1);
  expect([pacer.expectedCount, pacer.receivedCount]).toEqual([1, 1]);
});

test('an open loop keeps its rate whatever arrives', () => {
  const { sent, traffic: echo } = traffic(1, 1);
  const pacer = new Pacer(echo, { kind: 'open', sentPerSecond: 100 });
  pacer.start();
  vi.advanceTimersByTime(1000);
  expect(sent.length).toBeGreaterThanOrEqual(99);
  expect(sent.length).toBeLessThanOrEqual(100);
  pacer.stop();
  vi.advanceTimersByTime(1000);
  expect(sent.length).toBeLessThanOrEqual(100);
});
