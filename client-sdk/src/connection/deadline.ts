import { SignalRClientError } from '../errors.ts';

/**
 * Does `work` with an abort controller that aborts together with `signal`, or after `ms` milliseconds
 * (`request-timeout`). Rejects at once when that happens, whether or not the work listens. When the work is done, the
 * controller is its own.
 */
// Not AbortSignal.any with AbortSignal.timeout: on Node 20 each use stays behind in the long-lived signal.
export async function withDeadline<T>(
  ms: number,
  signal: AbortSignal,
  work: (controller: AbortController) => Promise<T>,
): Promise<T> {
  signal.throwIfAborted();
  const controller = new AbortController();
  const abort = () => controller.abort(signal.reason);
  const late = () => controller.abort(new SignalRClientError('request-timeout', `No answer within ${ms} ms.`));
  signal.addEventListener('abort', abort);
  const timer = setTimeout(late, ms);
  try {
    return await new Promise((resolve, reject) => {
      controller.signal.addEventListener('abort', () => reject(controller.signal.reason));
      work(controller).then(resolve, reject);
    });
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', abort);
  }
}
