import { once } from 'node:events';
import { type DecodedHubMessage, encodeHandshakeRequest, type HubMessage, jsonHubProtocol } from '@signalite/protocol';
import { messagePackHubProtocol } from '@signalite/protocol/messagepack';
import { WebSocket } from 'ws';
import { type HttpAnswer, httpRequest, upgradeRequest } from './http-request.ts';
import { messagesIn } from './hub-messages.ts';
import { Inbox } from './inbox.ts';
import { clientToken, type RawClientOptions, type ReceivedFrame } from './raw-client.ts';
import type { ServiceAddress } from './service-address.ts';

export interface StatefulClientOptions extends RawClientOptions {
  /** Of the hub protocol. Default 2, which asks for stateful reconnect. */
  readonly version?: number;
  /** Query of negotiate. Default: asks for stateful reconnect. */
  readonly negotiateQuery?: string;
}

/** One socket of a client: what is said goes out as it is, what comes in is decoded. */
export class HubSocket implements Disposable {
  readonly webSocket: WebSocket;
  readonly closed: Promise<number>;
  readonly frames = new Inbox<ReceivedFrame>('socket');
  readonly #isText: boolean;
  #decoded: DecodedHubMessage[] = [];

  constructor(webSocket: WebSocket, isText: boolean) {
    this.webSocket = webSocket;
    this.#isText = isText;
    this.closed = once(webSocket, 'close').then(([code]: unknown[]) => Number(code));
    webSocket.on('message', (data, isBinary) => {
      if (Buffer.isBuffer(data)) this.frames.push({ data, isBinary });
    });
    webSocket.on('error', () => undefined);
  }

  /** All in one WebSocket message. */
  send(...messages: readonly HubMessage[]): void {
    const protocol = this.#isText ? jsonHubProtocol : messagePackHubProtocol;
    this.sendBytes(Buffer.concat(messages.map((message) => protocol.encode(message))));
  }

  sendBytes(bytes: Uint8Array | string): void {
    this.webSocket.send(bytes, { binary: !this.#isText });
  }

  async next(): Promise<DecodedHubMessage> {
    for (;;) {
      const first = this.#decoded.shift();
      if (first !== undefined) return first;
      this.#decoded = messagesIn(await this.frames.next());
    }
  }

  async take(count: number): Promise<DecodedHubMessage[]> {
    const taken: DecodedHubMessage[] = [];
    while (taken.length < count) taken.push(await this.next());
    return taken;
  }

  /** All that came until the end and was not taken, as text. Fails for a close code other than 1000. */
  async textUntilClosed(): Promise<string> {
    const code = await this.closed;
    if (code !== 1000) throw new Error(`closed with ${code}`);
    return this.frames.rest.map(({ data }) => data.toString()).join('');
  }

  /** Ends without a close frame. */
  cut(): void {
    this.webSocket.terminate();
  }

  [Symbol.dispose](): void {
    this.cut();
  }
}

/** A client that negotiated stateful reconnect, by its ids: sockets come and go (client-protocol 4.2). */
export class StatefulClient implements Disposable {
  readonly connectionId: string;
  /** The path that all its sockets ask for. */
  readonly path: string;
  /** What negotiate answered, as text. */
  readonly negotiated: string;
  readonly #service: ServiceAddress;
  /** What all its requests carry. */
  readonly headers: Readonly<Record<string, string>>;
  readonly #isText: boolean;
  readonly #sockets: HubSocket[] = [];

  private constructor(service: ServiceAddress, token: string, answer: { text: string; isText: boolean; hub: string }) {
    const { connectionId, connectionToken } = JSON.parse(answer.text);
    this.connectionId = connectionId;
    this.path = `/client/?hub=${answer.hub}&id=${connectionToken}`;
    this.negotiated = answer.text;
    this.#service = service;
    this.headers = { authorization: `Bearer ${token}` };
    this.#isText = answer.isText;
  }

  static async negotiate(service: ServiceAddress, options: StatefulClientOptions = {}): Promise<StatefulClient> {
    const { hub = 'chat', negotiateQuery = '&useStatefulReconnect=true', protocol = 'json' } = options;
    const token = await clientToken(service, options);
    const { text } = await httpRequest(service, {
      method: 'POST',
      path: `/client/negotiate?hub=${hub}&negotiateVersion=1${negotiateQuery}`,
      headers: { authorization: `Bearer ${token}` },
    });
    return new StatefulClient(service, token, { text, isText: protocol === 'json', hub });
  }

  /** Negotiates, opens the first socket and does the hub handshake. */
  static async connect(service: ServiceAddress, options: StatefulClientOptions = {}) {
    const client = await StatefulClient.negotiate(service, options);
    const socket = await client.open();
    const { protocol = 'json', version = 2 } = options;
    socket.sendBytes(encodeHandshakeRequest({ protocol, version }));
    const answer = (await socket.frames.next()).data.toString();
    if (answer !== '{}\x1e') throw new Error(`hub handshake: ${answer}`);
    return { client, socket, [Symbol.dispose]: () => client[Symbol.dispose]() };
  }

  /** A new socket for the same id. */
  async open(): Promise<HubSocket> {
    const webSocket = new WebSocket(`ws://127.0.0.1:${this.#service.port}${this.path}`, {
      headers: this.headers,
      perMessageDeflate: false,
      maxPayload: 0,
    });
    const socket = new HubSocket(webSocket, this.#isText);
    this.#sockets.push(socket);
    await once(webSocket, 'open');
    return socket;
  }

  /** The answer to a socket that is not wanted. */
  refused(path = this.path): Promise<HttpAnswer> {
    return upgradeRequest(this.#service, { path, headers: this.headers });
  }

  [Symbol.dispose](): void {
    for (const socket of this.#sockets) socket.cut();
  }
}
