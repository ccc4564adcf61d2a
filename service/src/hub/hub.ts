import type { HubLane, HubOperations } from './hub-operations.ts';
import { HubServers } from './hub-servers.ts';
import { type HubEnvironment, HubState } from './hub-state.ts';
import { LocalHubLane } from './local-hub-lane.ts';

/** One hub of one resource: its clients, what may be asked of them, and its app servers. */
export class Hub implements HubOperations {
  readonly clients: HubState;
  readonly servers = new HubServers();

  constructor(key: string, environment: HubEnvironment) {
    this.clients = new HubState(key, environment);
  }

  /** Identity: `[application_]hub`, lower case. */
  get key(): string {
    return this.clients.key;
  }

  openLane(): HubLane {
    return new LocalHubLane(this.clients);
  }
}
