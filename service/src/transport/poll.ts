import type { ServerResponse } from 'node:http';
import { onResponseClosed } from './response-closed.ts';

/** On every answer to a poll, refusals too (client-protocol 2.5). */
export const NO_CACHE_HEADERS = {
  'Cache-Control': 'no-cache, no-store',
  Pragma: 'no-cache',
  Expires: 'Thu, 01 Jan 1970 00:00:00 GMT',
};

/** One poll of a client, to be answered once. Later answers do nothing. */
export class Poll {
  readonly #response: ServerResponse;
  readonly #headers: Readonly<Record<string, string>>;

  /** `headers`: what every answer of the route carries. */
  constructor(response: ServerResponse, headers: Readonly<Record<string, string>>) {
    this.#response = response;
    this.#headers = { ...headers, ...NO_CACHE_HEADERS };
    // `close` follows and says all that matters.
    response.on('error', () => undefined);
  }

  /** Bytes of the answer that the network did not take yet. */
  get unsentBytes(): number {
    return this.#response.writableLength;
  }

  /** Called, once or more, when the answer went out or the client is gone. */
  onClosed(listener: () => void): void {
    onResponseClosed(this.#response, listener);
  }

  /** Hub messages; empty: the connection stands. */
  answer(messages: Buffer): void {
    this.#write(200, { 'Content-Type': 'application/octet-stream', 'Content-Length': `${messages.length}` }, messages);
  }

  /** Nothing came in time: the client polls again. */
  timeOut(): void {
    this.#write(200, { 'Content-Type': 'text/plain', 'Content-Length': '0' });
  }

  /** This poll, or the connection, is over. */
  end(): void {
    this.#write(204, { 'Content-Type': 'text/plain' });
  }

  drop(): void {
    this.#response.destroy();
  }

  #write(status: number, headers: Readonly<Record<string, string>>, body?: Buffer): void {
    if (this.#response.headersSent || this.#response.destroyed) return;
    this.#response.writeHead(status, { ...this.#headers, ...headers });
    this.#response.end(body);
  }
}
