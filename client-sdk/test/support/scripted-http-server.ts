import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, ServerResponse, STATUS_CODES } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { Inbox } from './inbox.ts';

interface Offer {
  readonly transport: string;
  readonly transferFormats: readonly string[];
}

export const WEB_SOCKETS: Offer = { transport: 'WebSockets', transferFormats: ['Text', 'Binary'] };
export const SERVER_SENT_EVENTS: Offer = { transport: 'ServerSentEvents', transferFormats: ['Text'] };
export const LONG_POLLING: Offer = { transport: 'LongPolling', transferFormats: ['Text', 'Binary'] };

/** A server that answers nothing by itself: the test takes each request and says what becomes of it. */
export class ScriptedHttpServer {
  readonly requests = new Inbox<ScriptedRequest>('requests');
  readonly #server: Server;
  readonly #webSockets = new WebSocketServer({ noServer: true });
  readonly #open = new Set<Promise<unknown>>();

  private constructor(server: Server) {
    this.#server = server;
    server.on('request', (request: IncomingMessage, response: ServerResponse) => this.#receive(request, response));
    server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) =>
      this.#upgrade(request, socket, head),
    );
  }

  static async listen(): Promise<ScriptedHttpServer> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new ScriptedHttpServer(server);
  }

  get origin(): string {
    const { port } = this.#server.address() as AddressInfo;
    return `http://127.0.0.1:${port}`;
  }

  /** Takes the next request and demands that it is this one: `POST /chat/negotiate`. */
  async next(methodAndPath: string): Promise<ScriptedRequest> {
    const request = await this.requests.take();
    if (request.name !== methodAndPath) throw new Error(`${request.name} came in place of ${methodAndPath}`);
    return request;
  }

  /** Takes a negotiate request and offers `transports`; the connection has the id `public` and the token `secret`. */
  async negotiate(transports: readonly Offer[], more: object = {}): Promise<ScriptedRequest> {
    const request = await this.next('POST /chat/negotiate');
    const ids = { connectionId: 'public', connectionToken: 'secret' };
    request.json({ negotiateVersion: 1, ...ids, availableTransports: transports, ...more });
    return request;
  }

  /** Resolves when no request and no WebSocket is open any more. */
  async allEnded(): Promise<void> {
    while (this.#open.size > 0) await Promise.all(this.#open);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const webSocket of this.#webSockets.clients) webSocket.terminate();
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #watch(ended: Promise<unknown>): void {
    this.#open.add(ended);
    void ended.finally(() => this.#open.delete(ended));
  }

  #receive(request: IncomingMessage, response: ServerResponse): void {
    this.#watch(once(response, 'close'));
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      this.requests.push(new ScriptedRequest(request, response, { body: Buffer.concat(chunks).toString() }));
    });
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const closed = once(socket, 'close');
    socket.on('error', () => undefined);
    // Only a socket that is read notices that the client has gone.
    socket.on('end', () => socket.end());
    socket.resume();
    this.#watch(closed);
    const accept = () =>
      new Promise<ServerSocket>((resolve) => {
        this.#webSockets.handleUpgrade(request, socket, head, (webSocket) => resolve(new ServerSocket(webSocket)));
      });
    this.requests.push(
      new ScriptedRequest(request, new ServerResponse(request), { upgrade: { socket, closed, accept } }),
    );
  }
}

interface Upgrade {
  readonly socket: Duplex;
  readonly closed: Promise<unknown>;
  accept(): Promise<ServerSocket>;
}

/** A request that waits for the test to answer it. */
export class ScriptedRequest {
  readonly url: URL;
  readonly name: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
  readonly #response: ServerResponse;
  readonly #upgrade: Upgrade | undefined;

  constructor(request: IncomingMessage, response: ServerResponse, more: { body?: string; upgrade?: Upgrade }) {
    this.url = new URL(request.url ?? '/', 'http://server');
    this.name = `${more.upgrade ? 'UPGRADE' : request.method} ${this.url.pathname}`;
    this.headers = request.headers;
    this.body = more.body ?? '';
    this.#response = response;
    this.#upgrade = more.upgrade;
  }

  get query(): string {
    return this.url.search;
  }

  respond(status: number, body: string | Uint8Array = ''): void {
    if (this.#upgrade) {
      this.#upgrade.socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\n\r\n${body}`);
    } else this.#response.writeHead(status).end(body);
  }

  json(value: unknown): void {
    this.respond(200, JSON.stringify(value));
  }

  /** Begins an answer whose body is written bit by bit. */
  stream(headers: Record<string, string> = { 'Content-Type': 'text/event-stream' }): ServerResponse {
    this.#response.writeHead(200, headers).flushHeaders();
    return this.#response;
  }

  /** Breaks the TCP connection. */
  drop(): void {
    this.#response.socket?.destroy();
  }

  /** Resolves when the client has gone, or the answer is through. */
  async ended(): Promise<void> {
    if (this.#upgrade) await this.#upgrade.closed;
    else if (!this.#response.closed) await once(this.#response, 'close');
  }

  async accept(): Promise<ServerSocket> {
    if (!this.#upgrade) throw new Error(`${this.name} is no upgrade`);
    return this.#upgrade.accept();
  }
}

/** The server's end of a WebSocket. */
export class ServerSocket {
  readonly webSocket: WebSocket;
  readonly messages = new Inbox<string>('messages');
  readonly opcodes: ('text' | 'binary')[] = [];
  readonly closed: Promise<number>;

  constructor(webSocket: WebSocket) {
    this.webSocket = webSocket;
    this.closed = once(webSocket, 'close').then(([code]: unknown[]) => Number(code));
    webSocket.on('message', (data, isBinary) => {
      this.opcodes.push(isBinary ? 'binary' : 'text');
      if (Buffer.isBuffer(data)) this.messages.push(data.toString());
    });
  }
}
