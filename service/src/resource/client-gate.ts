import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type Server, WebSocketServer } from 'ws';
import { identityOf } from '../auth/client-claims.ts';
import { ClientConnection } from '../client-connection/client-connection.ts';
import type { ClientConnections, ClientTransport } from '../client-connection/client-connections.ts';
import type { ClientContext } from '../client-connection/client-context.ts';
import { createConnectionId } from '../client-connection/connection-id.ts';
import type { Admitted } from '../http/admission.ts';
import type { TransportRequest } from '../http/transport-request.ts';
import type { AcceptedUpgrade } from '../http/upgrade.ts';
import { openingOf } from '../http/upgrade-request.ts';
import type { Hubs } from '../hub/hubs.ts';
import { LongPollingTransport } from '../transport/long-polling.ts';
import { Poll } from '../transport/poll.ts';
import type { PostLimits } from '../transport/post-queue.ts';
import { ServerSentEventsTransport } from '../transport/server-sent-events.ts';
import { ClientWebSocket, WebSocketTransport } from '../transport/web-socket.ts';

export interface ClientGateOptions {
  readonly hubs: Hubs;
  readonly clients: ClientConnections;
  /** Shared by all client connections; the hub is added for each. */
  readonly shared: Omit<ClientContext, 'hub'>;
  readonly trustProxy: boolean;
}

/** The request that makes a client connection of a negotiated one. */
interface FirstRequest extends Admitted {
  readonly rawQuery: string;
  readonly request: IncomingMessage;
}

/** Turns accepted requests into client connections. */
export class ClientGate {
  readonly #options: ClientGateOptions;
  readonly #contexts = new Map<string, ClientContext>();
  readonly #webSockets: Server<typeof ClientWebSocket>;

  constructor(options: ClientGateOptions) {
    this.#options = options;
    const { limits, timers } = options.shared;
    const webSocketOptions = {
      noServer: true,
      clientTracking: false,
      perMessageDeflate: false,
      // Bytes are moved, not read: whoever parses them checks them.
      skipUTF8Validation: true,
      maxPayload: limits.clientMessageBytes,
      closeTimeout: timers.closeMs,
      WebSocket: ClientWebSocket,
    };
    this.#webSockets = new WebSocketServer(webSocketOptions);
  }

  openWebSocket(upgrade: AcceptedUpgrade, connectionToken: string | undefined): void {
    const { request } = upgrade.parts;
    this.#upgrade(upgrade, (webSocket, socket) => {
      const { connection, early } = this.#create({ ...upgrade, request }, connectionToken);
      const transport = new WebSocketTransport(webSocket, socket, connection);
      this.#attach(connection, transport);
      transport.open();
      deliver(connection, early);
    });
  }

  /** The client is back: the new socket takes the place of the old one, dead or alive. */
  resume(upgrade: AcceptedUpgrade, connection: ClientConnection, before: WebSocketTransport): void {
    this.#upgrade(upgrade, (webSocket, socket) => {
      before.retire();
      const transport = new WebSocketTransport(webSocket, socket, connection);
      this.#options.clients.attach(connection, transport);
      transport.open();
      connection.resume(transport);
    });
  }

  openEvents(request: TransportRequest, connectionToken: string): void {
    const { connection, early } = this.#create(request, connectionToken);
    const transport = new ServerSentEventsTransport(request.response, connection, this.#posts);
    this.#attach(connection, transport);
    transport.open(request.headers);
    deliver(connection, early);
  }

  openPolling(request: TransportRequest, connectionToken: string): void {
    const { timers, now } = this.#options.shared;
    const { connection, early } = this.#create(request, connectionToken);
    const transport = new LongPollingTransport(connection, {
      pollMs: timers.pollMs,
      pollIntervalMs: connection.identity.pollIntervalMs ?? timers.pollIntervalMs,
      posts: this.#posts,
      now,
    });
    this.#attach(connection, transport);
    transport.open(new Poll(request.response, request.headers));
    deliver(connection, early);
  }

  get #posts(): PostLimits {
    const { limits, timers } = this.#options.shared;
    return { bodyBytes: limits.clientPostBytes, waiting: limits.clientPosts, postMs: timers.postMs };
  }

  #upgrade({ parts }: AcceptedUpgrade, opened: (webSocket: ClientWebSocket, socket: Duplex) => void): void {
    const { request, socket, head } = parts;
    this.#webSockets.handleUpgrade(request, socket, head, (webSocket) => opened(webSocket, socket));
  }

  /** A client that skipped negotiation gets one id on the spot (client-protocol 1.5). */
  #create({ hub, token, rawQuery, request }: FirstRequest, connectionToken: string | undefined) {
    const { clients, trustProxy } = this.#options;
    const taken = connectionToken === undefined ? undefined : clients.take(connectionToken);
    const connectionId = createConnectionId();
    const ids = taken?.ids ?? { connectionId, connectionToken: connectionId, mayResume: false };
    const opening = openingOf(request, { claims: token.claims, rawQuery, trustProxy });
    const connection = new ClientConnection(identityOf(ids, token.claims), opening, this.#contextOf(hub));
    return { connection, early: taken?.early ?? [] };
  }

  #attach(connection: ClientConnection, transport: ClientTransport): void {
    this.#options.clients.attach(connection, transport);
    connection.attach(transport);
  }

  #contextOf(hubKey: string): ClientContext {
    let context = this.#contexts.get(hubKey);
    if (context === undefined) {
      context = { ...this.#options.shared, hub: this.#options.hubs.get(hubKey) };
      this.#contexts.set(hubKey, context);
    }
    return context;
  }
}

/** What the client sent before it had a transport. */
function deliver(connection: ClientConnection, early: readonly Buffer[]): void {
  for (const bytes of early) connection.transportReceived(bytes);
}
