import { vi } from 'vitest';

/**
 * Stops the clock that deadlines are measured with, and moves it by hand. Timers run on: a service looks at its
 * deadlines every `timers.sweepMs`, so whatever is due happens right after the clock was moved.
 */
export class Clock implements Disposable {
  constructor() {
    vi.useFakeTimers({ toFake: ['Date'] });
  }

  advance(milliseconds: number): void {
    vi.setSystemTime(Date.now() + milliseconds);
  }

  [Symbol.dispose](): void {
    vi.useRealTimers();
  }
}
