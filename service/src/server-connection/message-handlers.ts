// What each service message of an app server does (service-protocol 4-9). Sends and memberships become operations of
// the hub; what concerns one client goes down its link.

import {
  AckStatus,
  type DecodedServiceMessage,
  type Payload,
  type ServiceMessage,
  type ServiceMessageOf,
} from '@signalite/protocol/service';
import type { CloseTarget, ExistenceCheck, GroupChange, SendTarget } from '../hub/hub-operations.ts';
import { CloseReasons } from '../lifetime/close-reasons.ts';
import { answerAccessKeyRequest } from './access-key-messages.ts';
import { invokeClient, reportResult } from './client-result-messages.ts';
import { handleFlowControl } from './flow-control.ts';
import { sendGroupMembers } from './group-member-query.ts';
import { handleHandshake } from './handshake.ts';
import type { MessageHost } from './message-host.ts';
import { handlePing } from './ping-handlers.ts';
import { settle } from './settle.ts';

type Handler<T extends ServiceMessage['type']> = (host: MessageHost, message: ServiceMessageOf<T>) => void;
type HandlerTable = { readonly [T in ServiceMessage['type']]: Handler<T> };

const HANDLERS: HandlerTable = {
  1: handleHandshake,
  2: ignoreServiceOnly,
  3: handlePing,
  4: ignoreServiceOnly,
  5: (host, { connectionId, error }) => {
    const link = host.link(connectionId);
    // A server that does not hold the client asks for its end like everybody else (service-protocol 7.4).
    if (link !== undefined) link.closedByServer(error);
    // Unless it held the client until a while ago.
    else if (host.hasGivenClientsAway) ignore(host, 5, 'Its clients went on with other app servers.');
    else settle(host, host.lane.close({ close: 'connection', connectionId }, error));
  },
  // Data for a client that is gone is normal, and for one of another server it is nobody's.
  6: (host, message) => {
    host.context.hub.traffic.received(message.payload.length);
    host.link(message.connectionId)?.received(message);
  },
  7: (host, message) => send(host, message, { to: 'connections', connectionIds: message.connectionIds }),
  8: (host, message) => send(host, message, { to: 'users', userIds: [message.userId] }),
  9: (host, message) => send(host, message, { to: 'users', userIds: message.userIds }),
  10: (host, message) => send(host, message, { to: 'all', exceptConnections: message.excludedConnectionIds }),
  11: (host, { connectionId, group }) => host.lane.changeGroup({ change: 'join', subject: { connectionId }, group }),
  12: (host, { connectionId, group }) => host.lane.changeGroup({ change: 'leave', subject: { connectionId }, group }),
  13: (host, message) =>
    send(host, message, {
      to: 'group',
      group: message.group,
      exceptConnections: message.excludedConnectionIds,
      exceptUsers: message.excludedUserIds,
    }),
  14: (host, message) => send(host, message, { to: 'groups', groups: message.groups }),
  15: ignoreServiceOnly,
  16: (host, { userId, group, ttlSeconds }) =>
    host.lane.changeGroup({ change: 'join', subject: { userId, ttlSeconds }, group }),
  17: (host, { userId, group }) => host.lane.changeGroup({ change: 'leave', subject: { userId }, group }),
  18: (host, { connectionId, group, ackId }) =>
    ackChange(host, ackId, { change: 'join', subject: { connectionId }, group }),
  19: (host, { connectionId, group, ackId }) =>
    ackChange(host, ackId, { change: 'leave', subject: { connectionId }, group }),
  20: ignoreServiceOnly,
  21: (host, { userId, group, ackId }) => ackCheck(host, ackId, { exists: 'user-in-group', userId, group }),
  22: ignoreServiceOnly,
  23: (host, { group, ackId }) => ackCheck(host, ackId, { exists: 'group', group }),
  24: (host, { connectionId, ackId }) => ackCheck(host, ackId, { exists: 'connection', connectionId }),
  25: (host, { userId, ackId }) => ackCheck(host, ackId, { exists: 'user', userId }),
  26: (host, { userId, group, ttlSeconds, ackId }) =>
    ackChange(host, ackId, { change: 'join', subject: { userId, ttlSeconds }, group }),
  27: (host, { userId, group, ackId }) => ackChange(host, ackId, { change: 'leave', subject: { userId }, group }),
  28: answerAccessKeyRequest,
  29: ignoreServiceOnly,
  30: (host, { connectionId, reason, ackId }) => ackClose(host, ackId, { close: 'connection', connectionId }, reason),
  31: (host, { excludedConnectionIds, reason, ackId }) =>
    ackClose(host, ackId, { close: 'all', exceptConnections: excludedConnectionIds }, reason),
  32: (host, { userId, excludedConnectionIds, reason, ackId }) =>
    ackClose(host, ackId, { close: 'user', userId, exceptConnections: excludedConnectionIds }, reason),
  33: (host, { group, excludedConnectionIds, reason, ackId }) =>
    ackClose(host, ackId, { close: 'group', group, exceptConnections: excludedConnectionIds }, reason),
  34: invokeClient,
  35: reportResult,
  36: reportResult,
  37: ignoreServiceOnly,
  38: ignoreServiceOnly,
  39: handleFlowControl,
  40: sendGroupMembers,
};

