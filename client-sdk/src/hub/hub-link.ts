import {
  type CompletionMessage,
  type DecodedHubMessage,
  type HubMessage,
  type HubMessageReader,
  HubMessageType,
  type HubProtocol,
  type InvocationMessage,
  type StreamItemMessage,
} from '@signalite/protocol';
import type { Connection, ConnectionListener, OpenConnection } from '../connection/connection.ts';
import { withDeadline } from '../connection/deadline.ts';
import { messageOf, SignalRClientError } from '../errors.ts';
import { handshakeAnswerLength, handshakeRequest } from './handshake.ts';
import { createKeepAlive, type KeepAlive, type KeepAliveTimes } from './keep-alive.ts';
import { createMessageBuffer, isTracked, type MessageBuffer } from './message-buffer.ts';

// One logical connection to a hub: from the handshake to its end, over a lost socket too if it is stateful
// (client-protocol 3.1, 3.6, 4.2).

const CLOSE_MESSAGE_WAIT_MS = 1_000;
/** Version 2 of the hub protocols has Ack and Sequence. */
const STATEFUL_VERSION = 2;

/** What the hub says to the app. */
export type IncomingMessage = InvocationMessage | StreamItemMessage | CompletionMessage;

/** What a link needs to be opened. */
export interface HubLinkOptions {
  readonly open: OpenConnection;
  readonly hubProtocol: HubProtocol;
  /** Bytes of unacknowledged messages at which senders wait. */
  readonly bufferBytes: number;
  readonly times: KeepAliveTimes;
}

/** What a link tells its owner. */
export interface HubLinkOwner {
  /** The hub answered the handshake: messages can be sent. Comes before the first message. */
  established(link: HubLink): void;
  received(message: IncomingMessage, link: HubLink): void;
  /** The link ended by itself, before or after it was established; comes once. */
  lost(error: Error | undefined, allowReconnect: boolean): void;
}

/*
 *  handshake ──► open ◄──► reopening      with stateful reconnect; else a lost socket is the end
 *      └───────────┴──► ended ◄─┘
 */
type Phase = 'handshake' | 'open' | 'reopening' | 'ended';

/** Connects and shakes hands. What becomes of it, the owner learns; rejects when there is no connection. */
export async function openHubLink(options: HubLinkOptions, owner: HubLinkOwner, signal: AbortSignal): Promise<void> {
  let link: HubLink | undefined;
  const listener: ConnectionListener = {
    received: (bytes) => link?.received(bytes),
    closed: (error) => link?.closed(error),
  };
  const connection = await options.open(options.hubProtocol, listener, signal);
  link = new HubLink(connection, options, owner);
  link.shakeHands(signal);
}

/** An opened connection, as far as the hub protocol goes. */
export class HubLink {
  readonly connection: Connection;
  readonly #options: HubLinkOptions;
  readonly #owner: HubLinkOwner;
  readonly #keepAlive: KeepAlive;
  readonly #buffer: MessageBuffer | undefined;
  readonly #ended = new AbortController();
  #reader: HubMessageReader;
  #handshake: readonly number[] = [];
  #phase: Phase = 'handshake';

