import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { parseConnectionString } from '@signalite/protocol';
import {
  type DecodedServiceMessage,
  encodeServiceMessage,
  type ServiceMessage,
  type ServiceMessageOf,
  ServiceMessageReader,
} from '@signalite/protocol/service';
import { WebSocket } from 'ws';
import { Inbox } from './inbox.ts';
import type { ServiceAddress } from './service-address.ts';
import { makeToken, sdkAudience } from './tokens.ts';

const MAX_MESSAGE_BYTES = 256 * 1024 * 1024;

/** Ack ids of fences, out of the way of those that tests choose. */
let fenceId = 1_000_000_000;

export interface AppServerOptions {
  readonly hub?: string;
  readonly serverId?: string;
  readonly connectionType?: number;
  /** `old` writes a six-element handshake request and may send parts of hub messages. */
  readonly generation?: 'old' | 'new';
  readonly target?: string;
  /** Default: one of its own. */
  readonly cid?: string;
  /** In place of one that is signed with the service's access key. */
  readonly token?: string;
  /** Its app wants its clients to go on elsewhere when it shuts down. */
  readonly migrates?: boolean;
  /** Its app lets clients come back on a new socket. */
  readonly allowsStatefulReconnects?: boolean;
  /** False: the caller does the service handshake itself. */
  readonly handshake?: boolean;
  /** Answer hub handshakes of clients by itself. Default true. */
  readonly answersHubHandshake?: boolean;
}

/** One server connection, driven by a test: what an SDK does on the wire, and what no SDK would do. */
export class FakeAppServer {
  readonly webSocket: WebSocket;
  readonly serverId: string;
  readonly cid: string;
  /** Everything but keep-alive pings. */
  readonly messages = new Inbox<DecodedServiceMessage>('app server');
  readonly keepAlives = new Inbox<'ping'>('keep-alive pings');
  readonly closed: Promise<number>;
  answersHubHandshake: boolean;
  /** Takes messages as they come, in place of the inbox; its bytes are valid during the call. */
  onMessage: ((message: DecodedServiceMessage) => void) | undefined;
  readonly #reader = new ServiceMessageReader({ maxMessageBytes: MAX_MESSAGE_BYTES });
  readonly #unanswered = new Set<string>();

  private constructor(webSocket: WebSocket, ids: { serverId: string; cid: string }, answersHubHandshake: boolean) {
    this.webSocket = webSocket;
    this.serverId = ids.serverId;
    this.cid = ids.cid;
    this.answersHubHandshake = answersHubHandshake;
    this.closed = once(webSocket, 'close').then(([code]: unknown[]) => Number(code));
    webSocket.on('message', (data) => {
      if (Buffer.isBuffer(data)) this.#received(data);
    });
    webSocket.on('error', () => undefined);
  }

  /** Connects and, unless told otherwise, does the service handshake. */
  static async connect(service: ServiceAddress, options: AppServerOptions = {}): Promise<FakeAppServer> {
    const { hub = 'chat', serverId = `server_${randomUUID()}`, connectionType = 0, generation = 'new' } = options;
    const { cid = randomUUID() } = options;
    const target = options.target === undefined ? '' : `&target=${encodeURIComponent(options.target)}`;
    const token = options.token ?? (await serverToken(service, { hub, serverId }));
    const webSocket = new WebSocket(`${service.url.replace('http', 'ws')}/server/?hub=${hub}&cid=${cid}${target}`, {
      headers: { authorization: `Bearer ${token}`, 'x-asrs-server-id': serverId },
      perMessageDeflate: false,
      maxPayload: MAX_MESSAGE_BYTES,
    });
    const server = new FakeAppServer(webSocket, { serverId, cid }, options.answersHubHandshake ?? true);
    await once(webSocket, 'open');
    if (options.handshake === false) return server;
    server.send({
      type: 1,
      version: 1,
      connectionType,
      target: '',
      migrationLevel: options.migrates === true ? 1 : 0,
      ...(generation === 'new' ? { allowStatefulReconnects: options.allowsStatefulReconnects ?? false } : {}),
    });
    const answer = await server.expect(2);
    if (answer.error !== undefined) throw new Error(answer.error);
    return server;
  }

