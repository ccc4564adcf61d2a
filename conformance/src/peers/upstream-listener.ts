import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Arrivals } from '../arrivals.ts';

/** What the target must be told, behind the address of the suite (upstream-and-emulator 1.3). */
export const UPSTREAM_PATH = '/{hub}/{category}/{event}';

/** A request of the target for an event (upstream-and-emulator 2.1). */
export interface UpstreamRequest {
  readonly method: string;
  readonly hub: string;
  readonly category: string;
  readonly event: string;
  /** Names in lower case, values as bytes in latin1. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

/** How the suite answers. Default: 200 without a body. */
export interface UpstreamAnswer {
  readonly status?: number;
  readonly contentType?: string;
  readonly body?: string | Uint8Array;
}

type Answerer = (request: UpstreamRequest) => UpstreamAnswer | Promise<UpstreamAnswer>;

/** The events of one hub. */
export class UpstreamHub {
  readonly requests = new Arrivals<UpstreamRequest>();
  #answer: Answerer = () => ({});

  /** How events are answered from now on. */
  answer(answer: Answerer): void {
    this.#answer = answer;
  }

  async take(request: UpstreamRequest): Promise<UpstreamAnswer> {
    this.requests.push(request);
    return this.#answer(request);
  }

  /** The next request for an event. */
  next(event: string): Promise<UpstreamRequest> {
    return this.requests.next(`an upstream request for '${event}'`, (request) => request.event === event);
  }
}

/** The upstream of a target: one for a run, its checks told apart by their hubs. */
export class UpstreamListener implements AsyncDisposable {
  static readonly #byUrl = new Map<string, Promise<UpstreamListener>>();
  readonly #hubs = new Map<string, UpstreamHub>();
  readonly #server: Server;

  private constructor() {
    this.#server = createServer((incoming, outgoing) => void this.#take(incoming, outgoing));
  }

  /** The listener at an address, opened by whoever asks first; port 0 is a new one each time. */
  static at(url: string): Promise<UpstreamListener> {
    const known = UpstreamListener.#byUrl.get(url);
    if (known !== undefined) return known;
    const opening = UpstreamListener.#open(url);
    if (new URL(url).port !== '0') UpstreamListener.#byUrl.set(url, opening);
    return opening;
  }

  static async #open(url: string): Promise<UpstreamListener> {
    const { hostname, port } = new URL(url);
    const listener = new UpstreamListener();
    listener.#server.listen(Number(port), hostname);
    await once(listener.#server, 'listening');
    // A run must not wait for it.
    listener.#server.unref();
    UpstreamListener.#byUrl.set(listener.url, Promise.resolve(listener));
    return listener;
  }

  get url(): string {
    const { address, port } = this.#server.address() as AddressInfo;
    return `http://${address}:${port}`;
  }

  hub(name: string): UpstreamHub {
    const known = this.#hubs.get(name);
    if (known !== undefined) return known;
    const hub = new UpstreamHub();
    this.#hubs.set(name, hub);
    return hub;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    UpstreamListener.#byUrl.delete(this.url);
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #take(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const pieces: Buffer[] = [];
    for await (const piece of incoming) pieces.push(piece as Buffer);
    const [hub = '', category = '', event = ''] = (incoming.url ?? '/').slice(1).split('/').map(decodeURIComponent);
    const { method = '', headers } = incoming;
    const request = { method, hub, category, event, headers, body: Buffer.concat(pieces) };
    const { status = 200, contentType = 'application/json', body } = await this.hub(hub).take(request);
    if (body === undefined) outgoing.writeHead(status).end();
    else
      outgoing.writeHead(status, { 'Content-Type': contentType, 'Content-Length': Buffer.byteLength(body) }).end(body);
  }
}
