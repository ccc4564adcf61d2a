import type { HubHttpRequest } from './hub-http-request.ts';
import type { HubUser } from './hub-user.ts';

/** A client that one app server handed over to another when it shut down (`shutdownMode: 'migrate'`). */
export interface HubMigration {
  /** Id of the app server that it came from; undefined when it connected here. In `onConnected` and ever after. */
  readonly from: string | undefined;
  /** Id of the app server that it goes to; undefined while it is here. In `onDisconnected`. */
  readonly to: string | undefined;
}

/** The client that a hub is called for. The same object for as long as the client is connected. */
export interface HubCallerContext {
  /** Id of the connection: for sends, groups and logs. No secret. */
  readonly connectionId: string;
  /** The user id given at negotiate; undefined for an anonymous client. Sends to a user go by it. */
  readonly userIdentifier: string | undefined;
  /** Who the client is, by the claims given at negotiate. */
  readonly user: HubUser;
  /** Your own values for this connection. They outlive the hub instance. */
  readonly items: Map<unknown, unknown>;
  /** The request with which the client connected, as the service forwarded it. */
  readonly httpRequest: HubHttpRequest;
  /**
   * Set when the client came from another app server, or goes to one: it never left, though `onConnected` and
   * `onDisconnected` run. Undefined for all others.
   */
  readonly migration: HubMigration | undefined;
  /** Aborted when the client is gone, or goes on with another app server. */
  readonly aborted: AbortSignal;
  /** Disconnects the client; it is not asked to come back. What was sent to it before still arrives. */
  abort(): void;
}
