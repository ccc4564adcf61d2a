// The server connections of one hub (service-protocol 7.7, 12.1, 12.3).
import { type ShutdownPing, statusRequestPing } from '@signalite/protocol/service';
import { SignalRServerError } from '../errors.ts';
import { onDemandConnectFailed, serverConnected, serverConnectFailed } from '../log/events.ts';
import type { Logger } from '../log/logger.ts';
import { ConnectError } from './connect-error.ts';
import type { Outlet } from './outlet.ts';
import { ReconnectGate } from './reconnect-gate.ts';
import type { ServerConnection } from './server-connection.ts';

const STATUS_INTERVAL_MS = 10_000;
/** How long a send waits for a server connection: as long as the .NET SDK tries again. */
const SEND_WAIT_MS = 600;

export interface ServerConnectionsOptions {
  readonly hub: string;
  /** Name of the endpoint. */
  readonly endpoint: string;
  readonly count: number;
  readonly maximumCount: number;
  readonly now: () => number;
  readonly log: Logger;
  /**
   * Opens one more; `target` names the service instance that asked for it. Rejects with a `ConnectError`, also when
   * `signal` ends the attempt.
   */
  readonly open: (target: string | undefined, signal: AbortSignal) => Promise<ServerConnection>;
}

interface Waiter {
  readonly opened: (connection: Outlet) => void;
  readonly failed: (error: unknown) => void;
}

/** Keeps a number of server connections to one endpoint open, and knows which one to send on. */
export class ServerConnections {
  readonly #options: ServerConnectionsOptions;
  readonly #gate: ReconnectGate;
  readonly #stopping = new AbortController();
  readonly #all = new Set<ServerConnection>();
  readonly #waiters = new Set<Waiter>();
  /** Resolvers of those who wait for one connection to end. */
  readonly #onClosed = new Map<ServerConnection, () => void>();
  /** What goes on it keeps its order: it is changed only when it is lost. */
  #steady: ServerConnection | undefined;
  #loops: readonly Promise<void>[] = [];
  #opening = 0;
  #statusAskedAt = Number.NEGATIVE_INFINITY;

  constructor(options: ServerConnectionsOptions) {
    this.#options = options;
    this.#gate = new ReconnectGate({ now: options.now, random: Math.random, signal: this.#stopping.signal });
  }

  /** True when the hub can be reached: clients may be sent to the service. */
  get isConnected(): boolean {
    // Without server connections of its own, this app server negotiates for others.
    return this.#options.count === 0 || this.pick(undefined) !== undefined;
  }

  get isStopped(): boolean {
    return this.#stopping.signal.aborted;
  }

  /** Those that are open or were until now. */
  get all(): ReadonlySet<ServerConnection> {
    return this.#all;
  }

