// The clients of one hub on this app server.
import type { OpenConnectionMessage } from '@signalite/protocol/service';
import type { LocalClient } from '../hub/hub-sender.ts';
import type { Fragments } from '../server-connection/fragments.ts';
import type { Outlet } from '../server-connection/outlet.ts';
import { ClientConnection } from './client-connection.ts';
import type { ClientEnvironment, RegisteredClient } from './client-environment.ts';
import { ClientLink } from './client-link.ts';
import { ClientOpening } from './client-opening.ts';

/** What the clients share, apart from what this registry adds. */
export type ClientParts = Omit<ClientEnvironment, 'reading' | 'clock' | 'unreachable' | 'closed'>;

/** Finds clients by id, and looks after all of them once a second. */
export class ClientConnections {
  readonly #byId = new Map<string, ClientConnection>();
  /** Clients that are gone, but not for their hub. */
  readonly #ending = new Set<RegisteredClient>();
  readonly #clock = { tick: 0 };
  readonly #environment: ClientEnvironment;
  readonly #fragments: Fragments;
  #whenGone: (() => void)[] = [];

  /** `fragments` of clients that are gone are dropped. */
  constructor(parts: ClientParts, fragments: Fragments) {
    this.#fragments = fragments;
    this.#environment = {
      ...parts,
      reading: undefined,
      clock: this.#clock,
      unreachable: (client) => this.#unreachable(client),
      closed: (client) => this.#closed(client),
    };
  }

  get count(): number {
    return this.#byId.size;
  }

  countOn(outlet: Outlet): number {
    let count = 0;
    for (const client of this.#byId.values()) if (client.outlet === outlet) count += 1;
    return count;
  }

  find(connectionId: string): ClientConnection | undefined {
    return this.#byId.get(connectionId);
  }

  /** For sends to one client; undefined for clients of other app servers. */
  findLocal(connectionId: string): LocalClient | undefined {
    return this.#byId.get(connectionId);
  }

  /** A client came. One with the same id that is still here has lost its place. */
  open(message: OpenConnectionMessage, outlet: Outlet): void {
    this.#byId.get(message.connectionId)?.leave();
    const link = new ClientLink(message.connectionId, outlet);
    const client = new ClientConnection(this.#environment, link, new ClientOpening(message));
    this.#byId.set(message.connectionId, client);
  }

  /** Those clients are gone. */
  leave(isMeant: (client: ClientConnection) => boolean): void {
    for (const client of [...this.#byId.values()]) if (isMeant(client)) client.leave();
  }

  /** Once a second: deadlines and pings of all clients. */
  sweep(): void {
    this.#clock.tick += 1;
    for (const client of this.#byId.values()) client.sweep();
    for (const client of this.#ending) client.sweep();
  }

  /** Resolves when no client is left and every `onDisconnected` is done. */
  untilGone(): Promise<void> {
    if (this.#byId.size === 0 && this.#ending.size === 0) return Promise.resolve();
    return new Promise((resolve) => this.#whenGone.push(resolve));
  }

  #unreachable(client: RegisteredClient): void {
    if (this.#byId.get(client.connectionId) === client) {
      this.#byId.delete(client.connectionId);
      this.#fragments.drop(client.connectionId);
    }
    this.#ending.add(client);
  }

  #closed(client: RegisteredClient): void {
    this.#ending.delete(client);
    if (this.#byId.size > 0 || this.#ending.size > 0) return;
    for (const resolve of this.#whenGone.splice(0)) resolve();
  }
}
