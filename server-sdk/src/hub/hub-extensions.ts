import type { HubContext } from './hub-context.ts';
import type { UntypedHubContract } from './hub-contract.ts';
import type { HubFilter } from './hub-filter.ts';
import type { HubHttpRequest } from './hub-http-request.ts';
import type { HubUser } from './hub-user.ts';

/**
 * Names the user of a client, out of the claims that the app gave and the negotiate request. Undefined: this provider
 * knows none.
 */
export type UserIdProvider = (user: HubUser, request: HubHttpRequest) => string | undefined;

/** Called for one hub when the app server shuts down. */
export type ShutdownHook = (hub: HubContext<UntypedHubContract>) => void | Promise<void>;

/** What an app adds to its hubs: to all of them in `withAzureSignalR`, to one where it is named. */
export interface HubExtensions {
  /**
   * Wrap every call, connect and disconnect. Those of `withAzureSignalR` run first, then the hub's own, each list in its
   * order. Default: none.
   */
  readonly filters?: readonly HubFilter[];
  /**
   * The user id of clients for which negotiate was given no `userId`; a hub's own replaces that of `withAzureSignalR`.
   * Default, and where it gives undefined: the claim `nameid`, or `sub`.
   */
  readonly userIdProvider?: UserIdProvider;
  /**
   * Runs in `close()` once the services send no more clients, while those that are there can still be sent to (mode
   * `disconnect`: hardly). Within the time for `close()`; an error is logged. A hub's own replaces that of
   * `withAzureSignalR`. Default: nothing.
   */
  readonly onShutdown?: ShutdownHook;
}
