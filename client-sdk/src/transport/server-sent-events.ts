import { type HttpRequest, refusal } from '../connection/http-client.ts';
import { SignalRClientError } from '../errors.ts';
import { createEventStreamReader } from './event-stream-reader.ts';
import { createPostingTransport } from './posting-transport.ts';
import type { Transport, TransportStart } from './transport.ts';

// Client-protocol 2.4. Read with fetch, not EventSource: so the token travels in a header, Node needs no package for it,
// and a refusal shows its reason.

export async function startServerSentEvents(start: TransportStart): Promise<Transport> {
  const { url, http, listener, signal } = start;
  const request: HttpRequest = { method: 'GET', url, headers: { Accept: 'text/event-stream' } };
  const stream = new AbortController();
  const reader = await http.inTime(signal, async (deadline) => {
    deadline.addEventListener('abort', () => stream.abort(deadline.reason));
    const response = await http.fetch(request, stream.signal);
    const { status, body } = response;
    if (status === 200 && body && response.headers.get('Content-Type')?.startsWith('text/event-stream')) {
      return body.getReader();
    }
    throw refusal(request, { status, bytes: new Uint8Array(await response.arrayBuffer()) });
  });
  return createPostingTransport(start, {
    async read(life) {
      life.addEventListener('abort', () => stream.abort());
      const decoder = new TextDecoder();
      const encoder = new TextEncoder();
      const events = createEventStreamReader();
      try {
        for (let part = await reader.read(); !part.done; part = await reader.read()) {
          for (const data of events(decoder.decode(part.value, { stream: true }))) {
            listener.received(encoder.encode(data));
          }
        }
      } catch (cause) {
        throw new SignalRClientError('transport-closed', 'The event stream broke off.', { cause });
      }
    },
  });
}
