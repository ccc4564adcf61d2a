// One hub, seen through a transport: sends, groups, users, clients.

import { setMaxListeners } from 'node:events';
import { HubException } from '../errors.ts';
import type { FlowSender } from '../hub/client-proxy.ts';
import { type HubContext, hubContext } from '../hub/hub-context.ts';
import type { HubContract } from '../hub/hub-contract.ts';
import { checkTarget, requireGroup, requireId } from './argument-rules.ts';
import type { ClientManager } from './client-manager.ts';
import type { ConnectionGroupManager } from './connection-group-manager.ts';
import type { HubTransport } from './hub-transport.ts';
import { withLimits } from './linked-signal.ts';
import { TransportClientManager } from './transport-client-manager.ts';
import { TransportUserGroups } from './transport-user-groups.ts';
import type { UserGroupManager } from './user-group-manager.ts';

/** What can be done with a hub from outside of its calls. */
export interface ManagedHub<C extends HubContract> extends HubContext<C> {
  /** Puts connections into groups. */
  readonly groups: ConnectionGroupManager;
  /** Puts users into groups. */
  readonly userGroups: UserGroupManager;
  /** Asks about clients, and disconnects them. */
  readonly clientManager: ClientManager;
}

/** All of it ends when `signal` is aborted. */
export function managedHub<C extends HubContract>(transport: HubTransport, signal: AbortSignal): ManagedHub<C> {
  // Each operation that is under way listens to it.
  setMaxListeners(0, signal);
  const { clients, groups } = hubContext<C>(transportSender(transport, signal));
  const removeFromAllGroups = async (connectionId: string) => {
    requireId(connectionId, 'connectionId');
    await transport.perform({ do: 'remove-from-all-groups', connectionId }, signal);
  };
  return {
    clients,
    groups: {
      add: (connectionId, groupName) => groups.add(connectionId, groupName),
      remove: (connectionId, groupName) => groups.remove(connectionId, groupName),
      removeFromAllGroups,
    },
    userGroups: new TransportUserGroups(transport, signal),
    clientManager: new TransportClientManager(transport, signal),
  };
}

function transportSender(transport: HubTransport, signal: AbortSignal): FlowSender {
  return {
    async send(target, call) {
      checkTarget(target);
      requireId(call.method, 'method');
      await transport.send(target, call, signal);
    },
    async invoke(connectionId, { signal: givingUp, ...call }) {
      requireId(connectionId, 'connectionId');
      requireId(call.method, 'method');
      if (givingUp === undefined) return transport.invoke(connectionId, call, signal);
      try {
        return await withLimits({ signals: [signal, givingUp] }, (either) =>
          transport.invoke(connectionId, call, either),
        );
      } catch (error) {
        // As in hubs.
        if (givingUp.aborted && error === givingUp.reason) throw new HubException('Invocation canceled by the server.');
        throw error;
      }
    },
    async changeGroup({ change, connectionId, group }) {
      requireId(connectionId, 'connectionId');
      requireGroup(group);
      const command = change === 'join' ? 'add-to-group' : 'remove-from-group';
      await transport.perform({ do: command, connectionId, group }, signal);
    },
  };
}
