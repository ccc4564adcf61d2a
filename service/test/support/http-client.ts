import { EventStream } from './event-stream.ts';
import { type HttpAnswer, type HttpRequestOptions, httpRequest, upgradeRequest } from './http-request.ts';
import { OpenPost } from './open-post.ts';
import { clientToken, negotiate, type RawClientOptions } from './raw-client.ts';
import type { ServiceAddress } from './service-address.ts';

/** What the JSON hub protocol begins with. */
export const HANDSHAKE = '{"protocol":"json","version":1}\x1e';

/** What a request does differently. */
export type OwnRequest = Pick<HttpRequestOptions, 'headers' | 'signal'>;

export interface PendingPoll {
  /** What the other poll got. */
  readonly replaced: HttpAnswer;
  readonly answer: Promise<HttpAnswer>;
}

/** A negotiated client without WebSocket: one request is one call, on a connection of its own. */
export class HttpClient {
  readonly connectionId: string;
  /** Target of all its requests. */
  readonly path: string;
  /** Goes with each request; a test may put another one here. */
  token: string;
  readonly #service: ServiceAddress;

  private constructor(service: ServiceAddress, negotiated: { token: string; connectionId: string; path: string }) {
    this.#service = service;
    this.token = negotiated.token;
    this.connectionId = negotiated.connectionId;
    this.path = negotiated.path;
  }

  static async negotiate(service: ServiceAddress, options: RawClientOptions = {}): Promise<HttpClient> {
    const { hub = 'chat', query = '' } = options;
    const token = await clientToken(service, options);
    const answer = await negotiate(service, { hub, token });
    const path = `/client/?hub=${hub}${query}&id=${answer.connectionToken}`;
    return new HttpClient(service, { token, connectionId: answer.connectionId, path });
  }

  poll(own: OwnRequest = {}): Promise<HttpAnswer> {
    return httpRequest(this.#service, this.#request(own));
  }

  /** A poll that waits at the service: it has taken the place of another one, which proves it. */
  async pendingPoll(own: OwnRequest = {}): Promise<PendingPoll> {
    const polls = [this.poll(own), this.poll(own)];
    const { replaced, index } = await Promise.race(
      polls.map((poll, which) => poll.then((answered) => ({ replaced: answered, index: which }))),
    );
    const answer = polls[1 - index];
    if (replaced.status !== 204 || answer === undefined) throw new Error(`a poll was answered: ${replaced.text}`);
    return { replaced, answer };
  }

  post(body: string | Uint8Array, own: OwnRequest = {}): Promise<HttpAnswer> {
    return httpRequest(this.#service, { ...this.#request(own), method: 'POST', body });
  }

  /** A POST whose body begins like this. */
  openPost(begin = '', own: OwnRequest = {}): Promise<OpenPost> {
    return OpenPost.start(this.#service, { ...this.#request(own), body: begin });
  }

  /** DELETE. */
  end(own: OwnRequest = {}): Promise<HttpAnswer> {
    return httpRequest(this.#service, { ...this.#request(own), method: 'DELETE' });
  }

  /** GET for server-sent events that is refused. */
  refusedEvents(own: OwnRequest = {}): Promise<HttpAnswer> {
    return httpRequest(this.#service, this.#request({ headers: { accept: 'text/event-stream', ...own.headers } }));
  }

  /** A poll whose answer is read as a test wants. */
  pollStream(): Promise<EventStream> {
    return EventStream.open(this.#service, this.#request({}));
  }

  events(own: OwnRequest = {}): Promise<EventStream> {
    return EventStream.open(this.#service, this.#request({ headers: { accept: 'text/event-stream', ...own.headers } }));
  }

  upgrade(own: OwnRequest = {}): Promise<HttpAnswer> {
    return upgradeRequest(this.#service, this.#request(own));
  }

  #request({ headers, signal }: OwnRequest): HttpRequestOptions {
    return {
      path: this.path,
      headers: { authorization: `Bearer ${this.token}`, ...headers },
      ...(signal === undefined ? {} : { signal }),
    };
  }
}
