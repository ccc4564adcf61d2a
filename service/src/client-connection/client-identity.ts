import type { StickyServer } from '../hub/sticky-server.ts';

/** Who a client connection is, as its token and its request say. */
export interface ClientIdentity {
  /** What everybody calls the connection. */
  readonly connectionId: string;
  /** What only its client knows: the `id` of its requests (client-protocol 5.3). */
  readonly connectionToken: string;
  readonly userId: string | undefined;
  readonly sticky: StickyServer | undefined;
  /** Time for the hub handshake; undefined: the service's own. Milliseconds. */
  readonly handshakeMs: number | undefined;
  /** Negotiated stateful reconnect: it may come back on a new WebSocket. */
  readonly mayResume: boolean;
  /** How long it may stay without a poll; undefined: the service's own. Milliseconds. */
  readonly pollIntervalMs: number | undefined;
  /** When its authentication ends, and it with it; undefined: never. Milliseconds since 1970. */
  readonly expiresAt: number | undefined;
}
