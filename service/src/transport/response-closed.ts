import type { ServerResponse } from 'node:http';

/** Calls `listener`, once or more, when a response went out or its client is gone. */
export function onResponseClosed(response: ServerResponse, listener: () => void): void {
  response.on('close', listener);
  // A response that waits for its turn on the socket does not hear of the socket's end.
  if (response.socket === null) response.req.socket.once('close', listener);
}
