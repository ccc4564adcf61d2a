import type { ClientConnection } from './client-connection.ts';
import { createConnectionId } from './connection-id.ts';

const SWEEP_LATE_MS = 1000;

interface Negotiated {
  readonly state: 'negotiated';
  readonly connectionId: string;
  readonly hub: string;
  readonly expiresAt: number;
}

interface Attached {
  readonly state: 'attached';
  readonly connection: ClientConnection;
}

/** What a request's `id` stands for. */
export type Claimed =
  | { readonly found: 'negotiated'; readonly connectionId: string }
  | { readonly found: 'active' }
  | { readonly found: 'nothing' };

export interface ClientConnectionsOptions {
  /** Connections negotiated but not opened, at most. */
  readonly negotiatedMax: number;
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
  negotiate(hub: string, version: 0 | 1): { connectionId: string; connectionToken: string } | undefined {
    if (this.#negotiated >= this.#options.negotiatedMax) return undefined;
    const connectionId = createConnectionId();
    const connectionToken = version === 0 ? connectionId : createConnectionId();
    const expiresAt = this.#options.now() + this.#options.negotiateMs;
    this.#byToken.set(connectionToken, { state: 'negotiated', connectionId, hub, expiresAt });
    this.#negotiated += 1;
    return { connectionId, connectionToken };
  }

  /** Looks up what `id` names in a hub; a token of another hub names nothing. */
  find(connectionToken: string, hub: string): Claimed {
    const entry = this.#byToken.get(connectionToken);
    if (entry === undefined) return { found: 'nothing' };
    if (entry.state === 'attached') return { found: entry.connection.hubKey === hub ? 'active' : 'nothing' };
    return entry.hub === hub ? { found: 'negotiated', connectionId: entry.connectionId } : { found: 'nothing' };
  }

  attach(connection: ClientConnection): void {
    const { connectionToken } = connection.identity;
    if (this.#byToken.get(connectionToken)?.state === 'negotiated') this.#negotiated -= 1;
    this.#byToken.set(connectionToken, { state: 'attached', connection });
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
      if (entry.state === 'attached') entry.connection.sweep(now);
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
