// One hub at work: its methods, its clients and its server connections, put together.
import { randomUUID } from 'node:crypto';
import { audienceFor, hubKey, serverUrl } from '@signalite/protocol';
import { MigrationLevel, ServerConnectionType, ShutdownPing } from '@signalite/protocol/service';
import { ClientConnections } from './client-connection/client-connections.ts';
import { TICK_MS } from './client-connection/client-state.ts';
import { HubProtocols } from './client-connection/hub-protocols.ts';
import { ClientResults } from './hub/client-results.ts';
import { type HubContext, hubContext } from './hub/hub-context.ts';
import type { HubContract } from './hub/hub-contract.ts';
import { HubDispatcher } from './hub/hub-dispatcher.ts';
import { HubSender } from './hub/hub-sender.ts';
import { MethodTable } from './hub/method-table.ts';
import { type HubEntry, registrationOf } from './hub-registration.ts';
import { serverConnectionEnded, serverDisconnected } from './log/events.ts';
import type { TokenSigner } from './negotiate/access-token.ts';
import type { ServiceClaims } from './negotiate/client-claims.ts';
import type { NegotiatedHub } from './negotiate/negotiate.ts';
import type { ResolvedHubOptions, ShutdownMode } from './options.ts';
import { type ResolvedOptions, resolveHubOptions } from './resolve-options.ts';
import { Acks } from './server-connection/acks.ts';
import { Fragments } from './server-connection/fragments.ts';
import { handleMessage, type MessageHost } from './server-connection/message-handlers.ts';
import { openWebSocket } from './server-connection/open-web-socket.ts';
import { ServerConnection, type ServerConnectionHost } from './server-connection/server-connection.ts';
import { ServerConnections } from './server-connection/server-connections.ts';
import { SDK_USER_AGENT } from './user-agent.ts';

/** What all hubs of an app share. */
export interface HubRuntimeParts {
  readonly options: ResolvedOptions;
  /** Name of this app server, the same for all its hubs. */
  readonly serverName: string;
  readonly tokens: TokenSigner;
  readonly now: () => number;
}

const FINS: { readonly [M in ShutdownMode]: ShutdownPing } = {
  disconnect: ShutdownPing.Fin,
  wait: ShutdownPing.FinWait,
  migrate: ShutdownPing.FinMigrate,
};
const STICKY_MODES = { disabled: undefined, preferred: 'Preferred', required: 'Required' } as const;

export class HubRuntime {
  /** Name for the service: application and hub, in lower case. */
  readonly key: string;
  readonly context: HubContext<HubContract>;
  readonly #parts: HubRuntimeParts;
  readonly #options: ResolvedHubOptions;
  readonly #connections: ServerConnections;
  readonly #messages: MessageHost;
  readonly #host: ServerConnectionHost;
  #heartbeat: NodeJS.Timeout | undefined;

