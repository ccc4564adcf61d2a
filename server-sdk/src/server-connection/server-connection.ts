// One WebSocket to the service (service-protocol 3, 5, 6.2).
import { ProtocolError } from '@signalite/protocol';
import {
  clientCountPing,
  type DataMessageType,
  type DecodedServiceMessage,
  type HandshakeRequestMessage,
  type ServiceMessage,
  ServiceMessageReader,
  type ShutdownPing,
  shutdownPing,
} from '@signalite/protocol/service';
import type { RawData, WebSocket } from 'ws';
import type { ServerConnectionName } from '../log/events.ts';
import { ConnectError } from './connect-error.ts';
import type { Outlet } from './outlet.ts';
import type { ServerConnectionState } from './server-connection-state.ts';
import { type OutboxOwner, ServerOutbox } from './server-outbox.ts';
import { NORMAL_CLOSURE } from './web-socket-state.ts';

const HANDSHAKE_TIMEOUT_MS = 15_000;
const RECEIVE_TIMEOUT_MS = 30_000;
const PING_INTERVAL_MS = 5_000;
const CLOSE_TIMEOUT_MS = 5_000;
const FIN_ACK_TIMEOUT_MS = 5_000;
const FIN_ATTEMPTS = 24;
const SERVICE_MESSAGE_MAX_BYTES = 64 * 1024 * 1024;

/** Who a server connection works for. */
export interface ServerConnectionHost {
  readonly now: () => number;
  readonly maximumSendBufferBytes: number;
  readonly handshake: HandshakeRequestMessage;
  /** A message of the service, in order. */
  received(connection: ServerConnection, message: DecodedServiceMessage): void;
  /** Handling a message failed in a way that nobody thought of. */
  faulted(connection: ServerConnection, error: unknown): void;
  /** The connection was open and is no more. */
  closed(connection: ServerConnection, reason: string): void;
  /** Clients for the ping. */
  counts(connection: ServerConnection): { readonly clientsInHub: number; readonly clients: number };
}

const OPEN: ServerConnectionState = { name: 'open' };
const STOPPED: ServerConnectionState = { name: 'stopped' };
const CLOSED: ServerConnectionState = { name: 'closed' };

export class ServerConnection implements Outlet, OutboxOwner {
  readonly name: ServerConnectionName;
  readonly #webSocket: WebSocket;
  readonly #host: ServerConnectionHost;
  readonly #outbox: ServerOutbox;
  readonly #reader = new ServiceMessageReader({ maxMessageBytes: SERVICE_MESSAGE_MAX_BYTES });
  #state: ServerConnectionState = CLOSED;
  #heardAt: number;
  #pingedAt = Number.NEGATIVE_INFINITY;
  /** Called when the service has taken note of our leaving, or is gone. */
  #onLeft: (() => void) | undefined;
  #reason = 'the service closed the connection';

  constructor(webSocket: WebSocket, name: ServerConnectionName, host: ServerConnectionHost) {
    this.name = name;
    this.#webSocket = webSocket;
    this.#host = host;
    this.#heardAt = host.now();
    this.#outbox = new ServerOutbox(webSocket, this, host.maximumSendBufferBytes);
  }

  get endpoint(): string {
    return this.name.endpoint;
  }

  get isOpen(): boolean {
    return this.#state === OPEN;
  }

  get congestion(): Promise<void> | undefined {
    return this.#outbox.congestion;
  }

  get isOverfull(): boolean {
    return this.#outbox.isOverfull;
  }

  get endOfTurn(): Promise<void> | undefined {
    return this.#outbox.endOfTurn;
  }

  /** Does the service handshake on an open WebSocket. Rejects with a `ConnectError`; `signal` ends the attempt. */
  async shakeHands(signal: AbortSignal): Promise<void> {
    this.#webSocket.on('message', (data) => this.#received(data));
    this.#webSocket.on('close', (code) => this.#closed(`${this.#reason} (${code})`));
    const answered = new Promise<void>((opened, refused) => {
      this.#state = { name: 'handshaking', opened, refused };
    });
    const timer = setTimeout(() => this.drop('the service did not answer the handshake in time'), HANDSHAKE_TIMEOUT_MS);
    const giveUp = () => this.drop('the app server closes');
    if (signal.aborted) giveUp();
    else signal.addEventListener('abort', giveUp, { once: true });
    this.#outbox.append(this.#host.handshake);
    try {
      await answered;
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', giveUp);
    }
  }

