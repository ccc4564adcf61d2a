import { closedByRequest } from '../lifetime/close-reasons.ts';
import type { ResultFailure, ResultOutcome } from './client-results.ts';
import { FanOut, findPayload } from './fan-out.ts';
import { FilterSyntaxError } from './filter-tokens.ts';
import { pageOfMembers } from './group-members-page.ts';
import { type HubMember, JoinedBy } from './hub-member.ts';
import type {
  ClientInvoke,
  CloseTarget,
  ExistenceCheck,
  GroupChange,
  GroupMembersPage,
  HubLane,
  PendingClientInvoke,
  Send,
  SendTarget,
} from './hub-operations.ts';
import type { HubState } from './hub-state.ts';
import { parseSubscriberFilter } from './subscriber-filter.ts';

type Receivers = {
  [T in SendTarget['to']]: (hub: HubState, target: Extract<SendTarget, { to: T }>, fanOut: FanOut) => void;
};

/** How each kind of target finds its receivers. */
const RECEIVERS: Receivers = {
  all(hub, target, fanOut) {
    const except = new Set(target.exceptConnections);
    for (const member of hub.members.values()) if (!isExcluded(member, except)) fanOut.deliverTo(member);
  },
  connections(hub, target, fanOut) {
    for (const id of distinct(target.connectionIds)) {
      const member = hub.members.get(id);
      if (member !== undefined) fanOut.deliverTo(member);
    }
  },
  users(hub, target, fanOut) {
    for (const userId of distinct(target.userIds)) {
      for (const member of hub.users.members(userId)) fanOut.deliverTo(member);
    }
  },
  group(hub, target, fanOut) {
    const except = new Set(target.exceptConnections);
    const exceptUsers = new Set(target.exceptUsers);
    for (const member of hub.groups.members(target.group)) {
      const isExcludedUser = member.userId !== undefined && exceptUsers.size > 0 && exceptUsers.has(member.userId);
      if (!isExcludedUser && !isExcluded(member, except)) fanOut.deliverTo(member);
    }
  },
  groups(hub, target, fanOut) {
    for (const group of target.groups) for (const member of hub.groups.members(group)) fanOut.deliverTo(member);
  },
};

/** HubOperations inside one process: every operation takes effect before the call returns. */
export class LocalHubLane implements HubLane {
  readonly #hub: HubState;

  constructor(hub: HubState) {
    this.#hub = hub;
  }

  send({ target, payloads, filter }: Send): void {
    const hub = this.#hub;
    try {
      const selects = filter === undefined || filter === '' ? undefined : parseSubscriberFilter(filter);
      const fanOut = new FanOut(payloads, (hubProtocol) => hub.payloadMissing(hubProtocol), selects);
      deliver(hub, target, fanOut);
    } catch (error) {
      if (!(error instanceof FilterSyntaxError)) throw error;
      // To nobody rather than to everybody (service-protocol 8.6).
      hub.environment.events.emit({ name: 'filterMalformed', hub: hub.key, reason: error.message });
    }
  }

  changeGroup(change: GroupChange): void {
    this.#change(change);
  }

