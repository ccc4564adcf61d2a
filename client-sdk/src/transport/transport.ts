import type { ConnectionListener } from '../connection/connection.ts';
import type { HttpClient } from '../connection/http-client.ts';

/** What every transport starts from. */
export interface TransportStart {
  /** Of the connection, with `id` if there is one. */
  readonly url: string;
  readonly http: HttpClient;
  /** The hub protocol is binary; else bytes are UTF-8. */
  readonly isBinary: boolean;
  readonly listener: ConnectionListener;
  /** Aborts the start; a transport that has started does not listen any more. */
  readonly signal: AbortSignal;
}

/** A started transport. The meaning of the members is that of `Connection`. */
export interface Transport {
  send(bytes: Uint8Array): Promise<void>;
  close(): Promise<void>;
}

/** Resolves when the server has accepted the transport for this connection. */
export type StartTransport = (start: TransportStart) => Promise<Transport>;

/** How long `close` waits for the peer, and for what was sent before. */
export const CLOSE_TIMEOUT_MS = 2_000;
