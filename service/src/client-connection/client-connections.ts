import type { LongPollingTransport } from '../transport/long-polling.ts';
import type { ServerSentEventsTransport } from '../transport/server-sent-events.ts';
import type { WebSocketTransport } from '../transport/web-socket.ts';
import type { ClientConnection } from './client-connection.ts';
import { createConnectionId } from './connection-id.ts';

const SWEEP_LATE_MS = 1000;

/** What the service gives out at negotiate. */
export interface NegotiatedIds {
  readonly connectionId: string;
  readonly connectionToken: string;
  /** The client may come back on a new WebSocket. */
  readonly mayResume: boolean;
}

interface Negotiated extends NegotiatedIds {
  readonly state: 'negotiated';
  readonly hub: string;
  readonly expiresAt: number;
  /** What the client sent before it had a transport, in order, and its size. */
  readonly early: Buffer[];
  earlyBytes: number;
}

export type ClientTransport = WebSocketTransport | ServerSentEventsTransport | LongPollingTransport;

interface Attached {
  readonly state: 'attached';
  readonly connection: ClientConnection;
  readonly transport: ClientTransport;
}

/** What a request's `id` stands for. */
export type Claimed =
  | { readonly found: 'negotiated' }
  | { readonly found: 'active'; readonly connection: ClientConnection; readonly transport: ClientTransport }
  | { readonly found: 'nothing' };

export interface ClientConnectionsOptions {
  /** Connections negotiated but not opened, at most. */
  readonly negotiatedMax: number;
  /** What a client may send before it has a transport. Bytes. */
  readonly earlyBytesMax: number;
  /** How long a negotiated connection waits for its first request. Milliseconds. */
  readonly negotiateMs: number;
  readonly now: () => number;
}

/** Every client connection of a resource by its connection token, from negotiate to the end of its transport. */
export class ClientConnections {
  readonly #byToken = new Map<string, Negotiated | Attached>();
  readonly #options: ClientConnectionsOptions;
  #negotiated = 0;
  #lastSweepAt: number;

  constructor(options: ClientConnectionsOptions) {
    this.#options = options;
    this.#lastSweepAt = options.now();
  }

  /** Connections with a transport. */
  get attachedCount(): number {
    return this.#byToken.size - this.#negotiated;
  }

  get negotiatedCount(): number {
    return this.#negotiated;
  }

  /** Makes room for a client to come. Version 0 knows one id only. Undefined: too many wait already. */
  negotiate(hub: string, version: 0 | 1, mayResume: boolean): NegotiatedIds | undefined {
    if (this.#negotiated >= this.#options.negotiatedMax) return undefined;
    const connectionId = createConnectionId();
    const connectionToken = version === 0 ? connectionId : createConnectionId();
    const expiresAt = this.#options.now() + this.#options.negotiateMs;
    const ids = { connectionId, connectionToken, mayResume };
    this.#byToken.set(connectionToken, { state: 'negotiated', ...ids, hub, expiresAt, early: [], earlyBytes: 0 });
    this.#negotiated += 1;
    return ids;
  }

  /** Looks up what `id` names in a hub; a token of another hub names nothing. */
  find(connectionToken: string, hub: string): Claimed {
    const entry = this.#byToken.get(connectionToken);
    if (entry === undefined) return { found: 'nothing' };
    if (entry.state === 'negotiated') return { found: entry.hub === hub ? 'negotiated' : 'nothing' };
    if (entry.connection.hubKey !== hub) return { found: 'nothing' };
    return { found: 'active', connection: entry.connection, transport: entry.transport };
  }

  /** Keeps what a negotiated client sent before its first transport request. False: that is too much. */
  keepEarly(connectionToken: string, bytes: Buffer): boolean {
    const entry = this.#byToken.get(connectionToken);
    if (entry?.state !== 'negotiated') return false;
    if (entry.earlyBytes + bytes.length > this.#options.earlyBytesMax) return false;
    entry.early.push(bytes);
    entry.earlyBytes += bytes.length;
    return true;
  }

  /** What was negotiated under a token, for the connection that is made of it now. */
  take(connectionToken: string): { readonly ids: NegotiatedIds; readonly early: readonly Buffer[] } | undefined {
    const entry = this.#byToken.get(connectionToken);
    if (entry?.state !== 'negotiated') return undefined;
    this.#byToken.delete(connectionToken);
    this.#negotiated -= 1;
    const { connectionId, mayResume, early } = entry;
    return { ids: { connectionId, connectionToken, mayResume }, early };
  }

  /** A connection has a transport, its first or another one. */
  attach(connection: ClientConnection, transport: ClientTransport): void {
    this.#byToken.set(connection.identity.connectionToken, { state: 'attached', connection, transport });
  }

  release(connectionToken: string): void {
    this.#byToken.delete(connectionToken);
  }

  /** All deadlines of all client connections: numbers that one sweep looks at, instead of a timer each. */
  sweep(now: number): void {
    // After a stall the clients that knock already come first: their requests wait in the same event loop.
    const wasStalled = now - this.#lastSweepAt > SWEEP_LATE_MS;
    this.#lastSweepAt = now;
    for (const [token, entry] of this.#byToken) {
      if (entry.state === 'attached') entry.connection.sweep(now, wasStalled);
      else if (!wasStalled && entry.expiresAt <= now) {
        this.#byToken.delete(token);
        this.#negotiated -= 1;
      }
    }
  }

  *connections(): Generator<ClientConnection> {
    for (const entry of this.#byToken.values()) if (entry.state === 'attached') yield entry.connection;
  }
}
