import type { HubProtocol, TransportName } from '@signalite/protocol';

/** What a hub connection writes to and hears from: one negotiated connection over one transport. */
export interface Connection {
  /** What the server calls the connection; undefined when negotiation was skipped. */
  readonly connectionId: string | undefined;
  readonly transport: TransportName;
  /** The server agreed to stateful reconnect and the transport can do it: `reopen` may be used. */
  readonly isStateful: boolean;
  /** Long polling keeps itself alive: no pings are sent and no server timeout runs. */
  readonly keepsItselfAlive: boolean;
  /** Sends whole hub messages, as text or as bytes as the hub protocol wants. Resolves when taken; rejects when closed. */
  send(bytes: Uint8Array): Promise<void>;
  /** Opens a new socket for the same connection, after the old one was lost (client-protocol 4.2). Fails only once. */
  reopen(signal: AbortSignal): Promise<void>;
  /** Ends the transport. Resolves when it has ended; `closed` is not called any more. */
  close(): Promise<void>;
}

/** What a connection tells its owner. */
export interface ConnectionListener {
  /** Bytes of hub messages, split or joined anywhere. */
  received(bytes: Uint8Array): void;
  /** The transport ended by itself; comes once for each `open` and `reopen`. Without error: the server closed it in order. */
  closed(error: Error | undefined): void;
}

/** Opens a connection: negotiation with redirects, then the first transport that works. */
export type OpenConnection = (
  hubProtocol: HubProtocol,
  listener: ConnectionListener,
  signal: AbortSignal,
) => Promise<Connection>;
