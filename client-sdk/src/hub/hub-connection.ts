import { HubMessageType, type TransportName } from '@signalite/protocol';
import { SignalRClientError } from '../errors.ts';
import { Calls } from './calls.ts';
import { type ClientMethods, callClientMethod, type ErrorLog, type MethodHandler } from './client-methods.ts';
import { type CallOptions, HubCaller } from './hub-caller.ts';
import type { ConnectionPhase, HubConnectionState } from './hub-connection-state.ts';
import type { ClientHandler, ClientMethodName, HubContract, UntypedHubContract } from './hub-contract.ts';
import { type HubLinkOptions, openHubLink } from './hub-link.ts';
import type { RetryPolicy } from './retry-policy.ts';

/** What a hub connection is built from; `HubConnectionBuilder` gathers it. */
export interface HubConnectionOptions extends Omit<HubLinkOptions, 'times'> {
  readonly serverTimeoutMs: number;
  readonly keepAliveIntervalMs: number;
  /** Without one, a lost connection stays lost. */
  readonly retryPolicy: RetryPolicy | undefined;
  readonly log: ErrorLog;
}

type Listeners<T> = Set<(value: T) => void>;

/** A connection to a hub. Made by `HubConnectionBuilder`. */
export class HubConnection<C extends HubContract = UntypedHubContract> extends HubCaller<C> {
  /** The server is given up when nothing came from it for this long, in milliseconds. At least twice its ping interval. */
  serverTimeoutMs: number;
  /** A ping is sent when nothing else was for this long, in milliseconds. */
  keepAliveIntervalMs: number;
  readonly #options: HubConnectionOptions;
  readonly #calls: Calls;
  readonly #methods: ClientMethods = new Map();
  readonly #onClose: Listeners<Error | undefined> = new Set();
  readonly #onReconnecting: Listeners<Error | undefined> = new Set();
  readonly #onReconnected: Listeners<string | undefined> = new Set();
  #phase: ConnectionPhase = { name: 'Disconnected' };

