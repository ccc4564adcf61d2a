import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { startTicker } from './ticker.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('a tick waits for the one before', async () => {
  let finish = () => {};
  const tick = vi.fn(() => new Promise<void>((resolve) => (finish = resolve)));
  const ticker = startTicker({ everyMs: 1000, tick, onFailure: () => {} });
  await vi.advanceTimersByTimeAsync(3000);
  expect(tick).toHaveBeenCalledTimes(1);
  finish();
  await vi.advanceTimersByTimeAsync(1000);
  expect(tick).toHaveBeenCalledTimes(2);
  finish();
  await ticker.close();
  await vi.advanceTimersByTimeAsync(5000);
  expect(tick).toHaveBeenCalledTimes(2);
});

test('failures are told once, until it has worked again', async () => {
  const outcomes = [false, false, true, false];
  const told: unknown[] = [];
  const ticker = startTicker({
    everyMs: 1000,
    tick: async () => {
      if (outcomes.shift() === false) throw new Error(`failure, ${outcomes.length} to go`);
    },
    onFailure: (error) => told.push(String(error)),
  });
  await vi.advanceTimersByTimeAsync(4000);
  expect(told).toEqual(['Error: failure, 3 to go', 'Error: failure, 0 to go']);
  await ticker.close();
});
