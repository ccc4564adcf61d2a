import type { ServiceLimits, ServiceTimers } from '../config/limits.ts';
import type { CloseReason } from '../lifetime/close-reasons.ts';
import type { ServiceEvents } from '../log/events.ts';
import { ClientResults } from './client-results.ts';
import { Groups } from './groups.ts';
import { type HubMember, JoinedBy } from './hub-member.ts';
import { UserGroups } from './user-groups.ts';
import { Users } from './users.ts';

// Clients name hub protocols as they like.
const TOLD_MAX = 32;

/** What every hub of a resource shares. */
export interface HubEnvironment {
  readonly limits: ServiceLimits;
  readonly timers: ServiceTimers;
  readonly events: ServiceEvents;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** Who is connected to one hub, and in which group. */
export class HubState {
  /** Identity: `[application_]hub`, lower case. */
  readonly key: string;
  readonly environment: HubEnvironment;
  readonly members = new Map<string, HubMember>();
  readonly groups = new Groups();
  readonly users = new Users();
  readonly userGroups: UserGroups;
  readonly results: ClientResults;
  readonly #told = new Set<string>();

  constructor(key: string, environment: HubEnvironment) {
    this.key = key;
    this.environment = environment;
    this.userGroups = new UserGroups(environment.limits.userGroupsWithoutTtl, environment.limits.rememberedUsers);
    this.results = new ClientResults(environment.limits.pendingClientResults);
  }

  /** Makes a client reachable, in the groups that its user is in. */
  add(member: HubMember): void {
    this.members.set(member.connectionId, member);
    this.users.add(member);
    if (member.userId === undefined) return;
    for (const group of this.userGroups.live(member.userId, this.environment.now())) {
      this.groups.join(member, group, JoinedBy.User);
    }
  }

  /** Takes a client out of everything. Safe to call for one that is out. */
  remove(member: HubMember): void {
    if (this.members.get(member.connectionId) !== member) return;
    this.members.delete(member.connectionId);
    this.users.remove(member);
    this.groups.leaveAll(member);
    this.results.failConnection(member.connectionId);
  }

  /** Tells once of a hub protocol for which messages have no payload: a mixed hub would tell with every send. */
  payloadMissing(hubProtocol: string): void {
    if (this.#told.has(hubProtocol) || this.#told.size >= TOLD_MAX) return;
    this.#told.add(hubProtocol);
    this.environment.events.emit({ name: 'payloadMissing', hub: this.key, hubProtocol });
  }

  closeAll(reason: CloseReason): void {
    for (const member of [...this.members.values()]) member.close(reason);
  }

  /** Deadlines of what the hub keeps. */
  sweep(now: number): void {
    this.results.expire(now);
    for (const { userId, group } of this.userGroups.expire(now)) {
      for (const member of this.users.members(userId)) this.groups.leaveBy(member, group, JoinedBy.User);
    }
  }
}
