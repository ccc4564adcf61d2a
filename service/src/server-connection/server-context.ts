import type { ServiceLimits, ServiceTimers } from '../config/limits.ts';
import type { Hub } from '../hub/hub.ts';
import type { ServiceEvents } from '../log/events.ts';
import type { EndOfTurn } from '../outbound/end-of-turn.ts';

/** A key for client tokens, or why there is none. */
export type AccessKeyGrant =
  | { readonly keyId: string; readonly accessKey: string }
  | { readonly errorType: string; readonly errorMessage: string };

/** What all server connections of one hub share. */
export interface ServerContext {
  readonly hub: Hub;
  readonly limits: ServiceLimits;
  readonly timers: ServiceTimers;
  readonly events: ServiceEvents;
  readonly endOfTurn: EndOfTurn;
  /** Id of this service process towards app servers: short, stable while it lives (service-protocol 14). */
  readonly instanceId: string;
  /** Whether connections that take clients may open, in the mode in force now. */
  readonly takesAppServers: () => boolean;
  /** Why no app server is taken although the mode has them: the messages of the day are used up (control-plane 8.2). */
  readonly messagesSpentText: () => string | undefined;
  /** The most connections that the resource takes; undefined: no limit. */
  readonly connectionLimit: () => number | undefined;
  /** True the first time that it is asked for a server id: SDKs that are refused try for ever, and are told of once. */
  readonly isFirstRefusal: (serverId: string) => boolean;
  /** What an app server gets for a token of Microsoft Entra ID (service-protocol 11). */
  readonly grantAccessKey: (token: string) => Promise<AccessKeyGrant>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** What the upgrade request said of a server connection. */
export interface ServerIdentity {
  /** The `cid` of the URL. */
  readonly serverConnectionId: string;
  /** `nameid` of the token, else the header (service-protocol 3). */
  readonly serverId: string;
  /** The `target` of the URL, on on-demand connections. */
  readonly target: string | undefined;
}
