import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { Inbox } from './inbox.ts';

/** A request as an upstream got it. */
export interface UpstreamCall {
  readonly method: string;
  readonly url: string;
  /** Values as ASP.NET Core reads them: their bytes are UTF-8. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** Answers a call, or does not. */
export type UpstreamHandler = (call: UpstreamCall, response: ServerResponse) => void;

/** An app's HTTP endpoint on a free port. By default it answers 200 and nothing else. */
export class UpstreamListener {
  readonly calls = new Inbox<UpstreamCall>('upstream');
  handler: UpstreamHandler = (_call, response) => response.end();
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(handler?: UpstreamHandler): Promise<UpstreamListener> {
    const server = createServer();
    const listener = new UpstreamListener(server);
    if (handler !== undefined) listener.handler = handler;
    server.on('request', (request, response) => {
      buffer(request).then(
        (body) => {
          const call = {
            method: request.method ?? '',
            url: request.url ?? '',
            headers: decoded(request.headers),
            body,
          };
          listener.calls.push(call);
          listener.handler(call, response);
        },
        () => response.destroy(),
      );
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return listener;
  }

  /** `http://127.0.0.1:1234`. */
  get url(): string {
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('the upstream does not listen');
    return `http://127.0.0.1:${address.port}`;
  }

  /** Sockets that are open. */
  async socketCount(): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#server.getConnections((error, count) => (error === null ? resolve(count) : reject(error)));
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, 'close');
  }
}

function decoded(headers: IncomingHttpHeaders): Record<string, string> {
  const entries = Object.entries(headers).map(([name, value]) => [
    name,
    Buffer.from([value ?? ''].flat().join(', '), 'latin1').toString(),
  ]);
  return Object.fromEntries(entries);
}
