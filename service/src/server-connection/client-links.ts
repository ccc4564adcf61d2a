import type { ConnectionDataMessage } from '@signalite/protocol/service';
import type { ArrivingClient, LinkedClient, MovedClient, ServerLink } from '../hub/server-link.ts';
import type { CloseReason } from '../lifetime/close-reasons.ts';
import { ClientLink, type LinkHost } from './client-link.ts';
import { ClientMoves } from './client-moves.ts';
import type { ReleasedLink } from './released-link.ts';
import type { ServerContext } from './server-context.ts';

/** Where what an app server sends for one client goes. */
export interface IncomingLink {
  received(message: ConnectionDataMessage): void;
  closedByServer(error: string): void;
}

interface Released {
  readonly link: ReleasedLink;
  readonly deadlineAt: number;
}

/** The clients of one server connection by connection id, and those that it gave to another app server. */
export class ClientLinks {
  /** To other connections of the same app server. */
  readonly moves: ClientMoves;
  readonly #host: LinkHost;
  readonly #links = new Map<string, ClientLink>();
  readonly #released = new Map<string, Released>();

  constructor(host: LinkHost, context: ServerContext) {
    this.#host = host;
    this.moves = new ClientMoves({ ...host.identity, ...context, hubKey: context.hub.key, links: this });
  }

  /** Clients bound to the server connection. */
  get count(): number {
    return this.#links.size;
  }

  add(client: LinkedClient): ServerLink {
    return this.#added(client);
  }

  takeOver(arriving: ArrivingClient): ServerLink {
    const link = this.#added(arriving.client);
    link.takeOver(arriving);
    return link;
  }

  /** Goes on with a client of another connection of the same app server. */
  takeMoved(moved: MovedClient): ServerLink {
    const link = this.#added(moved.client);
    link.takeMoved(moved);
    return link;
  }

  /** The app server answered a pause; false when nobody asked for it. */
  pauseAnswered(connectionId: string): boolean {
    return this.#links.get(connectionId)?.pauseAnswered() === true;
  }

  remove(connectionId: string): void {
    this.#links.delete(connectionId);
  }

  find(connectionId: string): IncomingLink | undefined {
    return this.#links.get(connectionId) ?? this.#released.get(connectionId)?.link;
  }

  all(): ClientLink[] {
    return [...this.#links.values()];
  }

  /** Gives a client up to another app server. */
  release(link: ClientLink, { toServerId, deadlineAt }: { toServerId: string; deadlineAt: number }): void {
    this.#released.set(link.connectionId, { link: link.release(toServerId), deadlineAt });
  }

  pauseAll(): void {
    for (const link of this.#links.values()) link.pause();
  }

  /** Everybody is read again, when the app server takes what they send. */
  resumeAll(): void {
    if (this.#host.outbox.isFull) return;
    for (const link of this.#links.values()) link.resume();
  }

  dismissAll(reason: CloseReason): void {
    for (const link of this.all()) link.dismiss(reason);
  }

  /** The server connection ended. */
  loseAll(reason: CloseReason): void {
    this.#released.clear();
    for (const link of this.all()) link.lost(reason);
  }

  sweep(now: number): void {
    // In the order of their deadlines.
    for (const [connectionId, { deadlineAt }] of this.#released) {
      if (deadlineAt > now) return;
      this.#released.delete(connectionId);
    }
  }

  #added(client: LinkedClient): ClientLink {
    const link = new ClientLink(this.#host, client);
    this.#links.set(client.connectionId, link);
    return link;
  }
}
