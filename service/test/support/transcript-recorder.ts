import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { formatConnectionString, parseConnectionString, parseNegotiateResponse } from '@signalite/protocol';
import type { Service } from 'signalite';
import { type ClientOptions, WebSocket, WebSocketServer } from 'ws';
import { httpRequest } from './http-request.ts';
import { callOf, headersOfCaller, learnCaller, replyOf } from './transcript-calls.ts';
import { fence } from './transcript-fence.ts';
import type { TranscriptLine } from './transcript-line.ts';
import { TranscriptNames } from './transcript-names.ts';
import { writePayload } from './transcript-payload.ts';
import { RecordedPeer } from './transcript-recorded-peer.ts';
import {
  claimsOf,
  comparableAnswer,
  headersOfClient,
  headersOfServer,
  pathOf,
  TRANSCRIPT_HOST,
  tokenOf,
} from './transcript-requests.ts';

/**
 * Stands between a service and its peers and writes down what they say. One thing at a time goes to the service, and the
 * next one waits until it was read: so a replay can repeat it in this order, and nothing depends on which socket was
 * faster. For one recording; app servers and clients are sent here by `connectionString`.
 */
export class TranscriptRecorder {
  readonly lines: TranscriptLine[] = [];
  readonly names = new TranscriptNames();
  readonly #service: Service;
  readonly #server: Server;
  readonly #webSockets = new WebSocketServer({ noServer: true, perMessageDeflate: false, maxPayload: 0 });
  readonly #clientsByToken = new Map<string, string>();
  readonly #toService: WebSocket[] = [];
  #deeds: Promise<void> = Promise.resolve();
  #failure: Error | undefined;
  #counts = { servers: 0, clients: 0, calls: 0 };

  private constructor(service: Service) {
    this.#service = service;
    this.#server = createServer((request, response) => {
      const isRest = request.url?.startsWith('/api/') === true;
      this.act(() => (isRest ? this.#call(request, response) : this.#negotiate(request, response)));
    });
    this.#server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      const isServer = request.url?.startsWith('/server') === true;
      this.act(() => this.#open(request, socket, { head, isServer }));
    });
  }

  static async start(service: Service): Promise<TranscriptRecorder> {
    const recorder = new TranscriptRecorder(service);
    recorder.#server.listen(0, '127.0.0.1');
    await once(recorder.#server, 'listening');
    return recorder;
  }

  /** For app servers: everything they and their clients do goes through here. */
  get connectionString(): string {
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('the recorder does not listen');
    const { auth } = parseConnectionString(this.#service.connectionString);
    return formatConnectionString({ endpoint: `http://127.0.0.1:${address.port}`, auth });
  }

  /** Does one thing after all others are done. */
  act(deed: () => Promise<void>): void {
    this.#deeds = this.#deeds.then(deed).catch((error: unknown) => {
      this.#failure ??= error instanceof Error ? error : new Error(String(error));
    });
  }

  /** Stops listening, and gives all that was written down. */
  async finish(): Promise<readonly TranscriptLine[]> {
    this.#server.close();
    await this.#deeds;
    // What the service has sent until now is behind these.
    for (const toService of this.#toService) await fence(toService);
    this.#server.closeAllConnections();
    if (this.#failure !== undefined) throw this.#failure;
    return this.lines;
  }

  async #negotiate(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.#counts.clients += 1;
    const number = this.#counts.clients;
    const who = `client-${number}`;
    const path = pathOf(request, this.names, number);
    this.lines.push({ does: 'negotiate', who, path, claims: claimsOf(tokenOf(request), this.names) });
    const answer = await fetch(`${this.#service.url}${request.url ?? ''}`, {
      method: 'POST',
      headers: { authorization: request.headers.authorization ?? '' },
    });
    await buffer(request);
    const text = await answer.text();
    const parsed = parseNegotiateResponse(text);
    if (parsed.kind === 'connection') {
      this.names.learn(parsed.connectionId, who);
      this.names.learn(parsed.connectionToken, `token-${number}`);
      this.#clientsByToken.set(parsed.connectionToken, who);
    }
    this.lines.push({ gets: 'answer', who, status: answer.status, body: comparableAnswer(text, this.names) });
    response.writeHead(answer.status, {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(text),
    });
    response.end(text);
  }

  async #call(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.#counts.calls += 1;
    const who = `rest-${this.#counts.calls}`;
    const { method = '', url: path = '' } = request;
    const body = await buffer(request);
    const headers = headersOfCaller(request);
    this.lines.push({
      does: 'call',
      who,
      ...callOf(request, this.names),
      payload: writePayload(this.names.hideBytes(body)),
    });
    const { authorization } = request.headers;
    const options = {
      method,
      path,
      headers: authorization === undefined ? headers : { ...headers, authorization },
      body,
    };
    const answer = await httpRequest(this.#service, options);
    this.lines.push(replyOf(who, answer, this.names));
    response.writeHead(answer.status, answer.headers);
    response.end(answer.bytes);
  }

  async #open(
    request: IncomingMessage,
    socket: Duplex,
    { head, isServer }: { head: Buffer; isServer: boolean },
  ): Promise<void> {
    const who = isServer ? this.#serverOpens(request) : this.#clientOpens(request);
    const headers = isServer ? withoutHost(request) : { ...headersOfClient(request), host: TRANSCRIPT_HOST };
    const options: ClientOptions = {
      headers: { ...headers, authorization: request.headers.authorization ?? '' },
      perMessageDeflate: false,
      maxPayload: 0,
    };
    const toService = new WebSocket(`${this.#service.url.replace('http', 'ws')}${request.url ?? ''}`, options);
    this.#toService.push(toService);
    const peer = new RecordedPeer(who, { isServer, toService, recorder: this });
    await once(toService, 'open');
    this.#webSockets.handleUpgrade(request, socket, head, (webSocket) => peer.attach(webSocket));
  }

  #serverOpens(request: IncomingMessage): string {
    this.#counts.servers += 1;
    const who = `server-connection-${this.#counts.servers}`;
    const query = new URL(request.url ?? '', this.#service.url).searchParams;
    this.names.learn(query.get('cid') ?? '', who);
    this.names.learn(String(request.headers['x-asrs-server-id'] ?? ''), `app-server-${this.#counts.servers}`);
    learnCaller(request, this.names);
    const claims = claimsOf(tokenOf(request), this.names);
    const path = this.names.hide(request.url ?? '');
    this.lines.push({ does: 'connect', who, path, headers: headersOfServer(request, this.names), claims });
    return who;
  }

  #clientOpens(request: IncomingMessage): string {
    const token = new URL(request.url ?? '', this.#service.url).searchParams.get('id') ?? '';
    const who = this.#clientsByToken.get(token);
    if (who === undefined) throw new Error('a client that did not negotiate cannot be recorded');
    this.lines.push({ does: 'open', who, path: this.names.hide(request.url ?? ''), headers: headersOfClient(request) });
    return who;
  }
}

function withoutHost({ headers }: IncomingMessage): Record<string, string> {
  return Object.fromEntries(
    ['x-asrs-server-id', 'asrs-user-agent', 'x-requested-with'].map((name) => [name, String(headers[name] ?? '')]),
  );
}
