/** The two times that keep a connection alive, in milliseconds. Read anew whenever they matter. */
export interface KeepAliveTimes {
  readonly serverTimeoutMs: number;
  readonly keepAliveIntervalMs: number;
}

/** Watches over one socket. */
export interface KeepAlive {
  start(): void;
  stop(): void;
  sent(): void;
  received(): void;
}

// Timers count in 32 bits; a check that comes early does no harm.
const CHECK_INTERVAL_MAX_MS = 2 ** 30;

/**
 * Pings when nothing was sent for a while, and notices when nothing arrives any more (client-protocol 3.7). One timer
 * serves both, and is not touched when messages pass.
 */
export function createKeepAlive(times: KeepAliveTimes, ping: () => void, timedOut: () => void): KeepAlive {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let sentAt = 0;
  let receivedAt = 0;
  const now = () => performance.now();
  const pingIn = () => sentAt + times.keepAliveIntervalMs - now();
  const pingIfDue = () => {
    if (pingIn() > 0) return;
    sentAt = now();
    ping();
  };
  const check = () => {
    const timeoutIn = receivedAt + times.serverTimeoutMs - now();
    if (timeoutIn <= 0) {
      timedOut();
      return;
    }
    pingIfDue();
    timer = setTimeout(check, Math.min(timeoutIn, pingIn(), CHECK_INTERVAL_MAX_MS));
  };
  const stop = () => {
    clearTimeout(timer);
    timer = undefined;
  };
  return {
    start() {
      stop();
      sentAt = receivedAt = now();
      check();
    },
    stop,
    sent() {
      sentAt = now();
    },
    // Browsers slow the timers of hidden pages down, so that what arrives may be the better clock.
    received() {
      receivedAt = now();
      if (timer !== undefined) pingIfDue();
    },
  };
}
