import type { ServerResponse } from 'node:http';
import type { OutboundRecord } from '../outbound/outbound-record.ts';
import { joinPayloads } from '../outbound/payload-of.ts';
import { writeEvent } from './event-stream.ts';
import { type PostLimits, PostQueue } from './post-queue.ts';
import { onResponseClosed } from './response-closed.ts';
import { type Transport, TransportKind, type TransportOwner } from './transport.ts';

// As for WebSockets: above this many unsent bytes the records wait in our queue instead of in the stream's.
const UNSENT_HIGH_BYTES = 256 * 1024;
// A comment, so that proxies and readers see that the stream is open (client-protocol 2.4).
const FIRST_LINE = ':\r\n';
const HEADERS = {
  'Content-Type': 'text/event-stream',
  'Cache-Control': 'no-cache,no-store',
  Pragma: 'no-cache',
  'Content-Encoding': 'identity',
};

/** Client connection over Server-Sent Events one way and POSTs the other (client-protocol 2.4). */
export class ServerSentEventsTransport implements Transport {
  readonly kind = TransportKind.ServerSentEvents;
  readonly posts: PostQueue;
  readonly #response: ServerResponse;
  readonly #owner: TransportOwner;
  #waitsForDrain = false;
  #isClosed = false;

  constructor(response: ServerResponse, owner: TransportOwner, limits: PostLimits) {
    this.#response = response;
    this.#owner = owner;
    this.posts = new PostQueue(limits);
  }

  /** Answers the request with an endless body. `headers`: what every answer of the route carries. */
  open(headers: Readonly<Record<string, string>>): void {
    const response = this.#response;
    onResponseClosed(response, () => this.#closed());
    // `close` follows and says all that matters.
    response.on('error', () => undefined);
    response.writeHead(200, { ...headers, ...HEADERS });
    response.write(FIRST_LINE);
  }

  get unsentBytes(): number {
    return this.#response.writableLength;
  }

  get isWritable(): boolean {
    return this.#response.writableLength < UNSENT_HIGH_BYTES;
  }

  write(records: readonly OutboundRecord[]): void {
    const response = this.#response;
    if (records.length === 0 || response.writableEnded || response.destroyed) return;
    response.write(writeEvent(joinPayloads(records)));
    if (this.#waitsForDrain || this.isWritable) return;
    this.#waitsForDrain = true;
    response.once('drain', () => {
      this.#waitsForDrain = false;
      this.#owner.transportDrained();
    });
  }

  end(last: readonly OutboundRecord[]): void {
    this.write(last);
    this.posts.end();
    this.#response.end();
  }

  drop(): void {
    this.#response.destroy();
    // Not every response tells of its end, and a connection is let go whatever its socket does.
    this.#closed();
  }

  pause(): void {
    this.posts.pause();
  }

  resume(): void {
    this.posts.resume();
  }

  sweep(): void {
    // No deadline of its own: the hub's pings keep it alive.
  }

  #closed(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.posts.end();
    this.#owner.transportClosed('gone');
  }
}
