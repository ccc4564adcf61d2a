import type { Duplex } from 'node:stream';
import { type RawData, WebSocket } from 'ws';
import type { OutboundRecord } from '../outbound/outbound-record.ts';
import { writeRecords } from '../outbound/write-records.ts';
import { type Transport, TransportKind, type TransportOwner } from './transport.ts';

// Above this many unsent bytes the records wait in our queue instead of in the stream's.
const UNSENT_HIGH_BYTES = 256 * 1024;
const NORMAL_CLOSURE = 1000;
// How `ws` names the end of a socket that no close frame came before.
const NO_CLOSE_FRAME = 1006;
// `ws` answers it with close code 1009.
const MESSAGE_TOO_LARGE = 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH';

/** The socket class that `ws` makes for clients: it knows its transport, so that no listener needs a closure. */
export class ClientWebSocket extends WebSocket {
  /** Set once, right after the upgrade. */
  transport: WebSocketTransport | undefined;

  /** Without a code: `ws` answers a client that closed without one. Self-hosted SignalR answers 1000. */
  override close(code: number = NORMAL_CLOSURE, reason?: string | Buffer): void {
    super.close(code, reason);
  }
}

/**
 * Client connection over a WebSocket. `ws` does the upgrade, the parsing and the control frames; data frames go
 * ready-made to the socket that the HTTP server handed over, in order with what `ws` writes there.
 */
export class WebSocketTransport implements Transport {
  readonly kind = TransportKind.WebSockets;
  readonly #webSocket: ClientWebSocket;
  readonly #socket: Duplex;
  #owner: TransportOwner | undefined;
  #waitsForDrain = false;

  constructor(webSocket: ClientWebSocket, socket: Duplex, owner: TransportOwner) {
    this.#webSocket = webSocket;
    this.#socket = socket;
    this.#owner = owner;
  }

  /** Starts to listen. Apart from construction, so that the owner is complete before the first byte. */
  open(): void {
    const webSocket = this.#webSocket;
    webSocket.transport = this;
    webSocket.on('message', onMessage);
    webSocket.on('close', onClose);
    webSocket.on('error', onError);
  }

  get unsentBytes(): number {
    return this.#socket.writableLength;
  }

  get isWritable(): boolean {
    return this.#socket.writableLength < UNSENT_HIGH_BYTES;
  }

  write(records: readonly OutboundRecord[]): void {
    if (this.#webSocket.readyState !== WebSocket.OPEN || this.#socket.destroyed) return;
    writeRecords(this.#socket, records);
    if (this.#waitsForDrain || this.isWritable) return;
    this.#waitsForDrain = true;
    // Only slow clients pay for a closure.
    this.#socket.once('drain', () => {
      this.#waitsForDrain = false;
      this.#owner?.transportDrained();
    });
  }

  end(last: readonly OutboundRecord[], code: number): void {
    this.write(last);
    // A client that is not read could not answer the close.
    this.#webSocket.resume();
    this.#webSocket.close(code);
  }

  /** The owner has another transport by now: ends, and tells it nothing any more. */
  retire(): void {
    this.#owner = undefined;
    this.#webSocket.resume();
    this.#webSocket.close();
  }

  drop(): void {
    this.#webSocket.terminate();
  }

  sweep(): void {
    // No deadline of its own: the hub's pings and the socket say when it is over.
  }

  pause(): void {
    this.#webSocket.pause();
  }

  resume(): void {
    this.#webSocket.resume();
  }

  received(data: RawData): void {
    if (Buffer.isBuffer(data)) this.#owner?.transportReceived(data);
  }

  /** `code`: of the peer's close frame, or what stands for none. */
  closed(code: number): void {
    this.#owner?.transportClosed(code === NO_CLOSE_FRAME ? 'gone' : 'closed');
  }

  /** After an error `close` follows by itself; a refused message is told at once, for its own reason. */
  failed(error: Error): void {
    if ('code' in error && error.code === MESSAGE_TOO_LARGE) this.#owner?.transportClosed('message-too-large');
  }
}

function onMessage(this: WebSocket, data: RawData): void {
  if (this instanceof ClientWebSocket) this.transport?.received(data);
}

function onClose(this: WebSocket, code: number): void {
  if (this instanceof ClientWebSocket) this.transport?.closed(code);
}

function onError(this: WebSocket, error: Error): void {
  if (this instanceof ClientWebSocket) this.transport?.failed(error);
}
