import { once } from 'node:events';
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import type WebSocket from 'ws';
import { WebSocketServer } from 'ws';
import { call, type HttpAnswer } from '../peers/http.ts';
import { openSocket, type Socket, UpgradeRefused } from '../peers/web-socket.ts';
import { PrefixedReader } from '../wire/length-prefixed.ts';
import { decodeServiceMessage, encodeServiceMessage, type ServiceMessage } from '../wire/service-message.ts';
import type { Fault, SeenRequest, SocketKind } from './fault.ts';

const HOP_HEADERS = new Set(['connection', 'upgrade', 'keep-alive', 'transfer-encoding', 'content-length']);
const EVENT_STREAM = 'text/event-stream';
// More than any target takes: it is the target that refuses.
const HEADER_BYTES = 1024 * 1024;
const LONG_POLL_MS = 120_000;
// Codes that say how a socket ended, and cannot be sent.
const UNSENDABLE = new Set([1005, 1006]);

/** Stands between the suite and a target, and does one thing wrong. */
export class FaultyProxy implements AsyncDisposable {
  readonly #server: Server;
  readonly #upstream: string;
  readonly #fault: Fault;
  readonly #accepting = new WebSocketServer({ noServer: true, autoPong: false });
  readonly #sockets = new Set<{ drop(): void }>();

