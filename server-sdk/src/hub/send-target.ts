// Who gets a send, and the service message that says so (service-protocol 8.1).
import type { Payload, ServiceMessageOf } from '@signalite/protocol/service';

/** The receivers of a send. */
export type SendTarget =
  | { readonly to: 'all'; readonly except: readonly string[] }
  | { readonly to: 'connections'; readonly connectionIds: readonly string[] }
  | { readonly to: 'group'; readonly group: string; readonly except: readonly string[] }
  | { readonly to: 'groups'; readonly groups: readonly string[] }
  | { readonly to: 'users'; readonly userIds: readonly string[] };

/** A message to several clients, or to one. */
export type SendMessage = ServiceMessageOf<7 | 8 | 9 | 10 | 13 | 14>;

/** True when the target names nobody, so that nothing is sent. */
export function isEmptyTarget(target: SendTarget): boolean {
  if (target.to === 'connections') return target.connectionIds.length === 0;
  if (target.to === 'groups') return target.groups.length === 0;
  return target.to === 'users' && target.userIds.length === 0;
}

/** The one message that carries `payloads` to the target. */
export function messageFor(target: SendTarget, payloads: readonly Payload[]): SendMessage {
  switch (target.to) {
    case 'all':
      return { type: 10, excludedConnectionIds: target.except, payloads };
    case 'connections':
      return { type: 7, connectionIds: target.connectionIds, payloads };
    case 'group':
      return { type: 13, group: target.group, excludedConnectionIds: target.except, payloads, excludedUserIds: [] };
    case 'groups':
      return { type: 14, groups: target.groups, payloads };
    case 'users':
      return messageForUsers(target.userIds, payloads);
    default:
      return target satisfies never;
  }
}

function messageForUsers(userIds: readonly string[], payloads: readonly Payload[]): SendMessage {
  const [userId] = userIds;
  if (userIds.length === 1 && userId !== undefined) return { type: 8, userId, payloads };
  return { type: 9, userIds, payloads };
}