  append(message: ServiceMessage): void {
    if (this.#state === OPEN) this.#outbox.append(message);
  }

  appendData(packedId: Uint8Array, payload: Uint8Array, dataType: DataMessageType): void {
    if (this.#state === OPEN) this.#outbox.appendData(packedId, payload, dataType);
  }

  /** Sends nothing more, but goes on listening: the service asked for it (service-protocol 4.5, 10.2). */
  stopSending(): void {
    if (this.#state === OPEN) this.#state = STOPPED;
  }

  /** Tells the service that this app server leaves, until it has taken note (service-protocol 12.1). */
  async announceShutdown(step: ShutdownPing): Promise<void> {
    for (let attempt = 0; attempt < FIN_ATTEMPTS && this.#state === OPEN; attempt++) {
      this.append(shutdownPing(step));
      if (await this.#isLeft()) return;
    }
  }

  /** The service has taken note of our leaving. */
  left(): void {
    this.#onLeft?.();
  }

  /** Closes in order, within five seconds. */
  close(reason: string): Promise<void> {
    if (this.#state === CLOSED) return Promise.resolve();
    this.#reason = reason;
    this.stopSending();
    const closed = new Promise<void>((resolve) => this.#webSocket.once('close', () => resolve()));
    const timer = setTimeout(() => this.#webSocket.terminate(), CLOSE_TIMEOUT_MS);
    this.#outbox.close();
    this.#webSocket.close(NORMAL_CLOSURE);
    return closed.finally(() => clearTimeout(timer));
  }

  /** Ends at once. */
  drop(reason: string): void {
    this.#reason = reason;
    this.#webSocket.terminate();
  }

  /** Looks at the silence of the service. */
  sweep(): void {
    if (this.#heardAt + RECEIVE_TIMEOUT_MS <= this.#host.now()) this.drop('the service was silent for too long');
  }

  outboxFilled(): void {
    // What clients send would only make more.
    this.#webSocket.pause();
  }

  outboxDrained(): void {
    this.#webSocket.resume();
  }

  #received(data: RawData): void {
    if (!Buffer.isBuffer(data)) return;
    this.#heardAt = this.#host.now();
    try {
      this.#reader.push(data);
      for (let message = this.#next(); message !== undefined; message = this.#next()) this.#handle(message);
    } catch (error) {
      // Whatever went wrong, it must not take the app along: everything behind this message starts anew.
      if (error instanceof ProtocolError) this.drop(`the service sent what cannot be read: ${error.message}`);
      else this.#faulted(error);
    }
    this.#pingIfDue();
  }

  #faulted(error: unknown): void {
    this.#host.faulted(this, error);
    this.drop('handling a message failed');
  }

  #next(): DecodedServiceMessage | undefined {
    return this.#state === CLOSED ? undefined : this.#reader.next();
  }

  #handle(message: DecodedServiceMessage): void {
    const state = this.#state;
    if (state.name !== 'handshaking') {
      this.#host.received(this, message);
    } else if (message.type !== 2) {
      this.drop('the service did not begin with a handshake response');
    } else if (message.error === undefined) {
      this.#state = OPEN;
      state.opened();
    } else {
      this.drop(`the service refused the handshake: ${message.error}`);
    }
  }

  /** Sent only when something came: a service that is silent is not kept believing in us (service-protocol 6.1). */
  #pingIfDue(): void {
    const now = this.#host.now();
    if (!this.isOpen || now - this.#pingedAt < PING_INTERVAL_MS) return;
    this.#pingedAt = now;
    this.append(clientCountPing(this.#host.counts(this)));
  }

  #isLeft(): Promise<boolean> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(false), FIN_ACK_TIMEOUT_MS);
      this.#onLeft = () => {
        clearTimeout(timer);
        resolve(true);
      };
    });
  }

  #closed(reason: string): void {
    const state = this.#state;
    this.#state = CLOSED;
    this.#outbox.close();
    this.#onLeft?.();
    if (state.name === 'handshaking') state.refused(new ConnectError(reason, false));
    else if (state.name !== 'closed') this.#host.closed(this, reason);
  }
}
