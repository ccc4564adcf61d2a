import { HubMessageType, type TransportName } from '@signalite/protocol';
import { SignalRClientError } from '../errors.ts';
import { Calls } from './calls.ts';
import { type ClientMethods, callClientMethod, type ErrorLog, type MethodHandler } from './client-methods.ts';
import { type CallOptions, HubCaller } from './hub-caller.ts';
import type { HubConnectionState } from './hub-connection-state.ts';
import type { ClientHandler, ClientMethodName, HubContract, UntypedHubContract } from './hub-contract.ts';
import { connectionClosed, type HubLinkOptions, openHubLink } from './hub-link.ts';
import type { RetryPolicy } from './retry-policy.ts';

/** What a hub connection is built from; `HubConnectionBuilder` gathers it. */
export interface HubConnectionOptions extends Omit<HubLinkOptions, 'times'> {
  readonly serverTimeoutMs: number;
  readonly keepAliveIntervalMs: number;
  /** Without one, a lost connection stays lost. */
  readonly retryPolicy: RetryPolicy | undefined;
  readonly log: ErrorLog;
}

type Listener<T> = (value: T) => void;

/** A connection to a hub. Made by `HubConnectionBuilder`. */
export class HubConnection<C extends HubContract = UntypedHubContract> extends HubCaller<C> {
  /** The server is given up when nothing came from it for this long, in milliseconds. At least twice its ping interval. */
  serverTimeoutMs: number;
  /** A ping is sent when nothing else was for this long, in milliseconds. */
  keepAliveIntervalMs: number;
  readonly #options: HubConnectionOptions;
  readonly #calls: Calls;
  readonly #methods: ClientMethods = new Map();
  readonly #listeners = {
    close: new Set<Listener<Error | undefined>>(),
    reconnecting: new Set<Listener<Error | undefined>>(),
    reconnected: new Set<Listener<string | undefined>>(),
  };
  #state: HubConnectionState = 'Disconnected';
  /** Ends what was begun with `start()`. */
  #abort = new AbortController();
  /** Settles when what is going on has come to its end. */
  #work: Promise<unknown> = Promise.resolve();

  constructor(options: HubConnectionOptions) {
    const calls = new Calls();
    super(calls);
    this.#calls = calls;
    this.#options = options;
    this.serverTimeoutMs = options.serverTimeoutMs;
    this.keepAliveIntervalMs = options.keepAliveIntervalMs;
  }

  get state(): HubConnectionState {
    return this.#state;
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
    if (this.#state !== 'Disconnected') {
      throw new SignalRClientError('invalid-state', `The connection is ${this.#state}: stop() it first.`);
    }
    signal?.throwIfAborted();
    const abort = new AbortController();
    const forward = () => abort.abort(signal?.reason);
    signal?.addEventListener('abort', forward);
    this.#abort = abort;
    this.#state = 'Connecting';
    const started = this.#connect();
    this.#work = started.catch(() => {
      this.#state = 'Disconnected';
    });
    try {
      await started;
    } catch (error) {
      abort.signal.throwIfAborted();
      throw error;
    } finally {
      signal?.removeEventListener('abort', forward);
    }
  }

  /** Ends the connection, whatever it is doing; calls that wait for an answer reject. Resolves when it has ended. */
  async stop(): Promise<void> {
    const { link } = this.#calls;
    if (this.#state === 'Disconnected') return;
    if (this.#state === 'Connected' && link) {
      this.#work = link
        .stop()
        .catch(() => {})
        .then(() => this.#complete());
    }
    this.#state = 'Disconnecting';
    this.#calls.detach();
    this.#abort.abort(new SignalRClientError('stopped', 'stop() was called.'));
    await this.#work;
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
    return listen(this.#listeners.close, callback);
  }

  /** Calls back when the connection was lost and is tried again. Returns a function that removes the callback. */
  onreconnecting(callback: (error: Error | undefined) => void): () => void {
    return listen(this.#listeners.reconnecting, callback);
  }

  /**
   * Calls back with the new connection id. To the server this is a new client: groups are to be joined again. Returns a
   * function that removes the callback.
   */
  onreconnected(callback: (connectionId: string | undefined) => void): () => void {
    return listen(this.#listeners.reconnected, callback);
  }

  #connect(): Promise<void> {
    const { log } = this.#options;
    return new Promise((resolve, reject) => {
      openHubLink(
        { ...this.#options, times: this },
        {
          established: (link) => {
            this.#calls.link = link;
            // What came together with the answer to the handshake may have ended the link again.
            queueMicrotask(() => {
              if (this.#calls.link !== link) return;
              this.#state = 'Connected';
              resolve();
            });
          },
          received: (message, link) => {
            if (message.type === HubMessageType.Invocation) void callClientMethod(this.#methods, message, link, log);
            else this.#calls.receive(message);
          },
          lost: (error, allowReconnect) => {
            this.#calls.detach(error);
            if (this.#state === 'Connected') this.#lost(error, allowReconnect);
            else reject(error ?? connectionClosed());
          },
        },
        this.#abort.signal,
      ).catch(reject);
    });
  }

  #lost(error: Error | undefined, allowReconnect: boolean): void {
    const { retryPolicy } = this.#options;
    if (retryPolicy && allowReconnect) {
      this.#state = 'Reconnecting';
      this.#work = this.#reconnect(retryPolicy, error).catch((failure: Error) => this.#complete(failure));
    } else this.#complete(error);
  }

  async #reconnect(policy: RetryPolicy, lostWith: Error | undefined): Promise<void> {
    const { signal } = this.#abort;
    const lostAt = performance.now();
    let reason = lostWith;
    // Who is told of the end may start again: that is then what is going on.
    await Promise.resolve();
    for (let previousRetryCount = 0; !signal.aborted; previousRetryCount++) {
      const delay = policy.nextDelay({ previousRetryCount, elapsedMs: performance.now() - lostAt, reason });
      if (delay === undefined) break;
      if (!previousRetryCount) this.#emit(this.#listeners.reconnecting, lostWith);
      if (signal.aborted) break;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, delay);
        signal.onabort = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      const failure = await this.#connect().then(
        () => undefined,
        (error: Error) => error,
      );
      if (!failure) {
        this.#emit(this.#listeners.reconnected, this.connectionId);
        return;
      }
      reason = failure;
    }
    this.#complete(signal.aborted ? undefined : reason);
  }

  #complete(error?: Error): void {
    this.#state = 'Disconnected';
    this.#emit(this.#listeners.close, error);
  }

  #emit<T>(listeners: Set<Listener<T>>, value: T): void {
    for (const listener of [...listeners]) {
      try {
        listener(value);
      } catch (error) {
        this.#options.log.error('callback', error);
      }
    }
  }
}

function listen<T>(listeners: Set<Listener<T>>, callback: Listener<T>): () => void {
  listeners.add(callback);
  return () => listeners.delete(callback);
}
