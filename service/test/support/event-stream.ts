import { once } from 'node:events';
import { type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http';
import type { HttpRequestOptions } from './http-request.ts';
import { Inbox } from './inbox.ts';
import type { ServiceAddress } from './service-address.ts';

/** A stream of server-sent events as its bytes: nothing is parsed. */
export class EventStream implements Disposable {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** True when the service ended it; false when it broke off. */
  readonly ended: Promise<boolean>;
  readonly #response: IncomingMessage;
  readonly #chunks = new Inbox<string>('event stream');
  #unread = '';

  private constructor(response: IncomingMessage) {
    this.#response = response;
    this.status = response.statusCode ?? 0;
    this.headers = response.headers;
    response.setEncoding('utf8');
    response.on('data', (chunk: string) => this.#chunks.push(chunk));
    response.on('error', () => undefined);
    this.ended = once(response, 'close').then(
      () => response.complete,
      () => false,
    );
  }

  static async open(service: ServiceAddress, { path, headers }: HttpRequestOptions): Promise<EventStream> {
    const outgoing = request({ host: '127.0.0.1', port: service.port, path, headers, agent: false });
    outgoing.end();
    const [response]: IncomingMessage[] = await once(outgoing, 'response');
    if (response === undefined) throw new Error('there is no response');
    outgoing.on('error', () => undefined);
    return new EventStream(response);
  }

  /** The next characters of the stream. */
  async read(characters: number): Promise<string> {
    while (this.#unread.length < characters) this.#unread += await this.#chunks.next();
    const text = this.#unread.slice(0, characters);
    this.#unread = this.#unread.slice(characters);
    return text;
  }

  /** All that comes until the end. */
  async rest(): Promise<string> {
    await this.ended;
    return this.#unread + this.#chunks.rest.join('');
  }

  /** Takes nothing more from the network. */
  pause(): void {
    this.#response.pause();
  }

  resume(): void {
    this.#response.resume();
  }

  [Symbol.dispose](): void {
    this.#response.destroy();
  }
}
