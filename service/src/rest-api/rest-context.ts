import type { IncomingMessage } from 'node:http';
import type { BearerJudges } from '../auth/verify-bearer.ts';
import type { ServiceLimits, ServiceTimers } from '../config/limits.ts';
import type { Hubs } from '../hub/hubs.ts';
import type { ServiceEvents } from '../log/events.ts';
import type { ResourceSettings } from '../settings/resource-settings.ts';

/** Choices that stay as they were at start. */
export interface RestOptions {
  /** Hosts that a token's audience may name; undefined: any. */
  readonly audienceHosts: readonly string[] | undefined;
  /** Believe `X-Forwarded-For` of requests. */
  readonly trustProxy: boolean;
  /** 400 unless `api-version` names a version (rest-api 1). */
  readonly strictApiVersion: boolean;
}

/** What the REST API of one resource works with. */
export interface RestContext extends BearerJudges {
  /** Everything that a call does goes through the lanes of these. */
  readonly hubs: Hubs;
  readonly settings: ResourceSettings;
  readonly limits: ServiceLimits;
  readonly timers: ServiceTimers;
  readonly events: ServiceEvents;
  readonly options: RestOptions;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Caller of client results, as app servers see it. */
  readonly instanceId: string;
  /** True while the messages of the day are used up. */
  readonly areMessagesSpent: () => boolean;
  /** True once the resource takes no new work. */
  readonly isStopping: () => boolean;
  /** Scheme and host, without a path or a slash, by which the caller of a request reaches the service. */
  readonly publicEndpoint: (request: IncomingMessage) => string;
}
