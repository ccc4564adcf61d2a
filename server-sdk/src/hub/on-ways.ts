import { SignalRServerError } from '../errors.ts';
import type { Outlet, Outlets } from '../server-connection/outlet.ts';

/**
 * Runs `operation` at once when `find` gives a way: what is not awaited keeps its place among the sends. Otherwise waits
 * shortly for one. Rejects with `not-connected`, `send-buffer-full`.
 */
export async function onWays<T>(
  outlets: Outlets,
  find: () => readonly Outlet[] | undefined,
  operation: (ways: readonly Outlet[]) => Promise<T>,
): Promise<T> {
  let ways = find();
  if (ways === undefined) {
    await outlets.untilOpen();
    ways = find();
  }
  if (ways === undefined) throw notConnected();
  if (ways.some(({ isOverfull }) => isOverfull)) throw bufferFull();
  return operation(ways);
}

export function bufferFull(): SignalRServerError {
  const text = 'The service does not take messages fast enough. Await sends, or raise maximumSendBufferBytes.';
  return new SignalRServerError('send-buffer-full', text);
}

function notConnected(): SignalRServerError {
  const text = 'No endpoint that the message is meant for is connected. Lost connections are opened again: try later.';
  return new SignalRServerError('not-connected', text);
}
