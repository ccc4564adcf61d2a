/** What a retry policy may judge by. */
export interface RetryContext {
  /** Attempts of this reconnect that failed so far. */
  readonly previousRetryCount: number;
  /** Milliseconds since the connection was lost. */
  readonly elapsedMs: number;
  /** Why the connection was lost, or why the last attempt failed. Undefined when the server ended it in order. */
  readonly reason: unknown;
}

/** Decides when a lost connection is tried again. */
export interface RetryPolicy {
  /** Milliseconds until the next attempt; undefined gives up. */
  nextDelay(context: RetryContext): number | undefined;
}

/** The waiting times of automatic reconnect when nothing else is said (client-protocol 3.7). */
export const DEFAULT_RETRY_DELAYS_MS: readonly number[] = [0, 2_000, 10_000, 30_000];

/** Waits as long as the list says, and gives up at its end. */
export function retryAfter(delaysMs: readonly number[]): RetryPolicy {
  return { nextDelay: ({ previousRetryCount }) => delaysMs[previousRetryCount] };
}