  /** `preferred` while it leads to this endpoint and is open, else the one that everybody without a preference uses. */
  pick(preferred: Outlet | undefined): Outlet | undefined {
    if (preferred?.isOpen && preferred.endpoint === this.#options.endpoint) return preferred;
    if (!this.#steady?.isOpen) this.#steady = [...this.#all].find(({ isOpen }) => isOpen);
    return this.#steady;
  }

  untilOpen(): Promise<Outlet> {
    return this.#waitForOpen(SEND_WAIT_MS, () => this.#notConnected('Sends wait shortly for one and then fail.'));
  }

  /** Resolves when the first attempt to open one has come to its end, well or not. */
  untilTried(): Promise<void> {
    if (this.isConnected || this.isStopped) return Promise.resolve();
    return new Promise((resolve) => {
      const tried = () => {
        this.#waiters.delete(waiter);
        resolve();
      };
      const waiter: Waiter = { opened: tried, failed: tried };
      this.#waiters.add(waiter);
    });
  }

  /** Opens all at once. Resolves with the first that is open; rejects when the service refuses, or none opens in time. */
  async start(timeoutMs: number): Promise<void> {
    if (this.#options.count === 0) return;
    const opened = this.#waitForOpen(timeoutMs, (last) => connectFailed(this.#options.hub, last, timeoutMs));
    this.#loops = Array.from({ length: this.#options.count }, () => this.#keepOne());
    await opened;
  }

  /** One more, because the service wants it; it is not replaced when it ends. */
  openOnDemand(target: string): void {
    const { count, endpoint, hub, log, maximumCount } = this.#options;
    // Those that are opened again keep their place.
    const onDemand = this.#all.size - this.#onClosed.size + this.#opening;
    if (this.#stopping.signal.aborted || count + onDemand >= maximumCount) return;
    this.#opening += 1;
    this.#open(target)
      .then((connection) => this.#add(connection))
      .catch((error: unknown) => onDemandConnectFailed(log, { hub, endpoint }, messageOf(error)))
      .finally(() => {
        this.#opening -= 1;
      });
  }

  /** Once a second. */
  sweep(): void {
    for (const connection of this.#all) connection.sweep();
    const now = this.#options.now();
    if (now - this.#statusAskedAt < STATUS_INTERVAL_MS) return;
    const outlet = this.pick(undefined);
    if (outlet === undefined) return;
    this.#statusAskedAt = now;
    outlet.append(statusRequestPing());
  }

  /** A connection ended. */
  remove(connection: ServerConnection): void {
    this.#all.delete(connection);
    this.#onClosed.get(connection)?.();
    this.#onClosed.delete(connection);
  }

  /** Opens no more; those that are open stay. */
  stop(): void {
    this.#stopping.abort();
    for (const waiter of [...this.#waiters]) waiter.failed(this.#closedError());
  }

  /** Tells the service, on every connection. */
  async announceShutdown(step: ShutdownPing): Promise<void> {
    await Promise.all([...this.#all].map((connection) => connection.announceShutdown(step)));
  }

  async close(): Promise<void> {
    await Promise.all([...this.#all].map((connection) => connection.close('the app server closes')));
    await Promise.all(this.#loops);
  }

  /** Never rejects: ends when the hub stops. */
  async #keepOne(): Promise<void> {
    const connect = () => this.#open(undefined);
    const failed = (error: unknown, retryMs: number) => this.#connectFailed(error, retryMs);
    try {
      let connection = await connect().catch((error: unknown) => failed(error, 0));
      for (;;) {
        connection ??= await this.#gate.connect({ connect, failed });
        await this.#untilClosed(connection);
        connection = undefined;
      }
    } catch (error) {
      if (!this.#stopping.signal.aborted) throw error;
    }
  }

  #open(target: string | undefined): Promise<ServerConnection> {
    return this.#options.open(target, this.#stopping.signal);
  }

  #untilClosed(connection: ServerConnection): Promise<void> {
    return new Promise((resolve) => {
      if (this.#add(connection)) this.#onClosed.set(connection, resolve);
      else resolve();
    });
  }

  /** False when it ended already, or is not wanted any more. */
  #add(connection: ServerConnection): boolean {
    if (!connection.isOpen) return false;
    if (this.#stopping.signal.aborted) {
      void connection.close('the app server closes');
      return false;
    }
    this.#all.add(connection);
    serverConnected(this.#options.log, connection.name);
    for (const waiter of [...this.#waiters]) waiter.opened(connection);
    return true;
  }

  #waitForOpen(timeoutMs: number, timedOut: (last: unknown) => Error): Promise<Outlet> {
    const outlet = this.pick(undefined);
    if (outlet !== undefined) return Promise.resolve(outlet);
    if (this.isStopped) return Promise.reject(this.#closedError());
    return new Promise((resolve, reject) => {
      let last: unknown;
      const settle = (action: () => void) => {
        clearTimeout(timer);
        this.#waiters.delete(waiter);
        action();
      };
      const timer = setTimeout(() => settle(() => reject(timedOut(last))), timeoutMs);
      const waiter: Waiter = {
        opened: (connection) => settle(() => resolve(connection)),
        failed: (error) => {
          last = error;
          if (isFinal(error)) settle(() => reject(error instanceof SignalRServerError ? error : timedOut(error)));
        },
      };
      this.#waiters.add(waiter);
    });
  }

  #connectFailed(error: unknown, retryMs: number): void {
    if (this.#stopping.signal.aborted) return;
    const { endpoint, hub, log } = this.#options;
    serverConnectFailed(log, { hub, endpoint }, messageOf(error), Math.round(retryMs));
    for (const waiter of [...this.#waiters]) waiter.failed(error);
  }

  #closedError(): SignalRServerError {
    return new SignalRServerError('closed', `Hub '${this.#options.hub}' is closed.`);
  }

  #notConnected(hint: string): SignalRServerError {
    const text = `No server connection of hub '${this.#options.hub}' is open. ${hint}`;
    return new SignalRServerError('not-connected', text);
  }
}

function connectFailed(hub: string, last: unknown, timeoutMs: number): SignalRServerError {
  const reason = last === undefined ? `The service did not answer within ${timeoutMs} ms.` : messageOf(last);
  const text = `Hub '${hub}' could not be connected to the service. ${reason} Check the connection string and that the service runs.`;
  return new SignalRServerError('connect-failed', text, { cause: last });
}

function isFinal(error: unknown): boolean {
  return error instanceof SignalRServerError || (error instanceof ConnectError && error.isFinal);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
