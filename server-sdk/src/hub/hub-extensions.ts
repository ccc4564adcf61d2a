import type { HubFilter } from './hub-filter.ts';

/** What an app adds to its hubs: to all of them in `withAzureSignalR`, to one where it is named. */
export interface HubExtensions {
  /**
   * Wrap every call, connect and disconnect. Those of `withAzureSignalR` run first, then the hub's own, each list in its
   * order. Default: none.
   */
  readonly filters?: readonly HubFilter[];
}
