import type { HubServer } from './server-link.ts';
import type { StickyServer } from './sticky-server.ts';

/** The server connections of one hub, weak ones too, and which of them takes the next client. */
export class HubServers implements Iterable<HubServer> {
  readonly #servers = new Set<HubServer>();
  #turn = 0;
  #listedAt = 0;

  /** Adds a connection whose handshake is done. */
  add(server: HubServer): void {
    this.#servers.add(server);
  }

  remove(server: HubServer): void {
    this.#servers.delete(server);
  }

  [Symbol.iterator](): IterableIterator<HubServer> {
    return this.#servers.values();
  }

  get count(): number {
    return this.#servers.size;
  }

  /** Any connection of one app server. */
  connectionOf(serverId: string): HubServer | undefined {
    for (const server of this.#servers) if (server.serverId === serverId) return server;
    return undefined;
  }

  /** Ids of connected servers, each once, sorted: SDKs compare the list as text (service-protocol 6.1). */
  serverIds(): string[] {
    return [...new Set([...this.#servers].map((server) => server.serverId))].sort();
  }

  /**
   * Timestamp for a list of servers. It grows from list to list, whatever the clock does: SDKs drop a list that is not
   * newer than the one they have (service-protocol 6.1).
   */
  nextListedAt(now: number): number {
    this.#listedAt = Math.max(now, this.#listedAt + 1);
    return this.#listedAt;
  }

  /** True when clients may come back on a new socket whichever connection takes them (service-protocol 10.1). */
  get allowStatefulReconnect(): boolean {
    const candidates = [...this.#servers].filter((server) => server.isAssignable);
    return candidates.length > 0 && candidates.every((server) => server.allowsStatefulReconnect);
  }

  /**
   * The connection for a new client: the server with the fewest clients, then its connection with the fewest, ties in
   * turn. Undefined when no connection may take it (service-protocol 7.6).
   */
  select(sticky?: StickyServer): HubServer | undefined {
    return this.#select(
      [...this.#servers].filter((server) => server.isAssignable),
      sticky,
    );
  }

  /** As `select`, among the connections of all app servers but one. */
  selectOther(serverId: string, sticky?: StickyServer): HubServer | undefined {
    return this.#select(
      [...this.#servers].filter((server) => server.isAssignable && server.serverId !== serverId),
      sticky,
    );
  }

  #select(candidates: readonly HubServer[], sticky: StickyServer | undefined): HubServer | undefined {
    const wanted = candidates.filter((server) => server.serverId === sticky?.serverId);
    if (sticky?.isRequired === true || wanted.length > 0) return this.#leastLoaded(wanted);
    return this.#leastLoaded(candidates);
  }

  #leastLoaded(candidates: readonly HubServer[]): HubServer | undefined {
    const clientsOfServer = new Map<string, number>();
    for (const { serverId, clientCount } of this.#servers) {
      clientsOfServer.set(serverId, (clientsOfServer.get(serverId) ?? 0) + clientCount);
    }
    const load = (server: HubServer) => clientsOfServer.get(server.serverId) ?? 0;
    let best: HubServer[] = [];
    for (const server of candidates) {
      const other = best[0];
      const difference =
        other === undefined ? -1 : load(server) - load(other) || server.clientCount - other.clientCount;
      if (difference < 0) best = [server];
      else if (difference === 0) best.push(server);
    }
    this.#turn += 1;
    return best[this.#turn % Math.max(1, best.length)];
  }
}
