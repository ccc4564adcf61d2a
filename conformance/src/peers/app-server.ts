import { Arrivals } from '../arrivals.ts';
import { requireThat } from '../require.ts';
import { Violation } from '../violation.ts';
import { encodeHubMessage, type HubMessage, type HubProtocolName, RECORD_SEPARATOR } from '../wire/hub-protocol.ts';
import { PrefixedReader } from '../wire/length-prefixed.ts';
import type { PackValue } from '../wire/message-pack.ts';
import {
  decodeServiceMessage,
  encodeServiceMessage,
  NO_EXTENSIONS,
  pingValue,
  type ServiceMessage,
  ServiceType,
  serviceTypeName,
} from '../wire/service-message.ts';
import type { Socket, SocketEnd } from './web-socket.ts';

/** What an app server says of itself first (service-protocol 5). */
export interface ServerHandshake {
  /** 0 default, 1 on demand, 2 weak. Default 0. */
  readonly connectionType?: number;
  /** 1: its clients may be migrated. Default 0. */
  readonly migrationLevel?: number;
  /** `old`: six elements, as SDKs up to 1.25 write. Default `new`. */
  readonly generation?: 'old' | 'new';
  readonly allowStatefulReconnects?: boolean;
}

/** A server connection, byte by byte. It answers nothing by itself but keep-alives. */
export class AppServer {
  readonly socket: Socket;
  readonly serverId: string;
  readonly serverConnectionId: string;
  /** Service messages but keep-alives. */
  readonly serviceMessages = new Arrivals<ServiceMessage>();
  readonly keepAlives = new Arrivals<ServiceMessage>();
  /** True: keep-alives are not answered, as by a server that hangs. */
  isSilent = false;
  readonly #reader = new PrefixedReader();
  #ackId = 0;

  constructor(
    socket: Socket,
    { serverId, serverConnectionId }: { readonly serverId: string; readonly serverConnectionId: string },
  ) {
    this.socket = socket;
    this.serverId = serverId;
    this.serverConnectionId = serverConnectionId;
    void this.#read();
  }

  /** How its WebSocket ended; a Violation when it does not in time. */
  get ended(): Promise<SocketEnd> {
    return this.socket.endWithin();
  }

  sendHandshake(handshake: ServerHandshake = {}): void {
    const { connectionType = 0, migrationLevel = 0, generation = 'new', allowStatefulReconnects = false } = handshake;
    const fields: PackValue[] = [1, connectionType, '', migrationLevel, NO_EXTENSIONS];
    this.send([ServiceType.HandshakeRequest, ...fields, ...(generation === 'new' ? [allowStatefulReconnects] : [])]);
  }

  /** Requires a handshake response without an error. */
  async shaken(): Promise<void> {
    const [, error] = await this.next(ServiceType.HandshakeResponse);
    requireThat(error === null || error === '', 'a HandshakeResponse without an error', error);
  }

  send(message: ServiceMessage): void {
    this.socket.send(encodeServiceMessage(message));
  }

  /** The next message of a type; others stay for whoever asks for them. */
  next(
    type: number,
    isWanted: (message: ServiceMessage) => boolean = () => true,
    withinMs?: number,
  ): Promise<ServiceMessage> {
    const what = `a service message ${serviceTypeName(type)}`;
    return this.serviceMessages.next(what, (message) => message[0] === type && isWanted(message), withinMs);
  }

  /** The next message about a client of a type. */
  nextOf(type: number, connectionId: string): Promise<ServiceMessage> {
    return this.next(type, ([, id]) => id === connectionId);
  }

  /** The answer to a ping of ours, by its key. */
  async nextPing(key: string): Promise<string> {
    const ping = await this.next(ServiceType.Ping, (message) => pingValue(message, key) !== undefined);
    return pingValue(ping, key) ?? '';
  }

  sendPing(...strings: readonly string[]): void {
    this.send([ServiceType.Ping, ...strings]);
  }

  /** Hub messages for one client as ConnectionData. */
  sendTo(connectionId: string, protocol: HubProtocolName, ...messages: readonly HubMessage[]): void {
    for (const message of messages) this.sendData(connectionId, encodeHubMessage(protocol, message));
  }

  sendData(connectionId: string, bytes: Uint8Array): void {
    this.send([ServiceType.ConnectionData, connectionId, Uint8Array.from(bytes), NO_EXTENSIONS]);
  }

  /** Answers a client's hub handshake as an app server does. */
  answerHandshake(connectionId: string): void {
    this.sendData(connectionId, Buffer.from(`{}${RECORD_SEPARATOR}`));
  }

  /** Sends an ack-able message, made for an ack id, and gives the status of its Ack. */
  async acked(messageFor: (ackId: number) => ServiceMessage): Promise<number> {
    const [, , status] = await this.ack(messageFor);
    if (typeof status !== 'number') throw new Violation('an Ack with a status', String(status));
    return status;
  }

  /** The same, with the whole Ack. */
  ack(messageFor: (ackId: number) => ServiceMessage): Promise<ServiceMessage> {
    this.#ackId += 1;
    const ackId = this.#ackId;
    this.send(messageFor(ackId));
    return this.next(ServiceType.Ack, ([, id]) => id === ackId);
  }

  async #read(): Promise<void> {
    try {
      for (;;) {
        const { data } = await this.socket.messages.next('a message', undefined, 2 ** 30);
        for (const body of this.#reader.push(data)) this.#took(decodeServiceMessage(body));
      }
    } catch (error) {
      this.serviceMessages.end(error instanceof Error ? error.message : String(error));
    }
  }

  #took(message: ServiceMessage): void {
    if (message[0] !== ServiceType.Ping || message.length > 1) {
      this.serviceMessages.push(message);
      return;
    }
    this.keepAlives.push(message);
    // Without it a service may take this server for dead; it comes at most as often as the service's own.
    if (!this.isSilent) this.sendPing();
  }
}