  constructor(name: string, entry: HubEntry, parts: HubRuntimeParts) {
    const { options, serverName, now } = parts;
    const { hub, create, ...own } = registrationOf(entry);
    this.#parts = parts;
    this.key = hubKey(options.applicationName, name);
    this.#options = resolveHubOptions(options.hubDefaults, own);
    this.#connections = new ServerConnections({
      hub: this.key,
      count: options.serverConnectionCount,
      maximumCount: options.maximumServerConnectionCount,
      now,
      log: options.logger,
      open: (target) => this.#open(target),
    });
    const { supportedProtocols, maximumReceiveMessageBytes, clientResultTimeoutMs } = this.#options;
    const log = options.logger;
    const protocols = new HubProtocols(supportedProtocols, maximumReceiveMessageBytes);
    const acks = new Acks(now);
    const results = new ClientResults({ serverName, timeoutMs: clientResultTimeoutMs, now });
    const sender = new HubSender({
      outlets: this.#connections,
      protocols,
      acks,
      results,
      findClient: (connectionId) => clients.findLocal(connectionId),
    });
    const dispatcher = new HubDispatcher({
      methods: new MethodTable(hub),
      create,
      results,
      options: this.#options,
      log,
    });
    const clients = new ClientConnections({
      hub: this.key,
      options: this.#options,
      protocols,
      dispatcher,
      sender,
      results,
      log,
    });
    this.context = hubContext(sender);
    this.#messages = {
      clients,
      acks,
      results,
      protocols,
      fragments: new Fragments(),
      maximumWaitingBytes: this.#options.maximumWaitingBytes,
      log,
      openOnDemand: (target) => this.#connections.openOnDemand(target),
    };
    this.#host = this.#connectionHost();
  }

  /** What negotiate needs to know. */
  get negotiated(): NegotiatedHub {
    const { options, tokens } = this.#parts;
    const { connections } = { connections: this.#connections };
    return {
      key: this.key,
      endpoint: options.endpoint,
      tokens,
      claims: this.#claims(),
      get isConnected() {
        return connections.isConnected;
      },
    };
  }

  /** Resolves when a server connection is open. */
  async start(): Promise<void> {
    this.#heartbeat ??= setInterval(() => this.#sweep(), TICK_MS);
    await this.#connections.start(this.#parts.options.startTimeoutMs);
  }

  /** Leaves in order: the service is told, clients end, server connections close (service-protocol 12.1). */
  async close(): Promise<void> {
    const { shutdownMode, shutdownTimeoutMs } = this.#parts.options;
    const deadline = timeout(shutdownTimeoutMs);
    this.#connections.stop();
    await Promise.race([this.#leave(shutdownMode), deadline.passed]);
    this.#messages.clients.leave(() => true);
    await Promise.race([this.#messages.clients.untilGone(), deadline.passed]);
    deadline.clear();
    await this.#connections.close();
    clearInterval(this.#heartbeat);
    this.#heartbeat = undefined;
  }

  async #leave(mode: ShutdownMode): Promise<void> {
    await this.#connections.announceShutdown(FINS[mode]);
    if (mode !== 'disconnect') await this.#messages.clients.untilGone();
  }

  async #open(target: string | undefined): Promise<ServerConnection> {
    const { options, serverName, tokens } = this.#parts;
    const { endpoint } = options;
    const connectionId = randomUUID();
    const audience = audienceFor('server', endpoint.audienceBaseUrl, this.key);
    const token = await tokens.sign({ audience, claims: { nameid: serverName } });
    const webSocket = await openWebSocket({
      url: serverUrl(
        endpoint.serverEndpoint,
        this.key,
        target === undefined ? { connectionId } : { connectionId, target },
      ),
      headers: { Authorization: `Bearer ${token}`, 'Asrs-User-Agent': SDK_USER_AGENT, 'X-ASRS-Server-Id': serverName },
    });
    const type = target === undefined ? ServerConnectionType.Default : ServerConnectionType.OnDemand;
    const host = { ...this.#host, handshake: { ...this.#host.handshake, connectionType: type } };
    const connection = new ServerConnection(webSocket, { hub: this.key, serverConnectionId: connectionId }, host);
    await connection.shakeHands();
    return connection;
  }

  #connectionHost(): ServerConnectionHost {
    const { options, now } = this.#parts;
    const { allowStatefulReconnects, maximumSendBufferBytes, shutdownMode } = options;
    const { clients } = this.#messages;
    return {
      now,
      maximumSendBufferBytes,
      handshake: {
        type: 1,
        version: 1,
        connectionType: ServerConnectionType.Default,
        target: '',
        migrationLevel: shutdownMode === 'migrate' ? MigrationLevel.ShutdownOnly : MigrationLevel.Off,
        allowStatefulReconnects,
      },
      received: (connection, message) => handleMessage(this.#messages, message, connection),
      closed: (connection, reason) => this.#connectionClosed(connection, reason),
      counts: (connection) => ({ clientsInHub: clients.count, clients: clients.countOn(connection) }),
    };
  }

  #connectionClosed(connection: ServerConnection, reason: string): void {
    const { acks, clients, log, results } = this.#messages;
    if (this.#connections.isStopped) serverConnectionEnded(log, connection.name, reason);
    else serverDisconnected(log, connection.name, reason);
    acks.connectionLost(connection);
    results.connectionLost(connection);
    this.#connections.remove(connection);
    clients.leave((client) => client.outlet === connection);
  }

  #sweep(): void {
    const { acks, clients, results } = this.#messages;
    clients.sweep();
    acks.expire();
    results.expire();
    this.#connections.sweep();
  }

  #claims(): ServiceClaims {
    const { options, serverName } = this.#parts;
    const { enableDetailedErrors, handshakeTimeoutMs } = this.#options;
    const stickyMode = STICKY_MODES[options.serverStickyMode];
    return { isDetailed: enableDetailedErrors, handshakeTimeoutMs, serverName, stickyMode };
  }
}

function timeout(milliseconds: number): { readonly passed: Promise<void>; readonly clear: () => void } {
  let timer: NodeJS.Timeout | undefined;
  const passed = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, milliseconds);
  });
  return { passed, clear: () => clearTimeout(timer) };
}
