import {
  type CompletionMessage,
  type DecodedHubMessage,
  encodeHandshakeRequest,
  type HubMessage,
  type HubMessageReader,
  HubMessageType,
  type HubProtocol,
  type InvocationMessage,
  parseHandshakeResponse,
  type StreamItemMessage,
} from '@signalite/protocol';
import type { Connection, ConnectionListener, OpenConnection } from '../connection/connection.ts';
import { settled } from '../connection/deadline.ts';
import { SignalRClientError } from '../errors.ts';
import { createKeepAlive, type KeepAlive, type KeepAliveTimes } from './keep-alive.ts';
import { isTracked, MessageBuffer } from './message-buffer.ts';

// One logical connection to a hub: from the handshake to its end, over a lost socket too if it is stateful
// (client-protocol 3.1, 3.6, 4.2).

const HANDSHAKE_MAX_BYTES = 65_536;
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
  /** An established link ended by itself; comes once. */
  lost(error: Error | undefined, allowReconnect: boolean): void;
}

type Phase =
  | { readonly name: 'handshake'; readonly resolve: () => void; readonly reject: (error: unknown) => void }
  | { readonly name: 'open' }
  | { readonly name: 'reopening' }
  | { readonly name: 'ended'; readonly error: Error | undefined };

/** Connects and shakes hands. */
export async function openHubLink(options: HubLinkOptions, owner: HubLinkOwner, signal: AbortSignal): Promise<HubLink> {
  let link: HubLink | undefined;
  const listener: ConnectionListener = {
    received: (bytes) => link?.received(bytes),
    closed: (error) => link?.closed(error),
  };
  const connection = await options.open(options.hubProtocol, listener, signal);
  link = new HubLink(connection, options, owner);
  await link.shakeHands(signal);
  return link;
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
  #phase: Phase = { name: 'open' };

  constructor(connection: Connection, options: HubLinkOptions, owner: HubLinkOwner) {
    const { hubProtocol, times, bufferBytes } = options;
    this.connection = connection;
    this.#options = options;
    this.#owner = owner;
    this.#reader = hubProtocol.createReader();
    this.#keepAlive = createKeepAlive(
      times,
      () => this.post({ type: HubMessageType.Ping }),
      () => this.#fail(new SignalRClientError('server-timeout', 'The server is silent.')),
    );
    if (connection.isStateful && hubProtocol.version >= STATEFUL_VERSION) {
      this.#buffer = new MessageBuffer(bufferBytes, (sequenceId) =>
        this.post({ type: HubMessageType.Ack, sequenceId }),
      );
    }
  }

  async shakeHands(signal: AbortSignal): Promise<void> {
    const stop = () => this.#fail();
    signal.addEventListener('abort', stop);
    await new Promise<void>((resolve, reject) => {
      this.#phase = { name: 'handshake', resolve, reject };
      this.#keepAlive.start();
      const { name: protocol } = this.#options.hubProtocol;
      const request = encodeHandshakeRequest({ protocol, version: this.#buffer ? STATEFUL_VERSION : 1 });
      this.connection.send(request).catch((error: Error) => this.#fail(error));
    }).finally(() => signal.removeEventListener('abort', stop));
  }

  /** What came together with the answer to the handshake may have ended the link already. */
  throwIfEnded(): void {
    if (this.#phase.name === 'ended') throw connectionClosed(this.#phase.error);
  }

  /** Sends a message; over a stateful connection it is sent again until the server has it. */
  async send(message: HubMessage): Promise<void> {
    const bytes = this.#options.hubProtocol.encode(message);
    this.throwIfEnded();
    const room = isTracked(message) ? this.#buffer?.keep(bytes) : undefined;
    let sent: Promise<void> | undefined;
    if (this.#phase.name === 'open') {
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

  /** Says goodbye and ends the connection. */
  stop(): Promise<void> {
    this.#end();
    return this.#goodbye();
  }

  received(bytes: Uint8Array): void {
    if (!this.#buffer?.awaitsSequence) this.#keepAlive.received();
    const code = this.#phase.name === 'handshake' ? 'handshake-failed' : 'protocol-error';
    try {
      this.#read(bytes);
    } catch (cause) {
      this.#fail(new SignalRClientError(code, String(cause), { cause }));
    }
  }

  closed(error: Error | undefined): void {
    // A server that never said where it goes on is not tried again.
    if (this.#isUp() && this.#buffer && !this.#buffer.awaitsSequence) void this.#reopen(this.#buffer, error);
    else this.#lose(error);
  }

  #read(bytes: Uint8Array): void {
    if (this.#phase.name === 'handshake') {
      this.#handshake = [...this.#handshake, ...bytes];
      const collected = new Uint8Array(this.#handshake);
      const answer = parseHandshakeResponse(collected);
      if (!answer) {
        if (collected.length > HANDSHAKE_MAX_BYTES) throw new Error('The answer is too long.');
        return;
      }
      if (answer.response.error !== undefined) throw new Error(answer.response.error);
      this.#establish(this.#phase.resolve);
      this.#reader.push(collected.subarray(answer.length));
    } else this.#reader.push(bytes);
    while (this.#isUp()) {
      const message = this.#reader.next();
      if (!message) return;
      if (this.#buffer?.accepts(message) ?? true) this.#dispatch(message);
    }
  }

  #isUp(): boolean {
    return this.#phase.name === 'open' || this.#phase.name === 'reopening';
  }

  #establish(resolve: () => void): void {
    this.#phase = { name: 'open' };
    this.#owner.established(this);
    if (this.connection.keepsItselfAlive) this.#keepAlive.stop();
    else this.post({ type: HubMessageType.Ping });
    resolve();
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
        this.#fail(error === undefined ? error : new SignalRClientError('server-closed', error), allowReconnect);
        break;
      }
      default:
      // Pings have done their work by arriving; what is unknown is left to newer clients.
    }
  }

  async #reopen(buffer: MessageBuffer, lostWith: Error | undefined): Promise<void> {
    const phase: Phase = { name: 'reopening' };
    const { hubProtocol } = this.#options;
    this.#phase = phase;
    this.#reader = hubProtocol.createReader();
    buffer.awaitsSequence = true;
    this.#keepAlive.start();
    try {
      await this.connection.reopen(this.#ended.signal);
      await buffer.resend(
        (bytes) => this.connection.send(bytes),
        (sequenceId) => hubProtocol.encode({ type: HubMessageType.Sequence, sequenceId }),
      );
      if (this.#phase === phase) this.#phase = { name: 'open' };
    } catch {
      // The next socket may be lost before everything was sent again, and be replaced too.
      if (this.#phase === phase) this.#fail(lostWith);
    }
  }

  /** Ends the connection for a reason of its own. */
  #fail(error?: Error, allowReconnect = true): void {
    if (this.#phase.name === 'ended') return;
    void (allowReconnect ? this.connection.close() : this.#goodbye()).catch(() => {});
    this.#lose(error, allowReconnect);
  }

  #lose(error?: Error, allowReconnect = true): void {
    const wasUp = this.#isUp();
    this.#end(error);
    if (wasUp) this.#owner.lost(error, allowReconnect);
  }

  #end(error?: Error): void {
    const phase = this.#phase;
    this.#phase = { name: 'ended', error };
    this.#keepAlive.stop();
    this.#buffer?.close(connectionClosed(error));
    this.#ended.abort();
    if (phase.name === 'handshake') phase.reject(error ?? connectionClosed(error));
  }

  async #goodbye(): Promise<void> {
    const message = this.#options.hubProtocol.encode({ type: HubMessageType.Close });
    await settled(this.connection.send(message), CLOSE_MESSAGE_WAIT_MS);
    await this.connection.close();
  }
}

/** What calls fail with that the connection did not survive. */
export function connectionClosed(cause: Error | undefined): SignalRClientError {
  return new SignalRClientError('connection-closed', 'The connection is gone.', { cause });
}
