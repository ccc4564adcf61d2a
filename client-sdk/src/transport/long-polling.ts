import { type HttpRequest, refusal } from '../connection/http-client.ts';
import { SignalRClientError } from '../errors.ts';
import { createPostingTransport } from './posting-transport.ts';
import { CLOSE_TIMEOUT_MS, type Transport, type TransportStart } from './transport.ts';

// Client-protocol 2.5.

/** Longer than any server holds a poll. Not an option: an aborted poll may lose what was on its way. */
const POLL_TIMEOUT_MS = 100_000;

export async function startLongPolling(start: TransportStart): Promise<Transport> {
  const { url, http, listener } = start;
  const request: HttpRequest = { method: 'GET', url, timeoutMs: POLL_TIMEOUT_MS };

  /** False: the server has ended the connection. */
  async function poll(signal: AbortSignal): Promise<boolean> {
    const answer = await http.request(request, signal);
    if (answer.status === 204) return false;
    if (answer.status !== 200) throw refusal(request, answer);
    if (answer.bytes.length > 0) listener.received(answer.bytes);
    return true;
  }

  // The first poll is answered at once: with it the server takes the connection as a long-polling one.
  if (!(await http.inTime(start.signal, poll))) throw refusal(request, { status: 204, bytes: new Uint8Array() });
  return createPostingTransport(start, {
    async read(life) {
      while (await poll(life).catch(continueAfterTimeout));
    },
    finish: () =>
      http
        .request({ method: 'DELETE', url, timeoutMs: CLOSE_TIMEOUT_MS }, new AbortController().signal)
        .catch(() => undefined),
  });
}

function continueAfterTimeout(error: unknown): true {
  if (error instanceof SignalRClientError && error.code === 'request-timeout') return true;
  throw error;
}
