// client-protocol 2.2; service-protocol 12.6.
import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type PostOutcome, PostQueue } from './post-queue.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
});

afterEach(() => {
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

function queueOf(waiting = 10) {
  const received: string[] = [];
  const receive = (body: Buffer): PostOutcome => {
    received.push(body.toString());
    return 'taken';
  };
  return { queue: new PostQueue({ bodyBytes: 10, waiting, postMs: 1000 }), received, receive };
}

/** A request whose body came in parts; `isWhole`: there is nothing more. */
function request(parts: readonly string[], isWhole = true): IncomingMessage {
  const message = new IncomingMessage(new Socket());
  for (const part of parts) message.push(part);
  if (isWhole) message.push(null);
  return message;
}

test('a body is taken once, in one piece', async () => {
  const { queue, received, receive } = queueOf();
  expect(await queue.take(request(['a', 'b', 'c']), receive)).toBe('taken');
  expect(await queue.take(request([]), receive)).toBe('taken');
  expect(received).toEqual(['abc']);
  expect(queue.isIdle).toBe(true);
});

test('those behind a slow one wait, and come in order', async () => {
  const { queue, received, receive } = queueOf();
  const slow = request(['1'], false);
  const outcomes = [slow, request(['2']), request(['3'])].map((one) => queue.take(one, receive));
  expect(queue.isIdle).toBe(false);
  slow.push(null);
  expect(await Promise.all(outcomes)).toEqual(['taken', 'taken', 'taken']);
  expect(received).toEqual(['1', '2', '3']);
});

test('one that is not taken holds up nobody', async () => {
  const { queue, received, receive } = queueOf();
  const aborted = request(['x'], false);
  const outcomes = [
    queue.take(request(['x'.repeat(11)]), receive),
    queue.take(aborted, receive),
    queue.take(request(['refused']), () => 'too-large'),
    queue
      .take(request(['thrown']), () => {
        throw new Error('on purpose');
      })
      .catch((error: unknown) => (error instanceof Error ? error.message : '')),
    queue.take(request(['last']), receive),
  ];
  aborted.destroy();
  expect(await Promise.all(outcomes)).toEqual(['too-large', 'aborted', 'too-large', 'on purpose', 'taken']);
  expect(received).toEqual(['last']);
  expect(queue.isIdle).toBe(true);
});

test('only so many wait', async () => {
  const { queue, receive } = queueOf(1);
  const slow = request([], false);
  const first = queue.take(slow, receive);
  expect(await queue.take(request(['2']), receive)).toBe('too-many');
  slow.push(null);
  expect(await first).toBe('taken');
  expect(await queue.take(request(['3']), receive)).toBe('taken');
});

test('a paused client is not read until it is resumed, or the time is over', async () => {
  const { queue, received, receive } = queueOf();
  queue.pause();
  const first = queue.take(request(['1']), receive);
  await vi.waitFor(() => expect(vi.getTimerCount()).toBe(1));
  queue.resume();
  expect(await first).toBe('taken');
  queue.pause();
  const second = queue.take(request(['2']), receive);
  await vi.waitFor(() => expect(vi.getTimerCount()).toBe(1));
  vi.advanceTimersByTime(1000);
  expect(await second).toBe('not-read');
  expect(received).toEqual(['1']);
});

test('after the end all are told so: who is paused, who waits, who comes', async () => {
  const { queue, received, receive } = queueOf();
  queue.pause();
  const outcomes = [request(['1']), request(['2'])].map((one) => queue.take(one, receive));
  await vi.waitFor(() => expect(vi.getTimerCount()).toBe(1));
  queue.end();
  queue.pause();
  outcomes.push(queue.take(request(['3']), receive));
  expect(await Promise.all(outcomes)).toEqual(['gone', 'gone', 'gone']);
  expect(received).toEqual([]);
});
