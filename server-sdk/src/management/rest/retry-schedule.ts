// When a REST call that failed is made again (rest-api 8).

/** How a call failed. */
export type FailureKind =
  /** It never got there, or was turned away for the moment: nothing was done. */
  | 'not-done'
  /** Nobody knows whether it was done. */
  | 'unclear'
  /** It would fail again. */
  | 'final';

export interface RetryOptions {
  readonly maximumRetries: number;
  readonly retryDelayMs: number;
  readonly maximumRetryDelayMs: number;
}

/** One failure of one call. */
export interface Failure {
  readonly kind: FailureKind;
  /** What the service said in `Retry-After`. */
  readonly retryAfterMs?: number | undefined;
}

export interface RetriedCall {
  readonly isRepeatable: boolean;
  /** Retries so far. */
  readonly retries: number;
}

const SPREAD = 0.25;

/**
 * Milliseconds to wait before the next attempt; undefined when there is none. A service that wants to be left alone for
 * longer than we would wait is not asked again.
 */
export function retryDelay(
  options: RetryOptions,
  { isRepeatable, retries }: RetriedCall,
  { kind, retryAfterMs = 0 }: Failure,
): number | undefined {
  const mayRetry = kind === 'not-done' || (kind === 'unclear' && isRepeatable);
  if (!mayRetry || retries >= options.maximumRetries || retryAfterMs > options.maximumRetryDelayMs) return undefined;
  const delay = Math.min(options.retryDelayMs * 2 ** retries, options.maximumRetryDelayMs);
  // Many callers that failed together must not come back together.
  return Math.max(retryAfterMs, delay * (1 - SPREAD * Math.random()));
}

/** Seconds, or a date. Undefined for what is neither. */
export function readRetryAfter(header: string | null, now: number): number | undefined {
  if (header === null) return undefined;
  if (/^\d{1,9}$/.test(header.trim())) return Number(header) * 1000;
  // Written out: what `Date.parse` takes for a date is far more.
  const date = /^[A-Z][a-z]{2,8},? /.test(header) ? Date.parse(header) : Number.NaN;
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
