import { requireArgument } from './argument-checks.ts';
import type { SendFlow } from './client-proxy.ts';

/**
 * Puts connections into groups. A group exists while somebody is in it; membership ends with the connection. Both
 * operations may be repeated, and a connection that is not there is no error.
 *
 * @throws SignalRServerError `ack-timeout` when the service does not confirm within 10 s.
 */
export interface GroupManager {
  /** Resolves when sends to the group reach the connection. */
  add(connectionId: string, groupName: string): Promise<void>;
  /** Resolves when sends to the group do not reach it any more. */
  remove(connectionId: string, groupName: string): Promise<void>;
}

/** The groups of a hub, for changes of one flow. */
export class FlowGroups implements GroupManager {
  readonly #flow: SendFlow;

  constructor(flow: SendFlow) {
    this.#flow = flow;
  }

  add(connectionId: string, groupName: string): Promise<void> {
    return this.#change('join', connectionId, groupName);
  }

  remove(connectionId: string, groupName: string): Promise<void> {
    return this.#change('leave', connectionId, groupName);
  }

  #change(change: 'join' | 'leave', connectionId: string, groupName: string): Promise<void> {
    requireArgument(connectionId, 'connectionId');
    requireArgument(groupName, 'groupName');
    const { sender, route } = this.#flow;
    return sender.changeGroup({ change, connectionId, group: groupName }, route);
  }
}