/** Handles one message, in order. */
export function handleMessage(host: MessageHost, message: DecodedServiceMessage): void {
  if (message.type === 'unknown') ignore(host, message.messageType, 'The type is not known.');
  else if (host.state.name === 'handshaking' && message.type !== 1) {
    host.close(
      'The first message was not a handshake request.',
      CloseReasons.serverConnectionLost,
      'A handshake request must come first.',
    );
  } else dispatch(host, message);
}

function dispatch<T extends ServiceMessage['type']>(host: MessageHost, message: ServiceMessageOf<T>): void {
  const handler: Handler<T> = HANDLERS[message.type as T];
  if ('tracingId' in message && message.tracingId !== undefined) traced(host, message.type, message.tracingId);
  handler(host, message);
}

/** Tells of a message that its app server traces, so that what belongs together can be joined (service-protocol 8.5). */
function traced({ context, identity }: MessageHost, messageType: number, tracingId: bigint): void {
  const { serverId, serverConnectionId } = identity;
  context.events.emit({
    name: 'messageTraced',
    hub: context.hub.key,
    serverId,
    serverConnectionId,
    messageType,
    tracingId: `${tracingId}`,
  });
}

function send(
  host: MessageHost,
  { payloads, filter }: { readonly payloads: readonly Payload[]; readonly filter?: string },
  target: SendTarget,
): void {
  for (const { data } of payloads) host.context.hub.traffic.received(data.length);
  host.lane.send({ target, payloads, filter });
}

function ackChange(host: MessageHost, ackId: number, change: GroupChange): void {
  settle(
    host,
    host.lane.changeGroupAcked(change).then((exists) => ack(host, ackId, exists)),
  );
}

function ackCheck(host: MessageHost, ackId: number, check: ExistenceCheck): void {
  settle(
    host,
    host.lane.check(check).then((exists) => ack(host, ackId, exists)),
  );
}

function ackClose(host: MessageHost, ackId: number, target: CloseTarget, reason: string | undefined): void {
  const isOne = target.close === 'connection';
  settle(
    host,
    host.lane.close(target, reason).then((closed) => ack(host, ackId, closed > 0 || !isOne)),
  );
}

function ack(host: MessageHost, ackId: number, isOk: boolean): void {
  host.outbox.append({ type: 20, ackId, status: isOk ? AckStatus.Ok : AckStatus.NotFound, message: '' });
}

function ignoreServiceOnly(host: MessageHost, message: ServiceMessage): void {
  ignore(host, message.type, 'Only the service sends messages of this type.');
}

function ignore({ context, identity, ignored }: MessageHost, messageType: number, reason: string): void {
  if (!ignored.count(messageType)) return;
  const { serverConnectionId } = identity;
  context.events.emit({ name: 'serverMessageIgnored', hub: context.hub.key, serverConnectionId, messageType, reason });
}
