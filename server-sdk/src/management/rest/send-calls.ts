// The calls that carry one message to its receivers (rest-api 4.4).
import type { SendTarget } from '../../hub/send-target.ts';
import type { MessageBody } from './message-body.ts';
import type { RestCall } from './rest-call.ts';
import { connectionPath, groupPath, userPath } from './rest-path.ts';

const SEND = '/:send';

/** One call for each id or name that is listed: the service knows no lists. */
export function sendCalls(target: SendTarget, body: MessageBody): RestCall[] {
  switch (target.to) {
    case 'all':
      return [{ ...sendTo(SEND, body), query: excluded(target.except) }];
    case 'connections':
      return distinct(target.connectionIds).map((id) => sendTo(connectionPath(id, SEND), body));
    case 'group':
      return [{ ...sendTo(groupPath(target.group, SEND), body), query: excluded(target.except) }];
    case 'groups':
      return target.groups.map((name) => sendTo(groupPath(name, SEND), body));
    case 'users':
      return distinct(target.userIds).map((id) => sendTo(userPath(id, SEND), body));
    default:
      return target satisfies never;
  }
}

/** Connections that a call leaves out. */
export function excluded(connectionIds: readonly string[]): [string, string][] {
  return connectionIds.map((id) => ['excluded', id]);
}

/** Never repeated on suspicion: a client would get the message twice. */
function sendTo(path: string, body: MessageBody): RestCall {
  return { method: 'POST', path, body, isRepeatable: false };
}

/** An id that is listed twice counts once; of groups each one counts (service-protocol 8.1). */
function distinct(ids: readonly string[]): string[] {
  return [...new Set(ids)];
}
