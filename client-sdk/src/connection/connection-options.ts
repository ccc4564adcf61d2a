import type { TransportName } from '@signalite/protocol';

/** Gives the token of the next request; an empty one sends none. It may ask a server for a fresh one. */
export type AccessTokenFactory = () => string | Promise<string>;

/** How to reach a hub. */
export interface ConnectionOptions {
  /**
   * Asked for a token before each negotiation, each WebSocket and, once, after a 401. Where a negotiate answer redirects
   * and brings a token, that one is used until the next start. Default: no token.
   */
  readonly accessToken?: AccessTokenFactory;
  /** The same as `accessToken`, by the name it has in `@microsoft/signalr`. */
  readonly accessTokenFactory?: AccessTokenFactory;
  /** Sent with every request. Browsers cannot send them with a WebSocket. Default: none. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The transports that may be used, in the order to try them. Default: what the server offers, in its order. */
  readonly transports?: readonly TransportName[];
  /**
   * Connects a WebSocket at once, without negotiation: one round trip less, but no other transport, no redirect, no
   * connection id and no stateful reconnect. Default false.
   */
  readonly skipNegotiation?: boolean;
  /** Whether browsers send cookies to other origins. Default true. */
  readonly withCredentials?: boolean;
  /** How long one HTTP request or the opening of one transport may take, in milliseconds. Default 100,000. */
  readonly requestTimeoutMs?: number;
}

/** The options of a user and what his hub connection adds. */
export interface OpenConnectionOptions extends ConnectionOptions {
  /** Asks the server for stateful reconnect (client-protocol 4.1). Default false. */
  readonly useStatefulReconnect?: boolean;
}

export const DEFAULT_REQUEST_TIMEOUT_MS = 100_000;
