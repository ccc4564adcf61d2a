import type { Transport, TransportStart } from './transport.ts';

/** Servers bound the size of a request: no more than this is joined. */
const JOINED_MAX_BYTES = 64 * 1024;

/**
 * The sending half of the transports that read by GET (client-protocol 2.4, 2.5): POSTs in order, one at a time; what
 * comes meanwhile travels together in the next one. A send resolves when its POST was accepted.
 */
export function createPostQueue({ http, url }: TransportStart, life: AbortSignal): Transport['send'] {
  let last: Promise<unknown> = Promise.resolve();
  let batch: Uint8Array<ArrayBuffer>[] = [];
  let room = 0;

  function post(parts: Uint8Array<ArrayBuffer>[]): Promise<unknown> {
    if (parts === batch) room = 0;
    return http.request({ method: 'POST', url, body: new Blob(parts) }, life, (response) => response.text());
  }

  return async (bytes) => {
    if (room <= bytes.length) {
      const parts: Uint8Array<ArrayBuffer>[] = [];
      batch = parts;
      room = JOINED_MAX_BYTES;
      last = last.catch(() => {}).then(() => post(parts));
    }
    batch.push(bytes.slice());
    room -= bytes.length;
    await last;
  };
}
