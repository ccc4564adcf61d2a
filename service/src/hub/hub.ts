import { HubTraffic } from '../metrics/hub-traffic.ts';
import { MessageBudget } from '../quota/message-budget.ts';
import type { HubLane, HubOperations } from './hub-operations.ts';
import { HubServers } from './hub-servers.ts';
import { type HubEnvironment, HubState } from './hub-state.ts';
import { LocalHubLane } from './local-hub-lane.ts';
import { Rebalancing } from './rebalancing.ts';

/** One hub of one resource: its clients, what may be asked of them, and its app servers. */
export class Hub implements HubOperations {
  readonly clients: HubState;
  readonly servers = new HubServers();
  readonly traffic: HubTraffic;
  readonly #rebalancing: Rebalancing;

  /** `budget`: of the resource; without one there is no end of messages. */
  constructor(key: string, environment: HubEnvironment & { readonly budget?: MessageBudget }) {
    this.traffic = new HubTraffic(environment.budget ?? new MessageBudget());
    this.clients = new HubState(key, environment);
    this.#rebalancing = new Rebalancing(environment);
  }

  /** Identity: `[application_]hub`, lower case. */
  get key(): string {
    return this.clients.key;
  }

  /** Looks at deadlines, and at whether server connections share their clients. */
  sweep(now: number): void {
    this.clients.sweep(now);
    this.#rebalancing.sweep(this.servers, now);
  }

  /** Asks each app server for one more connection; gives how many were asked. */
  requestConnections(): number {
    const asked = new Map(
      [...this.servers].filter(({ isAssignable }) => isAssignable).map((one) => [one.serverId, one]),
    );
    for (const server of asked.values()) server.requestConnection();
    return asked.size;
  }

  openLane(): HubLane {
    return new LocalHubLane(this.clients);
  }
}