  constructor(options: HubConnectionOptions) {
    const calls = new Calls();
    super(calls);
    this.#calls = calls;
    this.#options = options;
    this.serverTimeoutMs = options.serverTimeoutMs;
    this.keepAliveIntervalMs = options.keepAliveIntervalMs;
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
    if (this.state !== 'Disconnected') {
      throw new SignalRClientError('invalid-state', `The connection is ${this.state}: stop() it first.`);
    }
    signal?.throwIfAborted();
    const abort = new AbortController();
    const started = this.#connect(abort.signal).catch((error: unknown) => {
      this.#phase = { name: 'Disconnected' };
      abort.signal.throwIfAborted();
      throw error;
    });
    const over = new AbortController();
    signal?.addEventListener('abort', () => abort.abort(signal.reason), { signal: over.signal });
    this.#phase = { name: 'Connecting', abort, ended: started.catch(() => {}) };
    await started.finally(() => over.abort());
  }

  /** Ends the connection, whatever it is doing; calls that wait for an answer reject. Resolves when it has ended. */
  async stop(): Promise<void> {
    const phase = this.#phase;
    if (phase.name === 'Disconnected') return;
    this.#calls.detach();
    const ended =
      'ended' in phase
        ? phase.ended
        : phase.link
            .stop()
            .catch(() => {})
            .then(() => this.#complete());
    this.#phase = { name: 'Disconnecting', ended };
    if ('abort' in phase) phase.abort.abort(new SignalRClientError('stopped', 'stop() was called.'));
    await ended;
  }

  /** Handles a method that the hub calls on its clients. Names count without case; several handlers are called in turn. */
  on<M extends ClientMethodName<C>>(method: M, handler: ClientHandler<C, M>): void;
  on(method: string, handler: MethodHandler): void {
    const key = method.toLowerCase();
    this.#methods.set(key, (this.#methods.get(key) ?? new Set()).add(handler));
  }

  /** Removes one handler of a method, or all of them. */
  off<M extends ClientMethodName<C>>(method: M, handler?: ClientHandler<C, M>): void;
  off(method: string, handler?: MethodHandler): void {
    const key = method.toLowerCase();
    if (handler) this.#methods.get(key)?.delete(handler);
    else this.#methods.delete(key);
  }

  /**
   * Calls back when the connection has ended for good; without an error after `stop()`, or when the server ended it in
   * order. Returns a function that removes the callback.
   */
  onclose(callback: (error: Error | undefined) => void): () => void {
    return listen(this.#onClose, callback);
  }

  /** Calls back when the connection was lost and is tried again. Returns a function that removes the callback. */
  onreconnecting(callback: (error: Error | undefined) => void): () => void {
    return listen(this.#onReconnecting, callback);
  }

  /**
   * Calls back with the new connection id. To the server this is a new client: groups are to be joined again. Returns a
   * function that removes the callback.
   */
  onreconnected(callback: (connectionId: string | undefined) => void): () => void {
    return listen(this.#onReconnected, callback);
  }

  async #connect(signal: AbortSignal): Promise<void> {
    const { log } = this.#options;
    const link = await openHubLink(
      { ...this.#options, times: this },
      {
        established: (established) => {
          this.#calls.link = established;
        },
        received: (message, from) => {
          if (message.type === HubMessageType.Invocation) void callClientMethod(this.#methods, message, from, log);
          else this.#calls.receive(message);
        },
        lost: (error, allowReconnect) => {
          this.#calls.detach(error);
          // While it is not Connected, this is a failure to connect.
          if (this.#phase.name === 'Connected') this.#lost(error, allowReconnect);
        },
      },
      signal,
    );
    if (signal.aborted) void link.stop();
    link.throwIfEnded();
    this.#phase = { name: 'Connected', link };
  }

  #lost(error: Error | undefined, allowReconnect: boolean): void {
    const lostAt = performance.now();
    let previousRetryCount = 0;
    const nextDelay = (reason: unknown) => {
      try {
        const elapsedMs = performance.now() - lostAt;
        return this.#options.retryPolicy?.nextDelay({ previousRetryCount: previousRetryCount++, elapsedMs, reason });
      } catch (failure) {
        this.#options.log.error('nextDelay', failure);
        return undefined;
      }
    };
    const delay = allowReconnect ? nextDelay(error) : undefined;
    if (delay === undefined) {
      this.#complete(error);
      return;
    }
    const abort = new AbortController();
    const ended = Promise.resolve().then(() => {
      this.#emit(this.#onReconnecting, error);
      return this.#reconnect(delay, nextDelay, abort.signal);
    });
    this.#phase = { name: 'Reconnecting', abort, ended };
  }

  async #reconnect(
    delay: number | undefined,
    nextDelay: (reason: unknown) => number | undefined,
    signal: AbortSignal,
  ): Promise<void> {
    let cause: unknown;
    while (delay !== undefined && !signal.aborted) {
      await sleep(delay, signal);
      try {
        await this.#connect(signal);
        this.#emit(this.#onReconnected, this.connectionId);
        return;
      } catch (error) {
        cause = error;
        delay = nextDelay(cause);
      }
    }
    this.#complete(
      signal.aborted ? undefined : new SignalRClientError('reconnect-failed', 'No attempt worked.', { cause }),
    );
  }

  #complete(error?: Error): void {
    this.#phase = { name: 'Disconnected' };
    this.#emit(this.#onClose, error);
  }

  #emit<T>(listeners: Listeners<T>, value: T): void {
    for (const listener of [...listeners]) {
      try {
        listener(value);
      } catch (error) {
        this.#options.log.error('callback', error);
      }
    }
  }
}

function listen<T>(listeners: Listeners<T>, callback: (value: T) => void): () => void {
  listeners.add(callback);
  return () => listeners.delete(callback);
}

/** Ends early, without complaint, when `signal` says so. */
function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener('abort', end);
  });
}
