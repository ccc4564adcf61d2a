// What app servers ask of a hub, by name (service-protocol 4.7, 4.8).

import { encodeHubMessage, type HubMessage } from './hub-protocol.ts';
import { PackMap, type PackValue } from './message-pack.ts';
import { NO_EXTENSIONS, payloads, type ServiceMessage, ServiceType } from './service-message.ts';

/** A hub message for clients of both hub protocols: the target of an invocation without arguments, or ready payloads. */
export type Outgoing = string | PackMap;

/** A request for an Ack, once its ack id is known. */
export type AckableRequest = (ackId: number) => ServiceMessage;

/** The payloads of one hub message, in both hub protocols. */
export function payloadsOf(message: HubMessage): PackMap {
  return payloads({ json: encodeHubMessage('json', message), messagepack: encodeHubMessage('messagepack', message) });
}

function ready(outgoing: Outgoing): PackMap {
  return outgoing instanceof PackMap ? outgoing : payloadsOf({ type: 1, target: outgoing, arguments: [] });
}

export function toConnections(ids: readonly string[], outgoing: Outgoing): ServiceMessage {
  return [ServiceType.MultiConnectionData, ids, ready(outgoing), NO_EXTENSIONS];
}

export function toUser(userId: string, outgoing: Outgoing): ServiceMessage {
  return [ServiceType.UserData, userId, ready(outgoing), NO_EXTENSIONS];
}

export function toUsers(userIds: readonly string[], outgoing: Outgoing): ServiceMessage {
  return [ServiceType.MultiUserData, userIds, ready(outgoing), NO_EXTENSIONS];
}

interface BroadcastOptions {
  readonly except?: readonly string[];
  readonly extensions?: PackMap;
}

export function toAll(outgoing: Outgoing, options: BroadcastOptions = {}): ServiceMessage {
  const { except = [], extensions = NO_EXTENSIONS } = options;
  return [ServiceType.BroadcastData, except, ready(outgoing), extensions];
}

interface GroupOptions {
  readonly except?: readonly string[];
  readonly exceptUsers?: readonly string[];
}

export function toGroup(group: string, outgoing: Outgoing, options: GroupOptions = {}): ServiceMessage {
  const { except = [], exceptUsers = [] } = options;
  return [ServiceType.GroupBroadcastData, group, except, ready(outgoing), NO_EXTENSIONS, exceptUsers, null];
}

export function toGroups(groups: readonly string[], outgoing: Outgoing): ServiceMessage {
  return [ServiceType.MultiGroupBroadcastData, groups, ready(outgoing), NO_EXTENSIONS];
}

export function joinGroup(connectionId: string, group: string): ServiceMessage {
  return [ServiceType.JoinGroup, connectionId, group, NO_EXTENSIONS];
}

/** `null`: all groups. */
export function leaveGroup(connectionId: string, group: string | null): ServiceMessage {
  return [ServiceType.LeaveGroup, connectionId, group, NO_EXTENSIONS];
}

export function joinGroupAcked(connectionId: string, group: string): AckableRequest {
  return (ackId) => [ServiceType.JoinGroupWithAck, connectionId, group, ackId, NO_EXTENSIONS];
}

/** `null`: all groups. */
export function leaveGroupAcked(connectionId: string, group: string | null): AckableRequest {
  return (ackId) => [ServiceType.LeaveGroupWithAck, connectionId, group, ackId, NO_EXTENSIONS];
}

function withTtl(seconds: number | undefined): PackMap {
  return seconds === undefined ? NO_EXTENSIONS : new PackMap([[2, seconds]]);
}

export function userJoinGroup(userId: string, group: string, ttlSeconds?: number): ServiceMessage {
  return [ServiceType.UserJoinGroup, userId, group, withTtl(ttlSeconds)];
}

/** `null`: all groups. */
export function userLeaveGroup(userId: string, group: string | null): ServiceMessage {
  return [ServiceType.UserLeaveGroup, userId, group, NO_EXTENSIONS];
}

export function userJoinGroupAcked(userId: string, group: string, ttlSeconds?: number): AckableRequest {
  return (ackId) => [ServiceType.UserJoinGroupWithAck, userId, group, ackId, withTtl(ttlSeconds)];
}

/** `null`: all groups. */
export function userLeaveGroupAcked(userId: string, group: string | null): AckableRequest {
  return (ackId) => [ServiceType.UserLeaveGroupWithAck, userId, group, ackId, NO_EXTENSIONS];
}

export function isUserInGroup(userId: string, group: string): AckableRequest {
  return (ackId) => [ServiceType.CheckUserInGroup, userId, group, ackId, NO_EXTENSIONS];
}

export function isGroup(group: string): AckableRequest {
  return (ackId) => [ServiceType.CheckGroupExistence, group, ackId, NO_EXTENSIONS];
}

export function isConnection(connectionId: string): AckableRequest {
  return (ackId) => [ServiceType.CheckConnectionExistence, connectionId, ackId, NO_EXTENSIONS];
}

export function isUser(userId: string): AckableRequest {
  return (ackId) => [ServiceType.CheckUserExistence, userId, ackId, NO_EXTENSIONS];
}

export function closeConnection(connectionId: string, reason: string | null): AckableRequest {
  return (ackId) => [ServiceType.CloseConnectionWithAck, connectionId, reason, ackId, NO_EXTENSIONS];
}

export function closeAll(reason: string | null, except: readonly string[] = []): AckableRequest {
  return (ackId) => [ServiceType.CloseConnectionsWithAck, reason, ackId, except, NO_EXTENSIONS];
}

export function closeUser(userId: string, reason: string | null, except: readonly string[] = []): AckableRequest {
  return (ackId) => [ServiceType.CloseUserConnectionsWithAck, userId, reason, ackId, except, NO_EXTENSIONS];
}

export function closeGroup(group: string, reason: string | null, except: readonly string[] = []): AckableRequest {
  return (ackId) => [ServiceType.CloseGroupConnectionsWithAck, group, reason, ackId, except, NO_EXTENSIONS];
}

/** `max`: connections on a page. */
export function groupMembers(group: string, max: number | null, continuationToken: string | null): AckableRequest {
  return (ackId) => [ServiceType.GroupMemberQuery, NO_EXTENSIONS, group, ackId, max, continuationToken];
}

/** What names a client invocation in each of its messages. */
export interface InvocationAddress {
  readonly invocationId: string;
  readonly connectionId: string;
  readonly callerServerId: string;
}

function addressFields({ invocationId, connectionId, callerServerId }: InvocationAddress): readonly PackValue[] {
  return [invocationId, connectionId, callerServerId];
}

export function invokeClient(address: InvocationAddress, outgoing: Outgoing): ServiceMessage {
  return [ServiceType.ClientInvocation, ...addressFields(address), ready(outgoing), NO_EXTENSIONS];
}

/** An empty payload: whoever reports is the caller. */
export function completeInvocation(
  address: InvocationAddress,
  protocol: string,
  payload: Uint8Array = new Uint8Array(),
): ServiceMessage {
  const extensions = new PackMap([[3, protocol]]);
  return [ServiceType.ClientCompletion, ...addressFields(address), protocol, Uint8Array.from(payload), extensions];
}
