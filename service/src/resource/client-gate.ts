import { type Server, WebSocketServer } from 'ws';
import { identityOf } from '../auth/client-claims.ts';
import { ClientConnection } from '../client-connection/client-connection.ts';
import type { ClientConnections } from '../client-connection/client-connections.ts';
import type { ClientContext } from '../client-connection/client-context.ts';
import { createConnectionId } from '../client-connection/connection-id.ts';
import type { AcceptedUpgrade } from '../http/upgrade.ts';
import { openingOf } from '../http/upgrade-request.ts';
import type { Hubs } from '../hub/hubs.ts';
import { ClientWebSocket, WebSocketTransport } from '../transport/web-socket.ts';

export interface ClientGateOptions {
  readonly hubs: Hubs;
  readonly clients: ClientConnections;
  /** Shared by all client connections; the hub is added for each. */
  readonly shared: Omit<ClientContext, 'hub'>;
  readonly trustProxy: boolean;
}

/** Turns accepted upgrades into client connections. */
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

  open({ hub, token, rawQuery, parts }: AcceptedUpgrade, connectionToken: string | undefined): void {
    const { clients, trustProxy } = this.#options;
    const { request, socket, head } = parts;
    this.#webSockets.handleUpgrade(request, socket, head, (webSocket) => {
      const identity = identityOf(this.#ids(hub, connectionToken), token.claims);
      const opening = openingOf(request, { claims: token.claims, rawQuery, trustProxy });
      const connection = new ClientConnection(identity, opening, this.#contextOf(hub));
      const transport = new WebSocketTransport(webSocket, socket, connection);
      clients.attach(connection);
      connection.attach(transport);
      transport.open();
    });
  }

  /** A client that skipped negotiation gets one id on the spot (client-protocol 1.5). */
  #ids(hub: string, connectionToken: string | undefined): { connectionId: string; connectionToken: string } {
    if (connectionToken !== undefined) {
      const claimed = this.#options.clients.find(connectionToken, hub);
      if (claimed.found === 'negotiated') return { connectionId: claimed.connectionId, connectionToken };
    }
    const connectionId = createConnectionId();
    return { connectionId, connectionToken: connectionId };
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
