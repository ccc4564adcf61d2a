// When a lost server connection is opened again (service-protocol 12.3).
const DELAY_MAX_SECONDS = 60;
/** 2^5 = 32 s is the last step before the maximum. */
const LAST_STEP = 5;
const SPREAD_MS = 1000;

/** Time that one failed attempt takes, counted from its start: 1, 2, 4 … 32 s, then 60 s, and up to a second more. */
export function retryDelayMs(failures: number, random: () => number): number {
  const seconds = failures > LAST_STEP ? DELAY_MAX_SECONDS : 2 ** failures;
  return seconds * 1000 + random() * SPREAD_MS;
}

export interface ReconnectGateOptions {
  readonly now: () => number;
  readonly random: () => number;
  /** Ends all waiting. */
  readonly signal: AbortSignal;
}

/** What connects, and who is told when it does not. */
export interface Attempt<T> {
  readonly connect: () => Promise<T>;
  readonly failed: (error: unknown, retryMs: number) => void;
}

/** Undefined: it failed. */
type Outcome<T> = { readonly connection: T } | undefined;

/**
 * Shared by the server connections of one hub: while the service cannot be reached, one of them probes it and the
 * others wait for what it finds.
 */
export class ReconnectGate {
  readonly #options: ReconnectGateOptions;
  #failures = 0;
  /** Resolves to true when the service was reached. */
  #probe: Promise<boolean> | undefined;

  constructor(options: ReconnectGateOptions) {
    this.#options = options;
  }

  /** Tries until there is a connection; the first attempt waits for nothing. Rejects when waiting is ended. */
  async connect<T>(attempt: Attempt<T>): Promise<T> {
    for (;;) {
      this.#options.signal.throwIfAborted();
      const outcome = this.#probe === undefined ? await this.#lead(attempt) : await this.#follow(this.#probe, attempt);
      if (outcome !== undefined) return outcome.connection;
    }
  }

  #lead<T>(attempt: Attempt<T>): Promise<Outcome<T>> {
    const outcome = this.#tryOnce(attempt);
    this.#probe = outcome.then(
      (reached) => reached !== undefined,
      () => false,
    );
    return outcome;
  }

  async #follow<T>(probe: Promise<boolean>, { connect, failed }: Attempt<T>): Promise<Outcome<T>> {
    if (!(await probe)) return undefined;
    try {
      return { connection: await connect() };
    } catch (error) {
      failed(error, 0);
      return undefined;
    }
  }

  async #tryOnce<T>({ connect, failed }: Attempt<T>): Promise<Outcome<T>> {
    const { now, random, signal } = this.#options;
    const startedAt = now();
    try {
      const connection = await connect();
      this.#failures = 0;
      return { connection };
    } catch (error) {
      const delayMs = retryDelayMs(this.#failures, random);
      this.#failures += 1;
      failed(error, delayMs);
      await pause(startedAt + delayMs - now(), signal);
      return undefined;
    } finally {
      this.#probe = undefined;
    }
  }
}

/** Rejects when `signal` ends it. */
function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop);
      resolve();
    }, milliseconds);
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
  });
}