  private constructor(upstream: string, fault: Fault) {
    this.#upstream = upstream;
    this.#fault = fault;
    this.#server = createServer(
      { maxHeaderSize: HEADER_BYTES },
      (incoming, outgoing) => void this.#answer(incoming, outgoing),
    );
    this.#server.on(
      'upgrade',
      (incoming: IncomingMessage, socket: Duplex, head: Buffer) => void this.#upgrade(incoming, socket, head),
    );
  }

  /** `upstream`: scheme, host and port of the target. */
  static async start(upstream: string, fault: Fault): Promise<FaultyProxy> {
    const proxy = new FaultyProxy(upstream, fault);
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  get url(): string {
    const { port } = this.#server.address() as AddressInfo;
    return `http://127.0.0.1:${port}`;
  }

  /** The target's connection string, with this proxy in its place. */
  connectionString(accessKey: string): string {
    const { port } = this.#server.address() as AddressInfo;
    return `Endpoint=http://127.0.0.1;Port=${port};AccessKey=${accessKey};Version=1.0;`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.drop();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #seen(incoming: IncomingMessage): Promise<SeenRequest> {
    const pieces: Buffer[] = [];
    for await (const piece of incoming) pieces.push(piece as Buffer);
    return this.#changed(incoming, Buffer.concat(pieces));
  }

  #changed({ method = 'GET', url = '/', headers }: IncomingMessage, body: Buffer): SeenRequest {
    const request = { method, url, headers, body };
    return this.#fault.request?.(request) ?? request;
  }

  async #answer(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    try {
      const request = await this.#seen(incoming);
      if (String(request.headers['accept'] ?? '').includes(EVENT_STREAM)) {
        await this.#stream(request, outgoing);
        return;
      }
      const { method, body } = request;
      const options = { method, headers: forwarded(request.headers), withinMs: LONG_POLL_MS };
      const answer = await call(`${this.#upstream}${request.url}`, body.length === 0 ? options : { ...options, body });
      const changed = this.#fault.answer?.(answer, request) ?? answer;
      outgoing.writeHead(changed.status, { ...withoutHops(changed.headers), ...lengthOf(changed) });
      outgoing.end(changed.status === 204 ? undefined : changed.body);
    } catch {
      // The target is gone, or the suite is: either way nobody waits for this answer.
      outgoing.destroy();
    }
  }

  /** An event stream goes through as it comes; its head can be wrong. */
  async #stream(request: SeenRequest, outgoing: ServerResponse): Promise<void> {
    const aborting = new AbortController();
    this.#sockets.add({ drop: () => aborting.abort() });
    outgoing.once('close', () => aborting.abort());
    const response = await fetch(`${this.#upstream}${request.url}`, {
      headers: forwarded(request.headers),
      signal: aborting.signal,
    });
    const answer = {
      status: response.status,
      headers: Object.fromEntries(response.headers),
      body: Buffer.alloc(0),
      text: '',
    };
    const changed = this.#fault.answer?.(answer, request) ?? answer;
    outgoing.writeHead(changed.status, withoutHops(changed.headers));
    outgoing.flushHeaders();
    for await (const piece of response.body ?? []) {
      const [message] = this.#fault.toClient?.({ data: Buffer.from(piece), isBinary: false }) ?? [
        { data: Buffer.from(piece) },
      ];
      if (message !== undefined) outgoing.write(message.data);
    }
    outgoing.end();
  }

  async #upgrade(incoming: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    socket.on('error', () => undefined);
    const request = this.#changed(incoming, Buffer.alloc(0));
    const kind: SocketKind = /^\/server\b/i.test(request.url) ? 'server' : 'client';
    try {
      const upstream = await openSocket(`${this.#upstream}${request.url}`, forwarded(request.headers));
      this.#sockets.add(upstream);
      this.#accepting.handleUpgrade(incoming, socket, head, (peer) => this.#join(peer, upstream, kind));
    } catch (error) {
      if (error instanceof UpgradeRefused) this.#refuse(socket, error, request);
      else socket.destroy();
    }
  }

  #refuse(socket: Duplex, { status, headers, text }: UpgradeRefused, request: SeenRequest): void {
    const answer = { status, headers: flat(headers), body: Buffer.from(text), text };
    const changed = this.#fault.answer?.(answer, request) ?? answer;
    const lines = Object.entries({ ...withoutHops(changed.headers), ...lengthOf(changed) }).map(
      ([name, value]) => `${name}: ${value}`,
    );
    socket.end(
      `HTTP/1.1 ${changed.status} Refused\r\n${lines.join('\r\n')}\r\nConnection: close\r\n\r\n${changed.text}`,
    );
  }

  #join(peer: WebSocket, upstream: Socket, kind: SocketKind): void {
    this.#sockets.add({ drop: () => peer.terminate() });
    const out = kind === 'client' ? this.#clientWay(this.#fault.toClient) : this.#serverWay(this.#fault.toServer);
    const back = kind === 'client' ? this.#clientWay(this.#fault.fromClient) : this.#fromServerWay();
    peer.on('error', () => undefined);
    peer.on('ping', (data: Buffer) => peer.pong(this.#fault.pong?.(data.toString()) ?? data));
    peer.on('message', (data: Buffer, isBinary: boolean) => {
      for (const one of back({ data, isBinary })) upstream.send(one.isBinary ? one.data : one.data.toString());
    });
    peer.once('close', (code: number) => (UNSENDABLE.has(code) ? upstream.drop() : upstream.close(code)));
    void pump(upstream, (message) => {
      for (const { data, isBinary } of out(message)) peer.send(isBinary ? data : data.toString());
    });
    void upstream.ended.then((end) => {
      if (this.#fault.hidesEnd?.(kind) === true) return;
      const { code, reason } = this.#fault.close?.(end, kind) ?? end;
      if (UNSENDABLE.has(code)) peer.terminate();
      else peer.close(code, reason);
    });
  }

  #clientWay(change: Fault['toClient']): Way {
    return change ?? ((message) => [message]);
  }

  #fromServerWay(): Way {
    const { serverFrame, fromServer } = this.#fault;
    const read = this.#serverWay(fromServer);
    return serverFrame === undefined ? read : (frame) => serverFrame(frame).flatMap(read);
  }

  #serverWay(change: Fault['toServer']): Way {
    if (change === undefined) return (message) => [message];
    const reader = new PrefixedReader();
    return ({ data }) => reader.push(data).flatMap((body) => change(decodeServiceMessage(body)).map(inFrame));
  }
}

type Way = (message: {
  readonly data: Buffer;
  readonly isBinary: boolean;
}) => readonly { readonly data: Buffer; readonly isBinary: boolean }[];

function inFrame(message: ServiceMessage) {
  return { data: encodeServiceMessage(message), isBinary: true };
}

async function pump(
  socket: Socket,
  each: (message: { readonly data: Buffer; readonly isBinary: boolean }) => void,
): Promise<void> {
  try {
    for (;;) each(await socket.messages.next('a message', undefined, 2 ** 30));
  } catch {
    // The end of the socket; it is told elsewhere.
  }
}

function forwarded(headers: Readonly<IncomingHttpHeaders>): Record<string, string> {
  const kept = Object.entries(flat(headers)).filter(
    ([name]) => !HOP_HEADERS.has(name) && name !== 'host' && !name.startsWith('sec-websocket'),
  );
  return Object.fromEntries(kept);
}

function withoutHops(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !HOP_HEADERS.has(name)));
}

function flat(headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, Array.isArray(value) ? value.join(', ') : value]],
    ),
  );
}

function lengthOf({ status, body }: HttpAnswer): Record<string, string> {
  return status === 204 ? {} : { 'Content-Length': `${body.length}` };
}
