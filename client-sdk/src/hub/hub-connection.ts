import { HubMessageType, type TransportName } from '@signalite/protocol';
import { SignalRClientError } from '../errors.ts';
import { Callbacks } from './callbacks.ts';
import { Calls } from './calls.ts';
import type { ClientLog } from './client-log.ts';
import { ClientMethods, type MethodHandler } from './client-methods.ts';
import { type CallOptions, HubCaller } from './hub-caller.ts';
import type { ConnectionPhase, HubConnectionState } from './hub-connection-state.ts';
import type { ClientHandler, ClientMethodName, HubContract, UntypedHubContract } from './hub-contract.ts';
import { type HubLink, type HubLinkOptions, openHubLink } from './hub-link.ts';
import { ReconnectLoop } from './reconnect.ts';
import type { RetryPolicy } from './retry-policy.ts';

/** What a hub connection is built from; `HubConnectionBuilder` gathers it. */
export interface HubConnectionOptions extends Omit<HubLinkOptions, 'times'> {
  readonly serverTimeoutMs: number;
  readonly keepAliveIntervalMs: number;
  /** Without one, a lost connection stays lost. */
  readonly retryPolicy: RetryPolicy | undefined;
  /** Items of one stream that may wait to be read. */
  readonly maxStreamItems: number;
  readonly log: ClientLog;
}

/** A connection to a hub. Made by `HubConnectionBuilder`. */
export class HubConnection<C extends HubContract = UntypedHubContract> extends HubCaller<C> {
  /** The server is given up when nothing came from it for this long, in milliseconds. At least twice its ping interval. */
  serverTimeoutMs: number;
  /** A ping is sent when nothing else was for this long, in milliseconds. */
  keepAliveIntervalMs: number;
  readonly #options: HubConnectionOptions;
  readonly #calls: Calls;
  readonly #methods: ClientMethods;
  readonly #closed: Callbacks<[error: Error | undefined]>;
  readonly #reconnecting: Callbacks<[error: Error | undefined]>;
  readonly #reconnected: Callbacks<[connectionId: string | undefined]>;
  #phase: ConnectionPhase = { name: 'Disconnected' };

  constructor(options: HubConnectionOptions) {
    const calls = new Calls(options.maxStreamItems);
    super(calls);
    this.#calls = calls;
    this.#options = options;
    this.serverTimeoutMs = options.serverTimeoutMs;
    this.keepAliveIntervalMs = options.keepAliveIntervalMs;
    this.#methods = new ClientMethods(options.log);
    this.#closed = new Callbacks(options.log);
    this.#reconnecting = new Callbacks(options.log);
    this.#reconnected = new Callbacks(options.log);
  }

  get state(): HubConnectionState {
    return this.#phase.name;
  }

  /** What the server calls this connection; undefined while there is none, or if negotiation was skipped. */
  get connectionId(): string | undefined {
    return this.#calls.link?.connection.connectionId;
  }

  /** The transport in use; undefined while there is none. */
  get transport(): TransportName | undefined {
    return this.#calls.link?.connection.transport;
  }

