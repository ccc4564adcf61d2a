import { getEventListeners } from 'node:events';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { TimeLimitError, withLimits } from './linked-signal.ts';

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

/** Ends when its signal does. */
function untilEnded(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason));
  });
}

test('any of the signals ends it, with its own reason', async () => {
  const [one, two] = [new AbortController(), new AbortController()];
  const running = withLimits({ signals: [one.signal, two.signal] }, untilEnded);
  two.abort('two');
  one.abort('one');
  await expect(running).rejects.toBe('two');
});

test('a signal that ended before', async () => {
  const given = withLimits({ signals: [AbortSignal.abort('before')] }, async (signal) => signal.reason);
  expect(await given).toBe('before');
});

test('time ends it', async () => {
  const running = expect(withLimits({ signals: [], timeoutMs: 1000 }, untilEnded)).rejects.toThrow(TimeLimitError);
  await vi.advanceTimersByTimeAsync(999);
  expect(vi.getTimerCount()).toBe(1);
  await vi.advanceTimersByTimeAsync(1);
  await running;
});

test('nothing is left behind', async () => {
  const { signal } = new AbortController();
  const limits = { signals: [signal], timeoutMs: 1000 };
  expect(await withLimits(limits, async () => getEventListeners(signal, 'abort').length)).toBe(1);
  await expect(withLimits(limits, () => Promise.reject(new Error('failed')))).rejects.toThrow('failed');
  expect(getEventListeners(signal, 'abort')).toEqual([]);
  expect(vi.getTimerCount()).toBe(0);
});
