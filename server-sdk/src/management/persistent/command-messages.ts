// The service message that carries each command, and what it is about (service-protocol 4.7, 8.3, 8.4).
import type { ServiceMessageOf } from '@signalite/protocol/service';
import type { RoutedTarget } from '../../endpoints/routed-target.ts';
import type { HubCommand, HubCommandName, HubCommandOf } from '../hub-command.ts';

/** Messages that the service confirms. */
export type CommandMessage = ServiceMessageOf<18 | 19 | 21 | 23 | 24 | 25 | 26 | 27 | 30 | 31 | 32 | 33>;

/** A command on its way. */
export interface RoutedCommand {
  readonly target: RoutedTarget;
  readonly message: (ackId: number) => CommandMessage;
}

type RoutedOf<N extends HubCommandName> = (command: HubCommandOf<N>) => RoutedCommand;

const ROUTED: { readonly [N in HubCommandName]: RoutedOf<N> } = {
  'add-to-group': ({ connectionId, group }) => ({
    target: { to: 'group', group },
    message: (ackId) => ({ type: 18, connectionId, group, ackId }),
  }),
  'remove-from-group': ({ connectionId, group }) => ({
    target: { to: 'group', group },
    message: (ackId) => ({ type: 19, connectionId, group, ackId }),
  }),
  'remove-from-all-groups': ({ connectionId }) => ({
    target: oneConnection(connectionId),
    message: (ackId) => ({ type: 19, connectionId, ackId }),
  }),
  'add-user-to-group': ({ userId, group, ttlSeconds }) => ({
    target: { to: 'user-in-group', userId, group },
    message: (ackId) => ({ type: 26, userId, group, ackId, ...(ttlSeconds === undefined ? {} : { ttlSeconds }) }),
  }),
  'remove-user-from-group': ({ userId, group }) => ({
    target: { to: 'user-in-group', userId, group },
    message: (ackId) => ({ type: 27, userId, group, ackId }),
  }),
  'remove-user-from-all-groups': ({ userId }) => ({
    target: { to: 'users', userIds: [userId] },
    message: (ackId) => ({ type: 27, userId, ackId }),
  }),
  'is-user-in-group': ({ userId, group }) => ({
    target: { to: 'user-in-group', userId, group },
    message: (ackId) => ({ type: 21, userId, group, ackId }),
  }),
  'connection-exists': ({ connectionId }) => ({
    target: oneConnection(connectionId),
    message: (ackId) => ({ type: 24, connectionId, ackId }),
  }),
  'user-exists': ({ userId }) => ({
    target: { to: 'users', userIds: [userId] },
    message: (ackId) => ({ type: 25, userId, ackId }),
  }),
  'group-exists': ({ group }) => ({
    target: { to: 'group', group },
    message: (ackId) => ({ type: 23, group, ackId }),
  }),
  'close-connection': ({ connectionId, reason }) => ({
    target: oneConnection(connectionId),
    message: (ackId) => ({ type: 30, connectionId, ackId, ...reasonOf(reason) }),
  }),
  'close-user': ({ userId, reason, except }) => ({
    target: { to: 'users', userIds: [userId] },
    message: (ackId) => ({ type: 32, userId, ackId, excludedConnectionIds: except, ...reasonOf(reason) }),
  }),
  'close-group': ({ group, reason, except }) => ({
    target: { to: 'group', group },
    message: (ackId) => ({ type: 33, group, ackId, excludedConnectionIds: except, ...reasonOf(reason) }),
  }),
  'close-all': ({ reason, except }) => ({
    target: { to: 'all' },
    message: (ackId) => ({ type: 31, ackId, excludedConnectionIds: except, ...reasonOf(reason) }),
  }),
};

export function routedCommand(command: HubCommand): RoutedCommand {
  return routedOf(command.do, command);
}

/** The correlation of name and command, which a union cannot express. */
function routedOf<N extends HubCommandName>(name: N, command: HubCommandOf<N>): RoutedCommand {
  const routed: RoutedOf<N> = ROUTED[name];
  return routed(command);
}

function oneConnection(connectionId: string): RoutedTarget {
  return { to: 'connections', connectionIds: [connectionId] };
}

function reasonOf(reason: string): { readonly reason?: string } {
  return reason === '' ? {} : { reason };
}
