// An app server that shuts down with `fin:1` wants its clients to go on with another one (service-protocol 12.1).
//
// Newer SDKs could be paused first (10.2), so that everything sent earlier has come before the client is released. That
// would lose more than it saves: they let nothing out while paused, and throw away what waited when the client is
// released. What they send before they hear of the release comes over a released link instead.

import type { ServiceTimers } from '../config/limits.ts';
import type { Hub } from '../hub/hub.ts';
import type { ServiceEvents } from '../log/events.ts';
import type { ClientLink } from './client-link.ts';
import type { ClientLinks } from './client-links.ts';

const MOVES_PER_TURN = 200;

/** Whose clients leave. */
export interface MigrationSource {
  readonly serverId: string;
  readonly links: ClientLinks;
  readonly hub: Hub;
  readonly timers: ServiceTimers;
  readonly events: ServiceEvents;
  readonly now: () => number;
}

type Drain =
  | { readonly name: 'not-begun' }
  | { readonly name: 'under-way'; readonly until: number }
  | { readonly name: 'done' };

/** Moves the clients of one server connection to other app servers. */
export class ClientMigration {
  readonly #source: MigrationSource;
  #drain: Drain = { name: 'not-begun' };
  #isUnderWay = false;

  constructor(source: MigrationSource) {
    this.#source = source;
  }

  /**
   * Moves everybody who can move now, some in each turn of the event loop. Who cannot stays: call it again when another
   * app server may have come, or a client may have got its handshake response.
   */
  run(): void {
    if (this.#isUnderWay || !this.#isDrained() || this.#moveAll()) return;
    this.#isUnderWay = true;
    setImmediate(() => {
      this.#isUnderWay = false;
      this.run();
    });
  }

  /**
   * True when calls under way had time to be answered. Clients are not read meanwhile. .NET's SDKs let nothing out any
   * more for a client that they were told to release: who calls would wait for ever.
   */
  #isDrained(): boolean {
    const { links, hub, serverId, timers, now } = this.#source;
    if (this.#drain.name === 'done') return true;
    if (hub.servers.selectOther(serverId) === undefined) {
      if (this.#drain.name === 'under-way') links.resumeAll();
      this.#drain = { name: 'not-begun' };
      return false;
    }
    if (this.#drain.name === 'not-begun') {
      if (timers.migrationDrainMs > 0) links.pauseAll();
      this.#drain = { name: 'under-way', until: now() + timers.migrationDrainMs };
    }
    return this.#drain.until <= now();
  }

  /** True when nobody is left who can move. */
  #moveAll(): boolean {
    if (!this.#moveSome()) return false;
    // Who cannot move, or not yet, is served as before.
    if (this.#drain.name === 'under-way') this.#source.links.resumeAll();
    this.#drain = { name: 'done' };
    return true;
  }

  #moveSome(): boolean {
    const { links, hub, serverId } = this.#source;
    if (links.count === 0 || hub.servers.selectOther(serverId) === undefined) return true;
    let moved = 0;
    for (const link of links.all()) {
      if (moved === MOVES_PER_TURN) return false;
      if (this.#move(link)) moved += 1;
    }
    return true;
  }

  #move(link: ClientLink): boolean {
    const { links, hub, serverId, timers, events, now } = this.#source;
    const leaving = link.leaving;
    if (leaving === undefined) return false;
    const { client } = leaving;
    const { connectionId } = client;
    const target = hub.servers.selectOther(serverId, client.sticky);
    if (target === undefined) return false;
    links.release(link, { toServerId: target.serverId, deadlineAt: now() + timers.releasedMs });
    const next = target.takeOver(leaving);
    client.linkReplaced(next);
    // Who waits for a result of the client gets it from the new app server, which must know before it sees one.
    for (const result of hub.clients.results.awaitedFrom(connectionId)) next.expectResult(result, connectionId);
    events.emit({
      name: 'clientMigrated',
      hub: hub.key,
      connectionId,
      fromServerId: serverId,
      toServerId: target.serverId,
      serverConnectionId: target.serverConnectionId,
    });
    return true;
  }
}
