import type { HubHttpRequest } from './hub-http-request.ts';
import type { HubUser } from './hub-user.ts';

/** The client that a hub is called for. The same object for as long as the client is connected. */
export interface HubCallerContext {
  readonly connectionId: string;
  /** The user id given at negotiate; undefined for an anonymous client. Sends to a user go by it. */
  readonly userIdentifier: string | undefined;
  readonly user: HubUser;
  /** Your own values for this connection. They outlive the hub instance. */
  readonly items: Map<unknown, unknown>;
  readonly httpRequest: HubHttpRequest;
  /** Aborted when the client is gone. */
  readonly aborted: AbortSignal;
  /** Disconnects the client; it is not asked to come back. What was sent to it before still arrives. */
  abort(): void;
}
