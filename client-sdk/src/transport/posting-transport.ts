import { settled } from '../connection/deadline.ts';
import { type HttpRequest, refusal } from '../connection/http-client.ts';
import { SignalRClientError } from '../errors.ts';
import { createPostQueue } from './post-queue.ts';
import { CLOSE_TIMEOUT_MS, type Transport, type TransportStart } from './transport.ts';

/** How a transport reads whose sends are POSTs. */
export interface Reading {
  /** Reads until the server ends the connection in order, and rejects when it breaks off. `life` ends with `close`. */
  read(life: AbortSignal): Promise<void>;
  /** Tells the server of the end, after the reading has ended. */
  finish?(): Promise<unknown>;
}

/** The half that Server-Sent Events and long polling share: sending, and the end (client-protocol 2.4, 2.5). */
export function createPostingTransport(start: TransportStart, { read, finish }: Reading): Transport {
  const { url, http, isBinary, listener } = start;
  const life = new AbortController();
  const headers = { 'Content-Type': isBinary ? 'application/octet-stream' : 'text/plain;charset=UTF-8' };
  const posts = createPostQueue(async (body) => {
    const request: HttpRequest = { method: 'POST', url, body, headers };
    const answer = await http.request(request, life.signal);
    if (answer.status >= 300) throw refusal(request, answer);
  });
  let isClosing = false;
  const closed = () => new SignalRClientError('connection-closed', 'The connection is closed.');
  const ended = (error?: Error) => {
    if (!isClosing) {
      isClosing = true;
      life.abort(closed());
      listener.closed(error);
    }
  };
  const reading = read(life.signal).then(
    () => ended(),
    (error: Error) => ended(error),
  );
  return {
    send: (bytes) => (isClosing ? Promise.reject(closed()) : posts.send(bytes)),
    async close() {
      if (isClosing) return;
      isClosing = true;
      await settled(posts.idle(), CLOSE_TIMEOUT_MS);
      life.abort(closed());
      await reading;
      await finish?.();
    },
  };
}
