/** The two times that keep a connection alive, in milliseconds. Read anew whenever they matter. */
export interface KeepAliveTimes {
  readonly serverTimeoutMs: number;
  readonly keepAliveIntervalMs: number;
}

// Timers count in 32 bits; a check that comes early does no harm.
const CHECK_INTERVAL_MAX_MS = 2 ** 30;

/**
 * Pings when nothing was sent for a while, and notices when nothing arrives any more (client-protocol 3.7). One timer
 * serves both, and is not touched when messages pass.
 */
export class KeepAlive {
  readonly #times: KeepAliveTimes;
  readonly #ping: () => void;
  readonly #timedOut: () => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #sentAt = 0;
  #receivedAt = 0;

  constructor(times: KeepAliveTimes, ping: () => void, timedOut: () => void) {
    this.#times = times;
    this.#ping = ping;
    this.#timedOut = timedOut;
  }

  start(): void {
    this.#sentAt = this.#receivedAt = performance.now();
    this.#check();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  sent(): void {
    this.#sentAt = performance.now();
  }

  /** Browsers slow the timers of hidden pages down, so that what arrives may be the better clock. */
  received(): void {
    this.#receivedAt = performance.now();
    if (this.#timer !== undefined && this.#pingIn() <= 0) this.#ping();
  }

  #pingIn(): number {
    return this.#sentAt + this.#times.keepAliveIntervalMs - performance.now();
  }

  #check(): void {
    clearTimeout(this.#timer);
    const timeoutIn = this.#receivedAt + this.#times.serverTimeoutMs - performance.now();
    if (timeoutIn <= 0) {
      this.#timedOut();
      return;
    }
    if (this.#pingIn() <= 0) {
      this.sent();
      this.#ping();
    }
    this.#timer = setTimeout(() => this.#check(), Math.min(timeoutIn, this.#pingIn(), CHECK_INTERVAL_MAX_MS));
  }
}
