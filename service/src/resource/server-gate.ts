import { randomUUID } from 'node:crypto';
import { userIdOf } from '@signalite/protocol';
import { LRUCache } from 'lru-cache';
import { WebSocketServer } from 'ws';
import { queryValue } from '../http/request-target.ts';
import type { AcceptedUpgrade } from '../http/upgrade.ts';
import type { Hubs } from '../hub/hubs.ts';
import type { CloseReason } from '../lifetime/close-reasons.ts';
import { ServerConnection } from '../server-connection/server-connection.ts';
import type { ServerContext, ServerIdentity } from '../server-connection/server-context.ts';

// One WebSocket message may hold many service messages: a whole turn of an SDK, however small each of them must be.
const MESSAGES_PER_FRAME_MAX = 4;
const FRAME_BYTES_MIN = 16 * 1024 * 1024;
const REFUSALS_REMEMBERED = 1000;

export interface ServerGateOptions {
  readonly hubs: Hubs;
  /** Shared by all server connections; the hub is added for each. */
  readonly shared: Omit<ServerContext, 'hub' | 'isFirstRefusal'>;
}

/** Turns accepted upgrades into server connections, and keeps them. */
export class ServerGate {
  readonly #options: ServerGateOptions;
  readonly #connections = new Set<ServerConnection>();
  readonly #refused = new LRUCache<string, true>({ max: REFUSALS_REMEMBERED });
  readonly #webSockets: WebSocketServer;

  constructor(options: ServerGateOptions) {
    this.#options = options;
    const { limits, timers } = options.shared;
    const webSocketOptions = {
      noServer: true,
      clientTracking: false,
      perMessageDeflate: false,
      maxPayload: Math.max(limits.serviceMessageBytes * MESSAGES_PER_FRAME_MAX, FRAME_BYTES_MIN),
      closeTimeout: timers.closeMs,
    };
    this.#webSockets = new WebSocketServer(webSocketOptions);
  }

  get count(): number {
    return this.#connections.size;
  }

  open(upgrade: AcceptedUpgrade): void {
    const { request, socket, head } = upgrade.parts;
    this.#webSockets.handleUpgrade(request, socket, head, (webSocket) => {
      const hub = this.#options.hubs.get(upgrade.hub);
      const isFirstRefusal = (serverId: string) => this.#isFirstRefusal(serverId);
      const context = { ...this.#options.shared, hub, isFirstRefusal };
      const connection = new ServerConnection(serverIdentityOf(upgrade), { webSocket, socket }, context);
      this.#connections.add(connection);
      connection.open(() => this.#connections.delete(connection));
    });
  }

  #isFirstRefusal(serverId: string): boolean {
    if (this.#refused.has(serverId)) return false;
    this.#refused.set(serverId, true);
    return true;
  }

  sweep(now: number): void {
    for (const connection of this.#connections) connection.sweep(now);
  }

  closeAll(log: string, clients: CloseReason): void {
    for (const connection of this.#connections) connection.closeWithService(log, clients);
  }

  /** The messages of the day are used up: each is told and goes, and so do its clients. */
  closeForMessages(text: string, clients: CloseReason): void {
    for (const connection of this.#connections) connection.close(text, clients, text);
  }

  /** App servers have no place in the mode in force now; weak connections have. */
  refuseAppServers(): void {
    for (const connection of this.#connections) connection.refuseAsAppServer();
  }

  dropAll(): void {
    for (const connection of this.#connections) connection.drop();
  }
}

function serverIdentityOf({ token, rawQuery, parts }: AcceptedUpgrade): ServerIdentity {
  const serverConnectionId = queryValue(rawQuery, 'cid') ?? randomUUID();
  const header = parts.request.headersDistinct['x-asrs-server-id']?.[0];
  const serverId = userIdOf(token.claims) ?? header ?? serverConnectionId;
  return { serverConnectionId, serverId, target: queryValue(rawQuery, 'target') };
}