  changeGroupAcked(change: GroupChange): Promise<boolean> {
    return Promise.resolve(this.#change(change));
  }

  check(check: ExistenceCheck): Promise<boolean> {
    return Promise.resolve(this.#exists(check));
  }

  close(target: CloseTarget, reason: string | undefined): Promise<number> {
    const members = this.#closing(target);
    const closeReason = closedByRequest(reason);
    for (const member of members) member.close(closeReason);
    return Promise.resolve(members.length);
  }

  async select(filter: string | undefined): Promise<readonly string[]> {
    const selects = filter === undefined || filter === '' ? undefined : parseSubscriberFilter(filter);
    const members = [...this.#hub.members.values()];
    const selected = selects === undefined ? members : members.filter((member) => selects(member));
    return selected.map(({ connectionId }) => connectionId);
  }

  invoke({ invocationId, connectionId, callerServerId, payloads, timeoutMs }: ClientInvoke): PendingClientInvoke {
    const hub = this.#hub;
    const member = hub.members.get(connectionId);
    if (member === undefined) return failed('no-connection', `Connection '${connectionId}' does not exist.`);
    if (findPayload(payloads, member.hubProtocol) === undefined) {
      return failed('no-payload', `No payload for the hub protocol of connection '${connectionId}'.`);
    }
    const refusal = hub.results.refusal(invocationId);
    if (refusal !== undefined) return failed('refused', refusal);
    const deadlineAt = hub.environment.now() + (timeoutMs ?? hub.environment.timers.clientResultMs);
    const outcome = hub.results.wait({ invocationId, connectionId, callerServerId }, deadlineAt);
    // The client's server must know of the invocation before it sees the result.
    const route = member.expectResult({ invocationId, callerServerId });
    new FanOut(payloads, () => undefined).deliverTo(member);
    return { isRouted: route === 'other-server', outcome };
  }

  completeInvoke(invocationId: string, connectionId: string, outcome: ResultOutcome): boolean {
    return this.#hub.results.complete(invocationId, connectionId, outcome);
  }

  async groupMembers(group: string, max: number, continuationToken: string | undefined): Promise<GroupMembersPage> {
    return pageOfMembers(this.#hub.groups.members(group), max, continuationToken);
  }

  #change(change: GroupChange): boolean {
    if ('userId' in change.subject) {
      this.#changeUser(change, change.subject.userId, change.subject.ttlSeconds);
      return true;
    }
    const member = this.#hub.members.get(change.subject.connectionId);
    if (member === undefined) return false;
    if (change.change === 'join') this.#hub.groups.join(member, change.group);
    else if (change.group === undefined) this.#hub.groups.leaveAll(member);
    else this.#hub.groups.leave(member, change.group);
    return true;
  }

  #changeUser(change: GroupChange, userId: string, ttlSeconds: number | undefined): void {
    const { groups, userGroups, users, environment } = this.#hub;
    if (change.change === 'join') userGroups.remember(userId, change.group, ttlSeconds, environment.now());
    else userGroups.forget(userId, change.group);
    for (const member of users.members(userId)) {
      // A join without memory (ttl 0) never expires: it belongs to the connection.
      if (change.change === 'join')
        groups.join(member, change.group, ttlSeconds === 0 ? JoinedBy.Connection : JoinedBy.User);
      else if (change.group === undefined) groups.leaveAll(member);
      else groups.leave(member, change.group);
    }
  }

  #exists(check: ExistenceCheck): boolean {
    const { members, users, groups, userGroups, environment } = this.#hub;
    switch (check.exists) {
      case 'connection':
        return members.has(check.connectionId);
      case 'user':
        return users.has(check.userId);
      case 'group':
        return groups.has(check.group);
      case 'user-in-group': {
        if (userGroups.has(check.userId, check.group, environment.now())) return true;
        return [...users.members(check.userId)].some((member) => member.groups?.has(check.group) === true);
      }
    }
  }

  #closing(target: CloseTarget): HubMember[] {
    const { members, users, groups } = this.#hub;
    if (target.close === 'connection') {
      const member = members.get(target.connectionId);
      return member === undefined ? [] : [member];
    }
    const except = new Set(target.exceptConnections);
    const all =
      target.close === 'all'
        ? members.values()
        : target.close === 'user'
          ? users.members(target.userId)
          : groups.members(target.group);
    return [...all].filter((member) => !isExcluded(member, except));
  }
}

/** Each target's own function: the table is typed, so the pairing of tag and function holds by construction. */
function deliver<T extends SendTarget['to']>(
  hub: HubState,
  target: Extract<SendTarget, { to: T }>,
  fanOut: FanOut,
): void {
  const receivers: Receivers[T] = RECEIVERS[target.to as T];
  receivers(hub, target, fanOut);
}

function isExcluded(member: HubMember, except: ReadonlySet<string>): boolean {
  return except.size > 0 && except.has(member.connectionId);
}

function distinct(ids: readonly string[]): Iterable<string> {
  return ids.length > 1 ? new Set(ids) : ids;
}

function failed(why: ResultFailure, error: string): PendingClientInvoke {
  return { isRouted: false, outcome: Promise.resolve({ kind: 'failed', why, error }) };
}
