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
import { KeepAlive, type KeepAliveTimes } from './keep-alive.ts';
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
  lost(link: HubLink, error: Error | undefined, allowReconnect: boolean): void;
}

type Phase =
  | {
      readonly name: 'handshake';
      bytes: Uint8Array;
      readonly resolve: () => void;
      readonly reject: (e: unknown) => void;
    }
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
  #phase: Phase = { name: 'open' };

  constructor(connection: Connection, options: HubLinkOptions, owner: HubLinkOwner) {
    this.connection = connection;
    this.#options = options;
    this.#owner = owner;
    this.#reader = options.hubProtocol.createReader();
    this.#keepAlive = new KeepAlive(
      options.times,
      () => this.#phase.name === 'open' && this.#post({ type: HubMessageType.Ping }),
      () => this.#fail(new SignalRClientError('server-timeout', 'The server was silent for too long.')),
    );
    if (connection.isStateful && options.hubProtocol.version >= STATEFUL_VERSION) {
      this.#buffer = new MessageBuffer(options.bufferBytes, (sequenceId) =>
        this.#post({ type: HubMessageType.Ack, sequenceId }),
      );
    }
  }

  async shakeHands(signal: AbortSignal): Promise<void> {
    const stop = () => this.#fail(undefined);
    signal.addEventListener('abort', stop);
    try {
      await new Promise<void>((resolve, reject) => {
        this.#phase = { name: 'handshake', bytes: new Uint8Array(), resolve, reject };
        this.#keepAlive.start();
        const { name: protocol } = this.#options.hubProtocol;
        const version = this.#buffer ? STATEFUL_VERSION : 1;
        this.connection
          .send(encodeHandshakeRequest({ protocol, version }))
          .catch((cause) => this.#fail(handshakeFailed('The handshake could not be sent.', cause)));
      });
    } finally {
      signal.removeEventListener('abort', stop);
    }
  }

  /** What came together with the answer to the handshake may have ended the link already. */
  throwIfEnded(): void {
    if (this.#phase.name === 'ended') throw connectionClosed(this.#phase.error);
  }

  /** Sends a message; over a stateful connection it is sent again until the server has it. */
  async send(message: HubMessage): Promise<void> {
    const phase = this.#phase;
    const bytes = this.#options.hubProtocol.encode(message);
    this.throwIfEnded();
    const room = isTracked(message.type) ? this.#buffer?.keep(bytes) : undefined;
    if (phase.name === 'reopening') return room;
    this.#keepAlive.sent();
    const sent = this.connection.send(bytes);
    // What is kept is sent again over the next socket: its loss is no error.
    await (room === undefined ? sent : Promise.all([room, sent.catch(() => undefined)]));
  }

  /** Says goodbye and ends the connection. */
  async stop(): Promise<void> {
    this.#end(undefined);
    await this.#goodbye();
  }

  received(bytes: Uint8Array): void {
    if (!this.#buffer?.awaitsSequence) this.#keepAlive.received();
    try {
      this.#read(bytes);
    } catch (cause) {
      this.#fail(
        this.#phase.name === 'handshake'
          ? handshakeFailed(cause instanceof Error ? cause.message : '', cause)
          : new SignalRClientError('protocol-error', 'The server sent what the hub protocol forbids.', { cause }),
      );
    }
  }

  closed(error: Error | undefined): void {
    // A server that never said where it goes on is not tried again.
    const canReopen = this.#phase.name !== 'ended' && this.#phase.name !== 'handshake';
    if (this.#buffer && canReopen && !this.#buffer.awaitsSequence) void this.#reopen(this.#buffer, error);
    else this.#lose(error);
  }

  #read(bytes: Uint8Array): void {
    const phase = this.#phase;
    if (phase.name === 'handshake') {
      const collected = concat(phase.bytes, bytes);
      const answer = parseHandshakeResponse(collected);
      phase.bytes = collected;
      if (answer) {
        const { error } = answer.response;
        if (error !== undefined) throw new Error(error);
        this.#establish(phase.resolve);
        this.#reader.push(collected.subarray(answer.length));
      } else if (collected.length > HANDSHAKE_MAX_BYTES) {
        throw new Error('The answer to the handshake has no end.');
      }
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
    else this.#post({ type: HubMessageType.Ping });
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
        this.#fail(
          error === undefined ? undefined : new SignalRClientError('server-closed', `The server closed: ${error}`),
          allowReconnect,
        );
        break;
      }
      default:
      // Pings have done their work by arriving; what is unknown is left to newer clients.
    }
  }

  async #reopen(buffer: MessageBuffer, lostWith: Error | undefined): Promise<void> {
    const phase: Phase = { name: 'reopening' };
    this.#phase = phase;
    this.#reader = this.#options.hubProtocol.createReader();
    buffer.lost();
    this.#keepAlive.start();
    try {
      await this.connection.reopen(this.#ended.signal);
      const send = (bytes: Uint8Array) => this.connection.send(bytes);
      await buffer.resend(
        (sequenceId) => send(this.#options.hubProtocol.encode({ type: HubMessageType.Sequence, sequenceId })),
        send,
      );
      if (this.#phase === phase) this.#phase = { name: 'open' };
    } catch {
      // The next socket may be lost before everything was sent again, and be replaced too.
      if (this.#phase === phase) this.#fail(lostWith);
    }
  }

  /** Sends what nobody waits for. */
  #post(message: HubMessage): void {
    this.send(message).catch(() => undefined);
  }

  /** Ends the connection for a reason of its own. */
  #fail(error: Error | undefined, allowReconnect = true): void {
    if (this.#phase.name === 'ended') return;
    void (allowReconnect ? this.connection.close() : this.#goodbye()).catch(() => undefined);
    this.#lose(error, allowReconnect);
  }

  #lose(error: Error | undefined, allowReconnect = true): void {
    const { name } = this.#phase;
    this.#end(error);
    if (name !== 'ended' && name !== 'handshake') this.#owner.lost(this, error, allowReconnect);
  }

  #end(error: Error | undefined): void {
    const phase = this.#phase;
    this.#phase = { name: 'ended', error };
    this.#keepAlive.stop();
    this.#buffer?.close(connectionClosed(error));
    this.#ended.abort();
    if (phase.name === 'handshake') phase.reject(error ?? handshakeFailed('The connection ended before it.'));
  }

  async #goodbye(): Promise<void> {
    const message = this.#options.hubProtocol.encode({ type: HubMessageType.Close });
    await settled(this.connection.send(message), CLOSE_MESSAGE_WAIT_MS);
    await this.connection.close();
  }
}

/** What calls fail with that the connection did not survive. */
export function connectionClosed(cause: unknown): SignalRClientError {
  return new SignalRClientError('connection-closed', 'The connection closed before the call was done.', { cause });
}

function handshakeFailed(text: string, cause?: unknown): SignalRClientError {
  return new SignalRClientError('handshake-failed', `The hub handshake failed: ${text}`, { cause });
}

function concat(a: Uint8Array, b: Uint8Array): Uint8Array {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}
