import type { SendFlow } from './client-proxy.ts';
import { FlowGroups, type GroupManager } from './group-manager.ts';
import { FlowClients, type HubClients } from './hub-clients.ts';
import type { HubContract } from './hub-contract.ts';
import type { HubSender } from './hub-sender.ts';

/**
 * A hub seen from outside its calls: for requests, timers, queues. Everything sent through it travels on one server
 * connection, in order.
 */
export interface HubContext<C extends HubContract> {
  readonly clients: HubClients<C>;
  readonly groups: GroupManager;
}

/** The context of the hub that `sender` sends for. */
export function hubContext<C extends HubContract>(sender: HubSender): HubContext<C> {
  const flow: SendFlow = { sender, route: undefined, beforeInvoke: () => undefined };
  return { clients: new FlowClients<C>(flow), groups: new FlowGroups(flow) };
}
