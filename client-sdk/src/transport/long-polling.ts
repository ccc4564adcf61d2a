import { SignalRClientError } from '../errors.ts';
import { createPostQueue } from './post-queue.ts';
import { CLOSE_TIMEOUT_MS, runTransport, type Transport, type TransportStart } from './transport.ts';

// Client-protocol 2.5.

/** Longer than servers hold a poll. Not an option: an aborted poll may lose what was on its way. */
const POLL_TIMEOUT_MS = 100_000;

export function startLongPolling(start: TransportStart): Promise<Transport> {
  const { url, http, listener } = start;

  return runTransport(start, async (life, opened) => {
    try {
      for (let polls = 0; ; polls++) {
        const bytes = await http
          .request({ method: 'GET', url }, life, readPoll, POLL_TIMEOUT_MS)
          .catch((error: unknown) => nothingInTime(error, life));
        if (bytes === undefined) return;
        // The first poll is answered at once: with it the server takes the connection as a long-polling one.
        if (polls === 0) opened(createPostQueue(start, life));
        if (bytes.length > 0) listener.received(bytes);
      }
    } catch (error) {
      // The server would keep a connection that leaves without a word until its timeout.
      if (life.aborted)
        await http.request({ method: 'DELETE', url }, new AbortController().signal, readPoll, CLOSE_TIMEOUT_MS);
      throw error;
    }
  });
}

/** Undefined: the server has ended the connection. */
async function readPoll(response: Response): Promise<Uint8Array | undefined> {
  return response.status === 204 ? undefined : new Uint8Array(await response.arrayBuffer());
}

/** A poll that is not answered is the same as an empty answer. */
function nothingInTime(error: unknown, life: AbortSignal): Uint8Array {
  if (!life.aborted && error instanceof SignalRClientError && error.code === 'request-timeout') return new Uint8Array();
  throw error;
}
