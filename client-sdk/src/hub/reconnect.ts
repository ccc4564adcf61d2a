import { SignalRClientError } from '../errors.ts';
import type { ClientLog } from './client-log.ts';
import type { RetryPolicy } from './retry-policy.ts';

/** What `ReconnectLoop` needs. */
export interface ReconnectOptions {
  readonly policy: RetryPolicy;
  readonly log: ClientLog;
  /** Why the connection was lost. */
  readonly reason: unknown;
  /** Connects, or rejects. */
  attempt(): Promise<void>;
}

/** Tries again until it works, the policy gives up or `signal` says so. */
export class ReconnectLoop {
  readonly #options: ReconnectOptions;
  readonly #lostAt: number = performance.now();
  #reason: unknown;
  #retries = 0;
  #delay: number | undefined;

  constructor(options: ReconnectOptions) {
    this.#options = options;
    this.#reason = options.reason;
    this.#delay = this.#nextDelay();
  }

  /** Whether the policy allows a first attempt. */
  get isWorthwhile(): boolean {
    return this.#delay !== undefined;
  }

  /** Gives back nothing when an attempt worked, and an error when there will be no further one. */
  async run(signal: AbortSignal): Promise<Error | undefined> {
    for (; this.#delay !== undefined && !signal.aborted; this.#delay = this.#nextDelay()) {
      try {
        await sleep(this.#delay, signal);
        await this.#options.attempt();
        return undefined;
      } catch (error) {
        this.#retries += 1;
        this.#reason = error;
        this.#options.log({ name: 'reconnect-failed', error });
      }
    }
    return new SignalRClientError('reconnect-failed', 'No attempt to reconnect worked; call start().', {
      cause: this.#reason,
    });
  }

  #nextDelay(): number | undefined {
    try {
      return this.#options.policy.nextDelay({
        previousRetryCount: this.#retries,
        elapsedMs: performance.now() - this.#lostAt,
        reason: this.#reason,
      });
    } catch (error) {
      this.#options.log({ name: 'handler-failed', error });
      return undefined;
    }
  }
}

function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop);
      resolve();
    }, ms);
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop);
  });
}
