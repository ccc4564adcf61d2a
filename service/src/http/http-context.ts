import type { BearerJudges } from '../auth/verify-bearer.ts';
import type { ClientConnections } from '../client-connection/client-connections.ts';
import type { ServiceLimits, ServiceTimers } from '../config/limits.ts';
import type { ServiceEvents } from '../log/events.ts';
import type { QuotaKeeper } from '../quota/quota-keeper.ts';
import type { ResourceSettings } from '../settings/resource-settings.ts';
import type { ManagedIdentity } from '../upstream/managed-identity.ts';

/** Choices about requests that stay as they were at start. */
export interface HttpOptions {
  /** Hosts that a token's audience may name; undefined: any. */
  readonly audienceHosts: readonly string[] | undefined;
  /** Believe `X-Forwarded-For` of requests. */
  readonly trustProxy: boolean;
  /** Apply the allowed origins to WebSockets too. */
  readonly checkWebSocketOrigin: boolean;
  /** Serverless: answer 403 to upgrades of app servers that are surely no weak connections. */
  readonly refuseServerUpgrade: boolean;
  /** Refuse REST calls whose `api-version` names no version. */
  readonly strictApiVersion: boolean;
}

/** What the routes of one resource work with. */
export interface HttpContext extends BearerJudges {
  readonly settings: ResourceSettings;
  readonly clients: ClientConnections;
  readonly limits: ServiceLimits;
  readonly timers: ServiceTimers;
  readonly events: ServiceEvents;
  readonly options: HttpOptions;
  readonly identity: ManagedIdentity;
  readonly quota: QuotaKeeper;
  /** Whether app servers may connect, in the mode in force now. */
  readonly takesAppServers: () => boolean;
  /** True when the app servers of a hub let clients come back on a new socket. */
  readonly allowsStatefulReconnect: (hub: string) => boolean;
  /** True once the resource takes no new connections. */
  readonly isStopping: () => boolean;
}
