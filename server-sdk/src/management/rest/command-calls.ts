// The call that carries each command (rest-api 4.1, 4.4, 6).
import type { HubCommand, HubCommandName, HubCommandOf } from '../hub-command.ts';
import type { RestCall } from './rest-call.ts';
import { connectionPath, groupPath, userPath } from './rest-path.ts';
import { excluded } from './send-calls.ts';

type CallOf<N extends HubCommandName> = (command: HubCommandOf<N>) => RestCall;

const CLOSE = '/:closeConnections';
const NO_CONNECTION = 'Warning.Connection.NotExisted';

const CALLS: { readonly [N in HubCommandName]: CallOf<N> } = {
  'add-to-group': ({ connectionId, group }) => ({
    ...change('PUT', memberPath(group, connectionId)),
    missing: 'Error.Connection.NotExisted',
  }),
  'remove-from-group': ({ connectionId, group }) => change('DELETE', memberPath(group, connectionId)),
  'remove-from-all-groups': ({ connectionId }) => change('DELETE', connectionPath(connectionId, '/groups')),
  'add-user-to-group': ({ userId, group, ttlSeconds }) => ({
    ...change('PUT', userPath(userId, groupPath(group))),
    query: ttlSeconds === undefined ? [] : [['ttl', `${ttlSeconds}`]],
  }),
  'remove-user-from-group': ({ userId, group }) => change('DELETE', userPath(userId, groupPath(group))),
  'remove-user-from-all-groups': ({ userId }) => change('DELETE', userPath(userId, '/groups')),
  'is-user-in-group': ({ userId, group }) => question(userPath(userId, groupPath(group)), 'Info.User.NotInGroup'),
  'connection-exists': ({ connectionId }) => question(connectionPath(connectionId), NO_CONNECTION),
  'user-exists': ({ userId }) => question(userPath(userId), 'Warning.User.NotExisted'),
  'group-exists': ({ group }) => question(groupPath(group), 'Warning.Group.NotExisted'),
  'close-connection': ({ connectionId, reason }) => ({
    ...change('DELETE', connectionPath(connectionId)),
    query: reasonQuery(reason),
    missing: NO_CONNECTION,
  }),
  'close-user': ({ userId, ...closing }) => close(userPath(userId, CLOSE), closing),
  'close-group': ({ group, ...closing }) => close(groupPath(group, CLOSE), closing),
  'close-all': (closing) => close(CLOSE, closing),
};

export function commandCall(command: HubCommand): RestCall {
  return callOf(command.do, command);
}

/** The correlation of name and command, which a union cannot express. */
function callOf<N extends HubCommandName>(name: N, command: HubCommandOf<N>): RestCall {
  const call: CallOf<N> = CALLS[name];
  return call(command);
}

function change(method: 'PUT' | 'DELETE', path: string): RestCall {
  return { method, path, isRepeatable: true };
}

function question(path: string, missing: string): RestCall {
  // The cloud lists HEAD; what is there and what is not, its headers tell.
  return { method: 'HEAD', path, isRepeatable: true, missing };
}

function close(path: string, closing: { readonly reason: string; readonly except: readonly string[] }): RestCall {
  const query = [...reasonQuery(closing.reason), ...excluded(closing.except)];
  return { method: 'POST', path, query, isRepeatable: true };
}

function reasonQuery(reason: string): [string, string][] {
  return reason === '' ? [] : [['reason', reason]];
}

function memberPath(group: string, connectionId: string): string {
  return groupPath(group, connectionPath(connectionId));
}
