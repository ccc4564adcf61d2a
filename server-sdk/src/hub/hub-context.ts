import type { FlowSender, SendFlow } from './client-proxy.ts';
import { FlowGroups, type GroupManager } from './group-manager.ts';
import { FlowClients, type HubClients } from './hub-clients.ts';
import type { HubContract } from './hub-contract.ts';

/**
 * A hub seen from outside its calls: for requests, timers, queues. Everything sent through it travels on one server
 * connection, in order.
 */
export interface HubContext<C extends HubContract> {
  /** Sends to clients, and asks them for results. */
  readonly clients: HubClients<C>;
  /** Puts connections into groups and takes them out. */
  readonly groups: GroupManager;
}

/** The context of the hub that `sender` sends for. */
export function hubContext<C extends HubContract>(sender: FlowSender): HubContext<C> {
  const flow: SendFlow = { sender, route: undefined, beforeInvoke: () => undefined };
  return { clients: new FlowClients<C>(flow), groups: new FlowGroups(flow) };
}