  /** Sends all messages in one WebSocket message. */
  send(...messages: readonly ServiceMessage[]): void {
    this.webSocket.send(Buffer.concat(messages.map((message) => encodeServiceMessage(message))));
  }

  /** Bytes as they are, in one WebSocket message. */
  sendBytes(bytes: Uint8Array): void {
    this.webSocket.send(bytes);
  }

  /** A client's hub protocol text, as ConnectionData. */
  sendText(connectionId: string, text: string): void {
    this.send({ type: 6, connectionId, payload: Buffer.from(text) });
  }

  /** The next message of one type; others stay for later. */
  async expect<T extends ServiceMessage['type']>(type: T): Promise<ServiceMessageOf<T>> {
    const message = await this.messages.find((one) => one.type === type);
    if (!isOfType(message, type)) throw new Error(`expected a message of type ${type}`);
    return message;
  }

  /** Data of one client as text, joined until `length` characters came. */
  async expectText(connectionId: string): Promise<string> {
    const message = await this.messages.find((one) => one.type === 6 && one.connectionId === connectionId);
    if (message.type !== 6) throw new Error('expected data');
    return Buffer.from(message.payload).toString();
  }

  /** Resolves when the service has handled everything sent here so far: nothing more comes of it. */
  async settled(): Promise<void> {
    fenceId += 1;
    this.send({ type: 25, userId: 'nobody', ackId: fenceId });
    await this.ack(fenceId);
  }

  async ack(ackId: number): Promise<number> {
    const message = await this.messages.find((one) => one.type === 20 && one.ackId === ackId);
    if (message.type !== 20) throw new Error('expected an ack');
    return message.status;
  }

  close(): void {
    this.webSocket.close(1000);
  }

  [Symbol.dispose](): void {
    this.webSocket.terminate();
  }

  #received(data: Buffer): void {
    this.#reader.push(data);
    for (let message = this.#reader.next(); message !== undefined; message = this.#reader.next()) {
      if (message.type === 3 && message.values.length === 0) {
        this.keepAlives.push('ping');
        continue;
      }
      if (this.onMessage !== undefined) {
        this.onMessage(message);
        continue;
      }
      const kept = withOwnPayload(message);
      // A client that comes from another app server has its handshake response.
      if (kept.type === 4 && !isMigrated(kept)) this.#unanswered.add(kept.connectionId);
      if (kept.type === 6 && this.answersHubHandshake && this.#unanswered.delete(kept.connectionId)) {
        this.send({ type: 6, connectionId: kept.connectionId, payload: Buffer.from('{}\x1e'), dataType: 1 });
        continue;
      }
      this.messages.push(kept);
    }
  }
}

function serverToken(
  { connectionString }: ServiceAddress,
  { hub, serverId }: { readonly hub: string; readonly serverId: string },
): Promise<string> {
  const { auth } = parseConnectionString(connectionString);
  if (auth.kind !== 'access-key') throw new Error('an access key is needed');
  return makeToken({ key: auth.accessKey, audience: sdkAudience('server', hub), claims: { nameid: serverId } });
}

function isMigrated({ headers }: ServiceMessageOf<4>): boolean {
  return headers.some(({ name }) => name === 'Asrs-Migrate-From');
}

/** Payloads are views into the reader's bytes. */
function withOwnPayload(message: DecodedServiceMessage): DecodedServiceMessage {
  if (message.type === 6 || message.type === 35) return { ...message, payload: Buffer.from(message.payload) };
  if (message.type === 20 && message.payload !== undefined) {
    return { ...message, payload: Buffer.from(message.payload) };
  }
  return message;
}

function isOfType<T extends ServiceMessage['type']>(
  message: DecodedServiceMessage,
  type: T,
): message is ServiceMessageOf<T> {
  return message.type === type;
}
