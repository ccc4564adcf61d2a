import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { ReconnectGate, retryDelayMs } from './reconnect-gate.ts';

describe('retryDelayMs', () => {
  test('doubles from one second to 32, then stays at a minute', () => {
    expect(Array.from({ length: 8 }, (_, failures) => retryDelayMs(failures, () => 0))).toEqual([
      1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000,
    ]);
  });

  test('is spread by up to a second', () => {
    expect(retryDelayMs(0, () => 0.5)).toBe(1500);
  });
});

describe('ReconnectGate', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });

  afterEach(() => {
    vi.useRealTimers();
  });

  function start() {
    const stop = new AbortController();
    const gate = new ReconnectGate({ now: Date.now, random: () => 0, signal: stop.signal });
    const attempts: number[] = [];
    const failures: number[] = [];
    const state = { isReachable: false };
    const connect = async () => {
      attempts.push(Date.now());
      if (!state.isReachable) throw new Error('no');
      return 'connected';
    };
    const attempt = { connect, failed: (_error: unknown, retryMs: number) => failures.push(retryMs) };
    return { attempt, attempts, failures, gate, state, stop };
  }

  test('the first attempt waits for nothing', async () => {
    const { attempt, gate, state } = start();
    state.isReachable = true;
    expect(await gate.connect(attempt)).toBe('connected');
  });

  test('one probes while the others wait; what it finds is for all', async () => {
    const { attempt, attempts, failures, gate, state } = start();
    const startedAt = Date.now();
    const all = Promise.all([gate.connect(attempt), gate.connect(attempt), gate.connect(attempt)]);
    await vi.advanceTimersByTimeAsync(0);
    expect(attempts).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1000);
    expect(attempts.map((at) => at - startedAt)).toEqual([0, 1000]);
    state.isReachable = true;
    await vi.advanceTimersByTimeAsync(2000);
    expect(await all).toEqual(['connected', 'connected', 'connected']);
    expect(attempts.map((at) => at - startedAt)).toEqual([0, 1000, 3000, 3000, 3000]);
    expect(failures).toEqual([1000, 2000]);
  });

  test('success starts the delays anew', async () => {
    const { attempt, failures, gate, state } = start();
    for (let round = 0; round < 2; round++) {
      state.isReachable = false;
      const connected = gate.connect(attempt);
      await vi.advanceTimersByTimeAsync(0);
      state.isReachable = true;
      await vi.advanceTimersByTimeAsync(1000);
      expect(await connected).toBe('connected');
    }
    expect(failures).toEqual([1000, 1000]);
  });

  test('stops when it is told to', async () => {
    const { attempt, gate, stop } = start();
    const all = Promise.allSettled([gate.connect(attempt), gate.connect(attempt)]);
    await vi.advanceTimersByTimeAsync(10);
    stop.abort();
    expect((await all).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  });
});
