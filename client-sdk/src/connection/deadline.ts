import { SignalRClientError } from '../errors.ts';

/**
 * Does `work` with a signal that aborts together with `signal`, or after `ms` milliseconds (`request-timeout`). Rejects
 * at once when that happens, whether or not the work listens.
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
  const timer = setTimeout(() => {
    controller.abort(new SignalRClientError('request-timeout', `No answer within ${ms} ms.`));
  }, ms);
  try {
    return await Promise.race([work(controller.signal), rejectedBy(controller.signal)]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', abort);
  }
}

function rejectedBy(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
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
