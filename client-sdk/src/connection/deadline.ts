import { SignalRClientError } from '../errors.ts';

/**
 * Does `work` with a signal that aborts together with `signal`, or when `ms` milliseconds are over (`request-timeout`).
 * Rejects at once when that happens, whether or not the work listens.
 */
// Not AbortSignal.any with AbortSignal.timeout: on Node 20 each use stays behind in the long-lived signal.
export async function withDeadline<T>(
  ms: number,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  signal.throwIfAborted();
  const controller = new AbortController();
  const abort = () => controller.abort(signal.reason);
  signal.addEventListener('abort', abort);
  const timer = setTimeout(() => controller.abort(timedOut(ms)), ms);
  const aborted = new Promise<never>((_, reject) =>
    controller.signal.addEventListener('abort', () => reject(controller.signal.reason)),
  );
  try {
    return await Promise.race([work(controller.signal), aborted]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', abort);
  }
}

/** Waits until `promise` settles, but no longer than `ms` milliseconds. */
export function settled(promise: Promise<unknown>, ms: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    const end = () => {
      clearTimeout(timer);
      resolve();
    };
    promise.then(end, end);
  });
}

function timedOut(ms: number): SignalRClientError {
  return new SignalRClientError('request-timeout', `The server did not answer within ${ms} ms.`);
}
