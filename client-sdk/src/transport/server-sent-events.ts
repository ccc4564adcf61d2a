import type { HttpRequest } from '../connection/http-client.ts';
import { createEventStreamReader } from './event-stream-reader.ts';
import { createPostQueue } from './post-queue.ts';
import { runTransport, type Transport, type TransportStart } from './transport.ts';

// Client-protocol 2.4. Read with fetch, not EventSource: so the token travels in a header, Node needs no package for it,
// and a refusal shows its reason.

const EVENT_STREAM = 'text/event-stream';

export function startServerSentEvents(start: TransportStart): Promise<Transport> {
  const { url, http, listener } = start;
  const request: HttpRequest = { method: 'GET', url, headers: { Accept: EVENT_STREAM } };
  return runTransport(start, (life, opened) =>
    http.exchange(request, life, async ({ body, headers }) => {
      if (!body || !headers.get('Content-Type')?.startsWith(EVENT_STREAM)) throw new Error(`not ${EVENT_STREAM}`);
      opened(createPostQueue(start, life));
      const events = createEventStreamReader();
      const decoder = new TextDecoder();
      const reader = body.getReader();
      for (let part = await reader.read(); !part.done; part = await reader.read()) {
        for (const data of events(decoder.decode(part.value, { stream: true }))) {
          listener.received(new TextEncoder().encode(data));
        }
      }
    }),
  );
}