  /**
   * Connects. Rejects with a `SignalRClientError` when that fails (automatic reconnect does not try again here), and
   * with the signal's reason when aborted.
   */
  async start({ signal }: CallOptions = {}): Promise<void> {
    if (this.#phase.name !== 'Disconnected') {
      throw new SignalRClientError('invalid-state', `The connection is ${this.state}; start() needs it Disconnected.`);
    }
    signal?.throwIfAborted();
    const abort = new AbortController();
    const forward = () => abort.abort(signal?.reason);
    signal?.addEventListener('abort', forward);
    const started = this.#connect(abort.signal).catch((error: unknown) => {
      this.#phase = { name: 'Disconnected' };
      abort.signal.throwIfAborted();
      throw error;
    });
    this.#phase = { name: 'Connecting', abort, ended: started.catch(() => undefined) };
    try {
      await started;
    } finally {
      signal?.removeEventListener('abort', forward);
    }
  }

  /** Ends the connection, whatever it is doing; calls that wait for an answer reject. Resolves when it has ended. */
  async stop(): Promise<void> {
    const phase = this.#phase;
    if (phase.name === 'Disconnected') return;
    let ended: Promise<unknown>;
    if (phase.name === 'Connected') {
      this.#calls.detach(undefined);
      ended = phase.link
        .stop()
        .catch(() => undefined)
        .then(() => this.#complete(undefined));
    } else ended = phase.ended;
    this.#phase = { name: 'Disconnecting', ended };
    if ('abort' in phase) phase.abort.abort(new SignalRClientError('stopped', 'stop() was called meanwhile.'));
    await ended;
  }

  /** Handles a method that the hub calls on its clients. Names count without case; several handlers are called in turn. */
  on<M extends ClientMethodName<C>>(method: M, handler: ClientHandler<C, M>): void;
  on(method: string, handler: MethodHandler): void {
    this.#methods.add(method, handler);
  }

  /** Removes one handler of a method, or all of them. */
  off<M extends ClientMethodName<C>>(method: M, handler?: ClientHandler<C, M>): void;
  off(method: string, handler?: MethodHandler): void {
    this.#methods.remove(method, handler);
  }

  /** Calls back when the connection has ended for good: without an error after `stop()` or when the server wished so. */
  onclose(callback: (error: Error | undefined) => void): () => void {
    return this.#closed.add(callback);
  }

  /** Calls back when the connection was lost and is tried again. Returns a function that removes the callback. */
  onreconnecting(callback: (error: Error | undefined) => void): () => void {
    return this.#reconnecting.add(callback);
  }

  /** Calls back with the new connection id. The server sees a new client: groups are to be joined again. */
  onreconnected(callback: (connectionId: string | undefined) => void): () => void {
    return this.#reconnected.add(callback);
  }

  async #connect(signal: AbortSignal): Promise<void> {
    const link = await openHubLink(
      { ...this.#options, times: this },
      {
        established: (established) => this.#calls.attach(established),
        received: (message, from) => {
          if (message.type === HubMessageType.Invocation) this.#methods.call(message, (answer) => from.send(answer));
          else this.#calls.receive(message);
        },
        lost: (lost, error, allowReconnect) => this.#lost(lost, error, allowReconnect),
      },
      signal,
    );
    if (signal.aborted) {
      this.#calls.detach(undefined);
      await link.stop();
      throw signal.reason;
    }
    link.throwIfEnded();
    this.#phase = { name: 'Connected', link };
  }

  #lost(link: HubLink, error: Error | undefined, allowReconnect: boolean): void {
    this.#calls.detach(error);
    if (this.#phase.name !== 'Connected' || this.#phase.link !== link) return;
    const { retryPolicy: policy, log } = this.#options;
    if (!policy || !allowReconnect) {
      this.#complete(error);
      return;
    }
    const abort = new AbortController();
    const loop = new ReconnectLoop({ policy, log, reason: error, attempt: () => this.#reconnect(abort.signal) });
    if (!loop.isWorthwhile) {
      this.#complete(error);
      return;
    }
    const ended = Promise.resolve().then(() => this.#runReconnect(loop, error, abort.signal));
    this.#phase = { name: 'Reconnecting', abort, ended };
  }

  async #runReconnect(loop: ReconnectLoop, reason: Error | undefined, signal: AbortSignal): Promise<void> {
    this.#reconnecting.call(reason);
    const failure = await loop.run(signal);
    if (failure) this.#complete(signal.aborted ? undefined : failure);
  }

  async #reconnect(signal: AbortSignal): Promise<void> {
    await this.#connect(signal);
    this.#reconnected.call(this.connectionId);
  }

  #complete(error: Error | undefined): void {
    this.#phase = { name: 'Disconnected' };
    this.#closed.call(error);
  }
}