  constructor(connection: Connection, options: HubLinkOptions, owner: HubLinkOwner) {
    this.connection = connection;
    this.#options = options;
    this.#owner = owner;
    this.#reader = options.hubProtocol.createReader();
    this.#keepAlive = createKeepAlive(
      options.times,
      () => this.post({ type: HubMessageType.Ping }),
      () => this.#end(new SignalRClientError('server-timeout', 'The server is silent.')),
    );
    if (connection.isStateful && options.hubProtocol.version >= STATEFUL_VERSION) {
      this.#buffer = createMessageBuffer(options.bufferBytes, (sequenceId) =>
        this.post({ type: HubMessageType.Ack, sequenceId }),
      );
    }
  }

  /** Until the link is established, `signal` ends it. */
  shakeHands(signal: AbortSignal): void {
    signal.onabort = () => this.#end();
    this.#keepAlive.start();
    this.connection
      .send(handshakeRequest(this.#options.hubProtocol.name, this.#buffer ? STATEFUL_VERSION : 1))
      .catch((error: Error) => this.#end(error));
    if (signal.aborted) this.#end();
  }

  /** Sends a message; over a stateful connection it is sent again until the server has it. */
  async send(message: HubMessage): Promise<void> {
    const bytes = this.#options.hubProtocol.encode(message);
    if (this.#phase === 'ended') throw connectionClosed();
    const room = isTracked(message) ? this.#buffer?.keep(bytes) : undefined;
    let sent: Promise<void> | undefined;
    if (this.#phase === 'open') {
      this.#keepAlive.sent();
      sent = this.connection.send(bytes);
    }
    // What is kept is sent again over the next socket: its loss is no error.
    await Promise.all([room, room === undefined ? sent : sent?.catch(() => {})]);
  }

  /** Sends what nobody waits for: if it is lost, so is everything else. */
  post(message: HubMessage): void {
    this.send(message).catch(() => {});
  }

  /** Says goodbye, unless it is meant to come back, and ends the connection. */
  async stop(allowReconnect = false): Promise<void> {
    this.#phase = 'ended';
    this.#ended.abort();
    this.#keepAlive.stop();
    this.#buffer?.close(connectionClosed());
    if (!allowReconnect) {
      const goodbye = this.#options.hubProtocol.encode({ type: HubMessageType.Close });
      const send = () => this.connection.send(goodbye);
      await withDeadline(CLOSE_MESSAGE_WAIT_MS, new AbortController().signal, send).catch(() => {});
    }
    await this.connection.close();
  }

  received(bytes: Uint8Array): void {
    if (!this.#buffer?.awaitsSequence) this.#keepAlive.received();
    try {
      this.#reader.push(this.#phase === 'handshake' ? this.#readHandshake(bytes) : bytes);
      while (this.#isUp()) {
        const message = this.#reader.next();
        if (!message) return;
        if (this.#buffer?.accepts(message) ?? true) this.#dispatch(message);
      }
    } catch (cause) {
      const code = this.#phase === 'handshake' ? 'handshake-failed' : 'protocol-error';
      this.#end(new SignalRClientError(code, messageOf(cause), { cause }));
    }
  }

  closed(error: Error | undefined): void {
    // A server that never said where it goes on is not tried again.
    if (this.#isUp() && this.#buffer?.awaitsSequence === false) void this.#reopen(this.#buffer, error);
    else this.#end(error);
  }

  #isUp(): boolean {
    return this.#phase === 'open' || this.#phase === 'reopening';
  }

  /** Gives back what came behind the answer. */
  #readHandshake(bytes: Uint8Array): Uint8Array {
    this.#handshake = [...this.#handshake, ...bytes];
    const collected = new Uint8Array(this.#handshake);
    const length = handshakeAnswerLength(collected);
    if (length === 0) return new Uint8Array();
    this.#phase = 'open';
    this.#owner.established(this);
    if (this.connection.keepsItselfAlive) this.#keepAlive.stop();
    else this.post({ type: HubMessageType.Ping });
    return collected.subarray(length);
  }

  #dispatch(message: DecodedHubMessage): void {
    switch (message.type) {
      case HubMessageType.Invocation:
      case HubMessageType.StreamItem:
      case HubMessageType.Completion:
        this.#owner.received(message, this);
        break;
      case HubMessageType.Close: {
        const { error, allowReconnect = false } = message;
        this.#end(error === undefined ? error : new SignalRClientError('server-closed', error), allowReconnect);
        break;
      }
      default:
      // Pings have done their work by arriving; what is unknown is left to newer clients.
    }
  }

  async #reopen(buffer: MessageBuffer, lostWith: Error | undefined): Promise<void> {
    const { hubProtocol } = this.#options;
    const reader = hubProtocol.createReader();
    this.#reader = reader;
    this.#phase = 'reopening';
    buffer.awaitsSequence = true;
    this.#keepAlive.start();
    try {
      await this.connection.reopen(this.#ended.signal);
      if (!this.#isUp()) return await this.connection.close();
      await buffer.resend(
        (bytes) => this.connection.send(bytes),
        (sequenceId) => hubProtocol.encode({ type: HubMessageType.Sequence, sequenceId }),
      );
      if (this.#reader === reader && this.#isUp()) this.#phase = 'open';
    } catch {
      // The next socket may be lost before everything was sent again, and be replaced too.
      if (this.#reader === reader) this.#end(lostWith);
    }
  }

  #end(error?: Error, allowReconnect = true): void {
    if (this.#phase === 'ended') return;
    void this.stop(allowReconnect).catch(() => {});
    this.#owner.lost(error, allowReconnect);
  }
}

/** What calls fail with that the connection did not survive. */
export function connectionClosed(cause?: Error): SignalRClientError {
  return new SignalRClientError('connection-closed', 'The connection is closed.', { cause });
}
