/** Calls again and again. */
export interface Ticker {
  /** Resolves when nothing is going on any more. */
  close(): Promise<void>;
}

export interface TickerOptions {
  readonly everyMs: number;
  /** Not called again before it has ended. */
  readonly tick: () => Promise<void>;
  /** Called when `tick` fails, but once only until it works again. */
  readonly onFailure: (error: unknown) => void;
}

export function startTicker({ everyMs, tick, onFailure }: TickerOptions): Ticker {
  let current: Promise<void> | undefined;
  let isFailing = false;
  const run = async () => {
    try {
      await tick();
      isFailing = false;
    } catch (error) {
      if (!isFailing) onFailure(error);
      isFailing = true;
    } finally {
      current = undefined;
    }
  };
  const timer = setInterval(() => {
    current ??= run();
  }, everyMs);
  return {
    async close() {
      clearInterval(timer);
      await current;
    },
  };
}
