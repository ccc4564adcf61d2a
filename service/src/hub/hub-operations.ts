// The seam towards clients: what REST, server connections and the service itself can ask of a hub. Everything that
// crosses it is plain data, so that several service processes can be joined here later. Nobody goes around it: behind
// it a client is found by id, in front of it there are no client connections.

import type { Payload } from '@signalite/protocol/service';
import type { ResultOutcome } from './client-results.ts';

/** Who receives a message. */
export type SendTarget =
  | { readonly to: 'all'; readonly exceptConnections: readonly string[] }
  /** Ids listed twice count once. */
  | { readonly to: 'connections'; readonly connectionIds: readonly string[] }
  /** Ids listed twice count once. */
  | { readonly to: 'users'; readonly userIds: readonly string[] }
  | {
      readonly to: 'group';
      readonly group: string;
      readonly exceptConnections: readonly string[];
      readonly exceptUsers: readonly string[];
    }
  /** One copy for each listed group that a connection is in. */
  | { readonly to: 'groups'; readonly groups: readonly string[] };

/** A message with its receivers. Payloads may be views: they are used up before `send` returns. */
export interface Send {
  readonly target: SendTarget;
  readonly payloads: readonly Payload[];
  /** Expression on subscriber attributes (service-protocol 8.6). One that does not parse: nobody receives. */
  readonly filter?: string | undefined;
}

/** Whose membership in groups changes. */
export type GroupSubject =
  | { readonly connectionId: string }
  | { readonly userId: string; readonly ttlSeconds?: number | undefined };

/** A change of membership. Leaving without a group means all groups. */
export type GroupChange =
  | { readonly change: 'join'; readonly subject: GroupSubject; readonly group: string }
  | { readonly change: 'leave'; readonly subject: GroupSubject; readonly group: string | undefined };

/** A question about what exists. */
export type ExistenceCheck =
  | { readonly exists: 'connection'; readonly connectionId: string }
  | { readonly exists: 'user'; readonly userId: string }
  | { readonly exists: 'group'; readonly group: string }
  | { readonly exists: 'user-in-group'; readonly userId: string; readonly group: string };

/** Which connections are closed. */
export type CloseTarget =
  | { readonly close: 'connection'; readonly connectionId: string }
  | { readonly close: 'all'; readonly exceptConnections: readonly string[] }
  | { readonly close: 'user'; readonly userId: string; readonly exceptConnections: readonly string[] }
  | { readonly close: 'group'; readonly group: string; readonly exceptConnections: readonly string[] };

/** Asks one client for a result (service-protocol 9). */
export interface ClientInvoke {
  readonly invocationId: string;
  readonly connectionId: string;
  /** Server id of the caller. */
  readonly callerServerId: string;
  /** Invocation frames with the invocation id, one for each hub protocol. */
  readonly payloads: readonly Payload[];
  /** How long the result is waited for. Milliseconds. Default `timers.clientResultMs`. */
  readonly timeoutMs?: number | undefined;
}

/** A client result on its way. */
export interface PendingClientInvoke {
  /** The client's server is another than the caller: the caller is told which instance holds the client. */
  readonly isRouted: boolean;
  readonly outcome: Promise<ResultOutcome>;
}

/** Members of a group, one page of them. */
export interface GroupMembersPage {
  readonly members: readonly { readonly connectionId: string; readonly userId: string | undefined }[];
  /** Ask again with it; undefined on the last page. */
  readonly continuationToken: string | undefined;
}

/**
 * One sender's ordered way to the clients of a hub. What a lane did before is visible to what it does next.
 * `send` and `changeGroup` return nothing, never throw and keep the caller's order. Operations with an answer resolve
 * after their effect, and an acked change is visible to every later send from anywhere.
 */
export interface HubLane {
  send(send: Send): void;
  changeGroup(change: GroupChange): void;
  /** Resolves to false when the connection to change does not exist; users always do. */
  changeGroupAcked(change: GroupChange): Promise<boolean>;
  check(check: ExistenceCheck): Promise<boolean>;
  /** Resolves to how many connections were closed. */
  close(target: CloseTarget, reason: string | undefined): Promise<number>;
  /**
   * Ids of the connections that a filter on subscriber attributes selects; all without one. Rejects with
   * `FilterSyntaxError`.
   */
  select(filter: string | undefined): Promise<readonly string[]>;
  invoke(invoke: ClientInvoke): PendingClientInvoke;
  /** An app server reports the result of a client that it holds; false when nobody waits for it. */
  completeInvoke(invocationId: string, connectionId: string, outcome: ResultOutcome): boolean;
  /** `max`: connections on a page. Throws RangeError for a token that this service did not make. */
  groupMembers(group: string, max: number, continuationToken: string | undefined): Promise<GroupMembersPage>;
}

/** Opens lanes into one hub. */
export interface HubOperations {
  openLane(): HubLane;
}
