import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, STATUS_CODES } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import {
  type DecodedServiceMessage,
  encodeServiceMessage,
  type ServiceMessage,
  type ServiceMessageOf,
  ServiceMessageReader,
} from '@signalite/protocol/service';
import { type WebSocket, WebSocketServer } from 'ws';
import { Inbox } from './inbox.ts';

const KEY = 'a-key-of-at-least-thirty-two-bytes!!';

export interface FakeServiceOptions {
  /** An HTTP answer in place of an upgrade. */
  readonly refuse?: { readonly status: number; readonly body: string };
  /** What the handshake is answered with. Default: success. Null: nothing. */
  readonly handshake?: ServiceMessage | null;
}

/** The service end of the service protocol, driven by a test. */
export class FakeService {
  readonly connections = new Inbox<FakeServerConnection>('server connections');
  /** May be changed for what comes next. */
  options: FakeServiceOptions;
  readonly #server: Server;
  readonly #webSockets = new WebSocketServer({ noServer: true, maxPayload: 256 * 1024 * 1024 });

  private constructor(server: Server, options: FakeServiceOptions) {
    this.#server = server;
    this.options = options;
    server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) =>
      this.#upgrade(request, socket, head),
    );
  }

  static async listen(options: FakeServiceOptions = {}): Promise<FakeService> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new FakeService(server, options);
  }

  get connectionString(): string {
    const { port } = this.#server.address() as AddressInfo;
    return `Endpoint=http://127.0.0.1;Port=${port};AccessKey=${KEY};Version=1.0;`;
  }

  get accessKey(): Uint8Array {
    return new TextEncoder().encode(KEY);
  }

  /** The next server connections, their handshake done. */
  async accept(count: number): Promise<FakeServerConnection[]> {
    const accepted: FakeServerConnection[] = [];
    while (accepted.length < count) accepted.push(await this.connections.take());
    return accepted;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const webSocket of this.#webSockets.clients) webSocket.terminate();
    this.#webSockets.close();
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const { refuse } = this.options;
    if (refuse !== undefined) {
      const lines = [`HTTP/1.1 ${refuse.status} ${STATUS_CODES[refuse.status]}`, 'Connection: close', '', refuse.body];
      socket.end(lines.join('\r\n'));
      return;
    }
    this.#webSockets.handleUpgrade(request, socket, head, (webSocket) => {
      const connection = new FakeServerConnection(webSocket, request);
      const { handshake = { type: 2 } } = this.options;
      connection.onHandshake(() => {
        if (handshake !== null) connection.send(handshake);
        this.connections.push(connection);
      });
    });
  }
}

/** One server connection, as the service sees it. */
export class FakeServerConnection {
  readonly webSocket: WebSocket;
  readonly request: IncomingMessage;
  readonly messages = new Inbox<DecodedServiceMessage>('service');
  /** Sizes of the WebSocket messages that came. */
  readonly frames: number[] = [];
  readonly closed: Promise<number>;
  handshake: ServiceMessageOf<1> | undefined;
  readonly #reader = new ServiceMessageReader({ maxMessageBytes: 256 * 1024 * 1024 });
  #onHandshake = () => {};

  constructor(webSocket: WebSocket, request: IncomingMessage) {
    this.webSocket = webSocket;
    this.request = request;
    this.closed = once(webSocket, 'close').then(([code]: unknown[]) => Number(code));
    webSocket.on('error', () => undefined);
    webSocket.on('message', (data) => {
      if (Buffer.isBuffer(data)) this.#received(data);
    });
  }

  get url(): URL {
    return new URL(this.request.url ?? '/', 'http://service');
  }

  onHandshake(listener: () => void): void {
    this.#onHandshake = listener;
  }

  /** Sends all messages in one WebSocket message. */
  send(...messages: readonly ServiceMessage[]): void {
    this.webSocket.send(Buffer.concat(messages.map((message) => encodeServiceMessage(message))));
  }

  /** The next message of one type; others stay for later. */
  async expect<T extends ServiceMessage['type']>(type: T): Promise<ServiceMessageOf<T>> {
    const message = await this.messages.take((one) => one.type === type);
    if (!isOfType(message, type)) throw new Error(`expected a message of type ${type}`);
    return message;
  }

  /** The next ping that has `key`, as its whole list. */
  async expectPing(key: string): Promise<readonly string[]> {
    const message = await this.messages.take((one) => one.type === 3 && one.values.includes(key));
    return message.type === 3 ? message.values : [];
  }

  /** A client comes, and does its hub handshake. */
  async openClient(connectionId: string, opening: Partial<ServiceMessageOf<4>> = {}): Promise<void> {
    const open = {
      type: 4,
      connectionId,
      claims: [],
      headers: [],
      queryString: '',
      protocol: 'json',
      ...opening,
    } as const;
    this.send(open, this.text(connectionId, '{"protocol":"json","version":1}'));
    const answer = await this.expectText(connectionId);
    if (answer !== '{}') throw new Error(`hub handshake: ${answer}`);
  }

  /** Hub messages of a client. */
  text(connectionId: string, ...records: readonly string[]): ServiceMessageOf<6> {
    return { type: 6, connectionId, payload: Buffer.from(records.map((record) => `${record}\x1e`).join('')) };
  }

  /** The next hub message for a client. */
  async expectText(connectionId: string): Promise<string> {
    const message = await this.messages.take((one) => one.type === 6 && one.connectionId === connectionId);
    return message.type === 6 ? Buffer.from(message.payload).toString().replace('\x1e', '') : '';
  }

  /** Agrees to every announced shutdown. */
  agreeToLeave(): void {
    void this.messages
      .take((one) => one.type === 3 && one.values[0] === 'shutdown')
      .then(() => this.send({ type: 3, values: ['shutdown', 'finack'] }))
      .catch(() => undefined);
  }

  drop(): void {
    this.webSocket.terminate();
  }

  #received(data: Buffer): void {
    this.frames.push(data.length);
    this.#reader.push(data);
    for (let message = this.#reader.next(); message !== undefined; message = this.#reader.next()) {
      if (message.type === 1) {
        this.handshake = message;
        this.#onHandshake();
      } else this.messages.push(message.type === 6 ? { ...message, payload: Buffer.from(message.payload) } : message);
    }
  }
}

function isOfType<T extends ServiceMessage['type']>(
  message: DecodedServiceMessage,
  type: T,
): message is ServiceMessageOf<T> {
  return message.type === type;
}
