import { Arrivals } from '../arrivals.ts';
import { requireEqual } from '../require.ts';
import {
  encodeHubMessage,
  type HubMessage,
  type HubProtocolName,
  HubReader,
  handshakeRequest,
} from '../wire/hub-protocol.ts';
import type { Socket, SocketEnd, SocketMessage } from './web-socket.ts';

/** A client connection over a WebSocket, byte by byte. */
export class HubClient {
  readonly socket: Socket;
  readonly protocol: HubProtocolName;
  /** Of the negotiate answer; empty when there was none. */
  readonly connectionId: string;
  /** Hub messages but pings, the handshake response as type 0. */
  readonly hubMessages = new Arrivals<HubMessage>();
  readonly pings = new Arrivals<HubMessage>();
  /** WebSocket messages as they came. */
  readonly frames: SocketMessage[] = [];
  readonly #reader: HubReader;

  constructor(
    socket: Socket,
    {
      protocol,
      connectionId,
      isShaken = false,
    }: {
      readonly protocol: HubProtocolName;
      readonly connectionId: string;
      /** It was greeted on another socket before. */
      readonly isShaken?: boolean;
    },
  ) {
    this.socket = socket;
    this.protocol = protocol;
    this.connectionId = connectionId;
    this.#reader = new HubReader(protocol, isShaken);
    void this.#read();
  }

  /** How its WebSocket ended; a Violation when it does not in time. */
  get ended(): Promise<SocketEnd> {
    return this.socket.endWithin();
  }

  /** Writes the handshake request; the answer is awaited with `shaken`. */
  sendHandshake(version = 1): void {
    this.socket.send(handshakeRequest(this.protocol, version));
  }

  /** Requires a handshake response without an error. */
  async shaken(): Promise<void> {
    const { type: _type, ...response } = await this.next('the handshake response {}', 0);
    requireEqual('the handshake response', response, {});
  }

  send(message: HubMessage): void {
    this.socket.send(this.encode(message));
  }

  /** What `send` would write; text for JSON. */
  encode(message: HubMessage): string | Buffer {
    const bytes = encodeHubMessage(this.protocol, message);
    return this.protocol === 'json' ? bytes.toString() : bytes;
  }

  /** The next hub message of a type; pings are not among them. */
  next(what: string, type?: number, withinMs?: number): Promise<HubMessage> {
    return this.hubMessages.next(what, (message) => type === undefined || message.type === type, withinMs);
  }

  async #read(): Promise<void> {
    try {
      for (;;) {
        // The end of the socket ends this wait, and nothing else does.
        const frame = await this.socket.messages.next('a message', undefined, 2 ** 30);
        this.frames.push(frame);
        for (const message of this.#reader.push(frame.data))
          (message.type === 6 ? this.pings : this.hubMessages).push(message);
      }
    } catch (error) {
      this.hubMessages.end(error instanceof Error ? error.message : String(error));
    }
  }
}
