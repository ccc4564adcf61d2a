import { SignalRClientError } from '../errors.ts';
import type { Call } from './calls.ts';

/** Items of one stream that may wait to be read. The protocol has no means to slow the hub down. */
export const STREAM_ITEMS_MAX = 100_000;

/**
 * Reads a stream of the hub: starts the call at once and keeps its items until they are read. Ending the generator early
 * takes the call back.
 */
export function streamItems(
  start: (item: (item: unknown) => void) => Call,
  signal: AbortSignal | undefined,
): AsyncGenerator<unknown, void> {
  const items: unknown[] = [];
  let isOver = false;
  let wake = () => {};
  const call = start((item) => {
    if (items.push(item) > STREAM_ITEMS_MAX) {
      call.cancel(new SignalRClientError('stream-overflow', 'Too many items wait: read them faster.'));
    }
    wake();
  });
  const end = () => {
    isOver = true;
    wake();
  };
  call.done.then(end, end);
  async function* read() {
    try {
      for (;;) {
        if (items.length) {
          for (const item of items.splice(0)) {
            signal?.throwIfAborted();
            yield item;
          }
        } else if (isOver) {
          await call.done;
          return;
        } else {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
      }
    } finally {
      call.cancel();
    }
  }
  return read();
}
