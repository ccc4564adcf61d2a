import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { withDeadline } from './deadline.ts';

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

function never(): Promise<never> {
  return new Promise(() => {});
}

/** Tells how a promise ends, and does not mind. */
async function outcome(promise: Promise<unknown>): Promise<unknown> {
  return promise.catch((error: unknown) => error);
}

test('work that is done in time gives its result', async () => {
  expect(await withDeadline(50, new AbortController().signal, async () => 'done')).toBe('done');
  const failure = new Error('no');
  await expect(withDeadline(50, new AbortController().signal, () => Promise.reject(failure))).rejects.toBe(failure);
});

test('work that takes too long is told so, and not awaited', async () => {
  let told: unknown;
  const result = outcome(
    withDeadline(50, new AbortController().signal, ({ signal }) => {
      signal.addEventListener('abort', () => {
        told = signal.reason;
      });
      return never();
    }),
  );
  await vi.advanceTimersByTimeAsync(49);
  expect(told).toBeUndefined();
  await vi.advanceTimersByTimeAsync(1);
  expect(await result).toMatchObject({ code: 'request-timeout' });
  expect(told).toBe(await result);
});

test('an abort reaches the work, and its reason the caller', async () => {
  const abort = new AbortController();
  const result = outcome(withDeadline(50, abort.signal, never));
  abort.abort('enough');
  expect(await result).toBe('enough');
});

test('work does not begin after an abort', async () => {
  const work = vi.fn(never);
  expect(await outcome(withDeadline(50, AbortSignal.abort('before'), work))).toBe('before');
  expect(work).not.toHaveBeenCalled();
});

test('nothing stays behind in a signal that lives long', async () => {
  const { signal } = new AbortController();
  const added = vi.spyOn(signal, 'addEventListener');
  const removed = vi.spyOn(signal, 'removeEventListener');
  for (let count = 0; count < 3; count++) await withDeadline(50, signal, async () => count);
  expect(removed.mock.calls.map(([, listener]) => listener)).toEqual(added.mock.calls.map(([, listener]) => listener));
  expect(added).toHaveBeenCalledTimes(3);
});
