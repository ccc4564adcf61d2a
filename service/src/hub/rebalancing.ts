// Whether the connections of an app server share its clients (service-protocol 6.4, 10.2). Only clients of one app server
// are evened out: between app servers they do not move while both are there.

import type { ServiceLimits, ServiceTimers } from '../config/limits.ts';
import type { HubServer } from './server-link.ts';

/** When connections are uneven, and how far they are evened out. */
export interface RebalancingOptions {
  readonly limits: Pick<ServiceLimits, 'clientsPerServerConnection' | 'rebalanceDifference' | 'rebalanceAtOnce'>;
  readonly timers: Pick<ServiceTimers, 'rebalanceMs' | 'onDemandMs'>;
}

// One connection must have so many times as many clients as another.
const UNEVEN_RATIO = 2;

/** Evens out the clients of one hub. */
export class Rebalancing {
  readonly #options: RebalancingOptions;
  readonly #askedAt = new Map<string, number>();
  #nextAt = 0;

  constructor(options: RebalancingOptions) {
    this.#options = options;
  }

  /** Looks at the connections of a hub, every `rebalanceMs`. */
  sweep(servers: Iterable<HubServer>, now: number): void {
    if (now < this.#nextAt) return;
    this.#nextAt = now + this.#options.timers.rebalanceMs;
    const byServer = groupByServer(assignable(servers));
    for (const [serverId, connections] of byServer) {
      this.#evenOut(connections);
      this.#askForMore(serverId, connections, now);
    }
    for (const serverId of this.#askedAt.keys()) if (!byServer.has(serverId)) this.#askedAt.delete(serverId);
  }

  #evenOut(connections: readonly HubServer[]): void {
    const { rebalanceDifference, rebalanceAtOnce } = this.#options.limits;
    const able = connections.filter(({ canMoveClients }) => canMoveClients);
    const [fullest, emptiest] = [extreme(able, 1), extreme(able, -1)];
    if (fullest === undefined || emptiest === undefined) return;
    const difference = fullest.clientCount - emptiest.clientCount;
    if (difference < rebalanceDifference || fullest.clientCount < emptiest.clientCount * UNEVEN_RATIO) return;
    fullest.moveClients(emptiest, Math.min(Math.floor(difference / 2), rebalanceAtOnce));
  }

  #askForMore(serverId: string, connections: readonly HubServer[], now: number): void {
    const { limits, timers } = this.#options;
    if (connections.some(({ clientCount }) => clientCount <= limits.clientsPerServerConnection)) return;
    const askedAt = this.#askedAt.get(serverId);
    if (askedAt !== undefined && now - askedAt < timers.onDemandMs) return;
    this.#askedAt.set(serverId, now);
    connections[0]?.requestConnection();
  }
}

function assignable(servers: Iterable<HubServer>): HubServer[] {
  return [...servers].filter(({ isAssignable }) => isAssignable);
}

function groupByServer(servers: readonly HubServer[]): Map<string, HubServer[]> {
  const groups = new Map<string, HubServer[]>();
  for (const server of servers) {
    const group = groups.get(server.serverId);
    if (group === undefined) groups.set(server.serverId, [server]);
    else group.push(server);
  }
  return groups;
}

/** The connection with the most clients, or with the fewest. */
function extreme(connections: readonly HubServer[], sign: 1 | -1): HubServer | undefined {
  let found: HubServer | undefined;
  for (const one of connections) {
    if (found === undefined || sign * (one.clientCount - found.clientCount) > 0) found = one;
  }
  return found;
}
