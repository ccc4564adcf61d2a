import { once } from 'node:events';
import { parseConnectionString, parseNegotiateResponse } from '@signalite/protocol';
import { WebSocket } from 'ws';
import { httpRequest } from './http-request.ts';
import { Inbox } from './inbox.ts';
import type { ServiceAddress } from './service-address.ts';
import { makeToken, sdkAudience } from './tokens.ts';

export interface RawClientOptions {
  readonly hub?: string;
  readonly userId?: string;
  readonly claims?: Record<string, unknown>;
  /** In place of one that is signed with the service's access key. */
  readonly token?: string;
  readonly protocol?: string;
  /** False: the caller sends the hub handshake itself. */
  readonly handshake?: boolean;
  /** False: straight to the WebSocket, without an id; `connectionId` stays empty. */
  readonly negotiates?: boolean;
  /** More query text, `&x=1`. */
  readonly query?: string;
  readonly headers?: Record<string, string>;
}

export interface ReceivedFrame {
  readonly data: Buffer;
  readonly isBinary: boolean;
}

/** A client that speaks frames: what a test says is what goes out, what comes in is what the service wrote. */
export class RawClient {
  readonly webSocket: WebSocket;
  readonly connectionId: string;
  readonly frames = new Inbox<ReceivedFrame>('client');
  readonly closed: Promise<number>;
  #unread = '';

  private constructor(webSocket: WebSocket, connectionId: string) {
    this.webSocket = webSocket;
    this.connectionId = connectionId;
    this.closed = once(webSocket, 'close').then(([code]: unknown[]) => Number(code));
    webSocket.on('message', (data, isBinary) => {
      if (Buffer.isBuffer(data)) this.frames.push({ data, isBinary });
    });
    webSocket.on('error', () => undefined);
  }

  static async connect(service: ServiceAddress, options: RawClientOptions = {}): Promise<RawClient> {
    const { hub = 'chat', protocol = 'json' } = options;
    const token = options.token ?? (await clientToken(service, options));
    const negotiated = options.negotiates === false ? undefined : await negotiate(service, { hub, token });
    const id = negotiated === undefined ? '' : `&id=${negotiated.connectionToken}`;
    const url = `${service.url.replace('http', 'ws')}/client/?hub=${hub}${options.query ?? ''}${id}`;
    const webSocket = new WebSocket(url, {
      headers: { ...options.headers, authorization: `Bearer ${token}` },
      perMessageDeflate: false,
      maxPayload: 0,
    });
    const client = new RawClient(webSocket, negotiated?.connectionId ?? '');
    await once(webSocket, 'open');
    if (options.handshake === false) return client;
    client.sendText(`${JSON.stringify({ protocol, version: 1 })}\x1e`);
    const answer = await client.frames.next();
    if (answer.data.toString() !== '{}\x1e') throw new Error(`hub handshake: ${answer.data.toString()}`);
    return client;
  }

  sendText(text: string): void {
    this.webSocket.send(text);
  }

  /** The next hub message of a JSON client, parsed. */
  async message(): Promise<Record<string, unknown>> {
    for (;;) {
      const end = this.#unread.indexOf('\x1e');
      if (end >= 0) {
        const text = this.#unread.slice(0, end);
        this.#unread = this.#unread.slice(end + 1);
        return asObject(JSON.parse(text));
      }
      this.#unread += (await this.frames.next()).data.toString();
    }
  }

  [Symbol.dispose](): void {
    this.webSocket.terminate();
  }
}

export async function clientToken(service: ServiceAddress, options: RawClientOptions = {}): Promise<string> {
  const { auth } = parseConnectionString(service.connectionString);
  if (auth.kind !== 'access-key') throw new Error('an access key is needed');
  const claims = { ...(options.userId === undefined ? {} : { nameid: options.userId }), ...options.claims };
  return makeToken({ key: auth.accessKey, audience: sdkAudience('client', options.hub ?? 'chat'), claims });
}

export async function negotiate(service: ServiceAddress, { hub = 'chat', token }: { hub?: string; token: string }) {
  const { text } = await httpRequest(service, {
    method: 'POST',
    path: `/client/negotiate?hub=${hub}&negotiateVersion=1`,
    headers: { authorization: `Bearer ${token}` },
  });
  const answer = parseNegotiateResponse(text);
  if (answer.kind !== 'connection') throw new Error(`negotiate answered ${JSON.stringify(answer)}`);
  return answer;
}

function asObject(value: unknown): Record<string, unknown> {
  if (typeof value !== 'object' || value === null) throw new Error('expected an object');
  return { ...value };
}
