// One hub at work: its clients, its server connections, its beginning and its end.
import { randomUUID } from 'node:crypto';
import { audienceFor, hubKey, serverUrl } from '@signalite/protocol';
import {
  type HandshakeRequestMessage,
  MigrationLevel,
  ServerConnectionType,
  ShutdownPing,
} from '@signalite/protocol/service';
import { TICK_MS } from './client-connection/client-state.ts';
import { type HubContext, hubContext } from './hub/hub-context.ts';
import type { HubContract } from './hub/hub-contract.ts';
import { createHubCore, type HubCore } from './hub-core.ts';
import type { HubEntry } from './hub-registration.ts';
import { messageFailed, serverConnectionEnded, serverDisconnected } from './log/events.ts';
import type { TokenSigner } from './negotiate/access-token.ts';
import type { NegotiatedHub } from './negotiate/negotiate.ts';
import type { ShutdownMode } from './options.ts';
import type { ResolvedOptions } from './resolve-options.ts';
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
  readonly context: HubContext<HubContract>;
  readonly #key: string;
  readonly #parts: HubRuntimeParts;
  readonly #core: HubCore;
  readonly #connections: ServerConnections;
  readonly #messages: MessageHost;
  #heartbeat: NodeJS.Timeout | undefined;

  constructor(name: string, entry: HubEntry, parts: HubRuntimeParts) {
    const { options, serverName, now } = parts;
    const { applicationName, hubDefaults, logger: log, maximumServerConnectionCount, serverConnectionCount } = options;
    this.#parts = parts;
    this.#key = hubKey(applicationName, name);
    this.#connections = new ServerConnections({
      hub: this.#key,
      count: serverConnectionCount,
      maximumCount: maximumServerConnectionCount,
      now,
      log,
      open: (target, signal) => this.#open(target, signal),
    });
    const outlets = this.#connections;
    this.#core = createHubCore({ key: this.#key, entry, defaults: hubDefaults, outlets, serverName, now, log });
    this.context = hubContext(this.#core.sender);
    this.#messages = {
      ...this.#core,
      fragments: new Fragments(),
      maximumWaitingBytes: this.#core.options.maximumWaitingBytes,
      log,
      openOnDemand: (target) => this.#connections.openOnDemand(target),
    };
  }

  /** What negotiate needs to know. */
  get negotiated(): NegotiatedHub {
    const { options, serverName, tokens } = this.#parts;
    const { enableDetailedErrors, handshakeTimeoutMs } = this.#core.options;
    const stickyMode = STICKY_MODES[options.serverStickyMode];
    return {
      key: this.#key,
      endpoint: options.endpoint,
      tokens,
      claims: { isDetailed: enableDetailedErrors, handshakeTimeoutMs, serverName, stickyMode },
      isConnected: () => this.#connections.isConnected,
      admission: this.#core.admission,
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
    const { clients } = this.#core;
    const deadline = timeout(shutdownTimeoutMs);
    this.#connections.stop();
    await Promise.race([this.#leave(shutdownMode), deadline.passed]);
    clients.leave(() => true);
    await Promise.race([clients.untilGone(), deadline.passed]);
    deadline.clear();
    await this.#connections.close();
    clearInterval(this.#heartbeat);
  }

  async #leave(mode: ShutdownMode): Promise<void> {
    await this.#connections.announceShutdown(FINS[mode]);
    if (mode !== 'disconnect') await this.#core.clients.untilGone();
  }

  async #open(target: string | undefined, signal: AbortSignal): Promise<ServerConnection> {
    const { options, serverName, tokens } = this.#parts;
    const { audienceBaseUrl, serverEndpoint } = options.endpoint;
    const serverConnectionId = randomUUID();
    const audience = audienceFor('server', audienceBaseUrl, this.#key);
    const token = await tokens.sign({ audience, claims: { nameid: serverName } });
    const identity = { connectionId: serverConnectionId, ...(target === undefined ? {} : { target }) };
    const url = serverUrl(serverEndpoint, this.#key, identity);
    const headers = {
      Authorization: `Bearer ${token}`,
      'Asrs-User-Agent': SDK_USER_AGENT,
      'X-ASRS-Server-Id': serverName,
    };
    const webSocket = await openWebSocket({ url, headers }, signal);
    const type = target === undefined ? ServerConnectionType.Default : ServerConnectionType.OnDemand;
    const name = { hub: this.#key, serverConnectionId };
    const connection = new ServerConnection(webSocket, name, this.#host(type));
    await connection.shakeHands(signal);
    return connection;
  }

  #host(type: ServerConnectionType): ServerConnectionHost {
    const { options, now } = this.#parts;
    const { clients } = this.#core;
    return {
      now,
      maximumSendBufferBytes: options.maximumSendBufferBytes,
      handshake: this.#handshake(type),
      received: (connection, message) => handleMessage(this.#messages, message, connection),
      faulted: (connection, error) => messageFailed(options.logger, connection.name, error),
      closed: (connection, reason) => this.#connectionClosed(connection, reason),
      counts: (connection) => ({ clientsInHub: clients.count, clients: clients.countOn(connection) }),
    };
  }

  #handshake(connectionType: ServerConnectionType): HandshakeRequestMessage {
    const { allowStatefulReconnects, shutdownMode } = this.#parts.options;
    const migrationLevel = shutdownMode === 'migrate' ? MigrationLevel.ShutdownOnly : MigrationLevel.Off;
    return { type: 1, version: 1, connectionType, target: '', migrationLevel, allowStatefulReconnects };
  }

  #connectionClosed(connection: ServerConnection, reason: string): void {
    const { acks, clients, results } = this.#core;
    const { logger } = this.#parts.options;
    if (this.#connections.isStopped) serverConnectionEnded(logger, connection.name, reason);
    else serverDisconnected(logger, connection.name, reason);
    acks.connectionLost(connection);
    results.connectionLost(connection);
    this.#connections.remove(connection);
    clients.leave((client) => client.outlet === connection);
  }

  #sweep(): void {
    this.#core.sweep();
    this.#connections.sweep();
  }
}

function timeout(milliseconds: number): { readonly passed: Promise<void>; readonly clear: () => void } {
  let timer: NodeJS.Timeout | undefined;
  const passed = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, milliseconds);
  });
  return { passed, clear: () => clearTimeout(timer) };
}
