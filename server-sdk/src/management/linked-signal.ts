/** What ends an operation before its time. */
export interface Limits {
  readonly signals: readonly AbortSignal[];
  /** Milliseconds. Default: no limit. */
  readonly timeoutMs?: number;
}

/** The reason of a signal that ended because of `timeoutMs`. */
export class TimeLimitError extends Error {
  override readonly name = 'TimeLimitError';
}

/**
 * Runs an operation with a signal that ends with any of the given ones or with the time; their reason is its own. Holds
 * on to nothing afterwards, however long the given signals live: `AbortSignal.any` does.
 */
export async function withLimits<T>(
  { signals, timeoutMs }: Limits,
  run: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const links = signals.map((signal) => {
    const end = () => controller.abort(signal.reason);
    if (signal.aborted) end();
    else signal.addEventListener('abort', end, { once: true });
    return () => signal.removeEventListener('abort', end);
  });
  const timer =
    timeoutMs === undefined ? undefined : setTimeout(() => controller.abort(new TimeLimitError()), timeoutMs);
  try {
    return await run(controller.signal);
  } finally {
    clearTimeout(timer);
    for (const unlink of links) unlink();
  }
}
