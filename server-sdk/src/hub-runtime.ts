// One hub at work: its clients, its endpoints, its beginning and its end.
import { hubKey } from '@signalite/protocol';
import { MigrationLevel, ServerConnectionType, ShutdownPing } from '@signalite/protocol/service';
import { TICK_MS } from './client-connection/client-state.ts';
import { bringIn, type ChangeOptions, leadOut, takeOut } from './endpoints/change-endpoints.ts';
import { completeRouter, createDefaultRouter } from './endpoints/default-router.ts';
import { HubEndpoint } from './endpoints/hub-endpoint.ts';
import { HubEndpoints } from './endpoints/hub-endpoints.ts';
import { EndpointType, type ServiceEndpoint } from './endpoints/service-endpoint.ts';
import { type HubContext, hubContext } from './hub/hub-context.ts';
import type { HubContract } from './hub/hub-contract.ts';
import { createHubCore, type HubCore } from './hub-core.ts';
import type { HubEntry } from './hub-registration.ts';
import { shutdownHookFailed } from './log/events.ts';
import type { NegotiatedHub } from './negotiate/negotiate.ts';
import type { ShutdownMode } from './options.ts';
import type { ResolvedOptions } from './resolve-options.ts';
import { handleMessage, type MessageHost } from './server-connection/message-handlers.ts';
import type { Outlets } from './server-connection/outlet.ts';

/** What all hubs of an app share. */
export interface HubRuntimeParts {
  readonly options: ResolvedOptions;
  /** Name of this app server, the same for all its hubs. */
  readonly serverName: string;
  readonly endpoints: readonly ServiceEndpoint[];
  /** Of every server connection. Default: what the type of its endpoint wants. */
  readonly connectionType?: ServerConnectionType;
  readonly now: () => number;
}

/** What operations on a hub from outside of its calls go through. */
export interface HubOperations extends Pick<HubCore, 'acks' | 'sender' | 'tracing'> {
  readonly outlets: Outlets;
}

const FINS: { readonly [M in ShutdownMode]: ShutdownPing } = {
  disconnect: ShutdownPing.Fin,
  wait: ShutdownPing.FinWait,
  migrate: ShutdownPing.FinMigrate,
};
const CONNECTION_TYPES: { readonly [T in EndpointType]: ServerConnectionType } = {
  [EndpointType.Primary]: ServerConnectionType.Default,
  [EndpointType.Secondary]: ServerConnectionType.Weak,
};
const STICKY_MODES = { disabled: undefined, preferred: 'Preferred', required: 'Required' } as const;

export class HubRuntime {
  readonly context: HubContext<HubContract>;
  readonly #key: string;
  readonly #parts: HubRuntimeParts;
  readonly #core: HubCore;
  readonly #endpoints: HubEndpoints;
  #heartbeat: NodeJS.Timeout | undefined;
  #isStarted = false;

  constructor(name: string, entry: HubEntry, parts: HubRuntimeParts) {
    const { options, serverName, now } = parts;
    const { applicationName, hubDefaults, logger: log, router } = options;
    this.#parts = parts;
    this.#key = hubKey(applicationName, name);
    this.#endpoints = new HubEndpoints({
      hub: this.#key,
      router: router && completeRouter(router, createDefaultRouter(Math.random)),
      random: Math.random,
      log,
    });
    const outlets = this.#endpoints;
    this.#core = createHubCore({ key: this.#key, entry, defaults: hubDefaults, outlets, serverName, now, log });
    this.context = hubContext(this.#core.sender);
    for (const endpoint of parts.endpoints) this.#endpoints.set(this.#hubEndpoint(endpoint), 'serving');
  }

  get operations(): HubOperations {
    const { acks, sender, tracing } = this.#core;
    return { acks, sender, tracing, outlets: this.#endpoints };
  }

  /** What negotiate needs to know. */
  get negotiated(): NegotiatedHub {
    const { options, serverName } = this.#parts;
    const { enableDetailedErrors, handshakeTimeoutMs } = this.#core.options;
    const stickyMode = STICKY_MODES[options.serverStickyMode];
    return {
      key: this.#key,
      claims: () => ({
        isDetailed: enableDetailedErrors,
        handshakeTimeoutMs,
        serverName,
        stickyMode,
        endpointCount: this.#endpoints.count,
      }),
      route: (describe) => this.#endpoints.negotiate(describe),
      admission: this.#core.admission,
    };
  }

  /** Resolves when a service can be reached, and each was tried. */
  async start(): Promise<void> {
    this.#heartbeat ??= setInterval(() => this.#sweep(), TICK_MS);
    await this.#endpoints.start(this.#parts.options.startTimeoutMs);
    this.#isStarted = true;
  }

  /** Resolves when clients are sent to the endpoint, too. Rejects when it cannot be reached. */
  addEndpoint(endpoint: ServiceEndpoint): Promise<void> {
    return bringIn(this.#endpoints, this.#hubEndpoint(endpoint), this.#changes);
  }

  /** Resolves when the endpoint has no clients any more and is gone. */
  async removeEndpoint(name: string): Promise<void> {
    const endpoint = this.#endpoints.find(name);
    if (endpoint !== undefined) await leadOut(this.#endpoints, endpoint, this.#changes);
  }

  /** The same, without waiting for clients. */
  async dropEndpoint(name: string): Promise<void> {
    const endpoint = this.#endpoints.find(name);
    if (endpoint !== undefined) await takeOut(this.#endpoints, endpoint);
  }

  /** Leaves in order: the service is told, clients end, server connections close (service-protocol 12.1). */
  async close(): Promise<void> {
    const { shutdownMode, shutdownTimeoutMs } = this.#parts.options;
    const { clients } = this.#core;
    const deadline = timeout(shutdownTimeoutMs);
    this.#endpoints.stop();
    await Promise.race([this.#leave(shutdownMode, deadline), deadline.passed]);
    clients.leave(() => true);
    await Promise.race([clients.untilGone(), deadline.passed]);
    deadline.clear();
    await this.#endpoints.close();
    clearInterval(this.#heartbeat);
  }

  get #changes(): ChangeOptions {
    const { endpointChangeTimeoutMs, logger: log, startTimeoutMs } = this.#parts.options;
    return { endpointChangeTimeoutMs, log, startTimeoutMs };
  }

  async #leave(mode: ShutdownMode, deadline: Deadline): Promise<void> {
    await this.#endpoints.announceShutdown(FINS[mode]);
    if (this.#isStarted && !deadline.isPassed) await this.#shutDown();
    if (mode !== 'disconnect') await this.#core.clients.untilGone();
  }

  /** Never rejects. */
  async #shutDown(): Promise<void> {
    const { onShutdown, sender } = this.#core;
    try {
      await onShutdown?.(hubContext(sender));
    } catch (error) {
      shutdownHookFailed(this.#parts.options.logger, this.#key, error);
    }
  }

  #hubEndpoint(endpoint: ServiceEndpoint): HubEndpoint {
    const { options, serverName, now } = this.#parts;
    const { allowStatefulReconnects, logger: log, shutdownMode } = options;
    const { acks, clients, results } = this.#core;
    const migrationLevel = shutdownMode === 'migrate' ? MigrationLevel.ShutdownOnly : MigrationLevel.Off;
    const identity = { serverName, migrationLevel, allowStatefulReconnects };
    const connectionType = this.#parts.connectionType ?? CONNECTION_TYPES[endpoint.type];
    const hubEndpoint = new HubEndpoint(
      { ...options, hub: this.#key, endpoint, connectionType, identity, now, log },
      {
        received: (connection, message) => handleMessage(messages, message, connection),
        closed(connection) {
          acks.connectionLost(connection);
          results.connectionLost(connection);
          clients.leave((client) => client.outlet === connection);
        },
        counts: (connection) => ({ clientsInHub: clients.count, clients: clients.countOn(connection) }),
      },
    );
    const messages = this.#messages(hubEndpoint);
    return hubEndpoint;
  }

  #messages(endpoint: HubEndpoint): MessageHost {
    return {
      ...this.#core,
      maximumWaitingBytes: this.#core.options.maximumWaitingBytes,
      log: this.#parts.options.logger,
      openOnDemand: (target) => endpoint.openOnDemand(target),
      pinged: (values) => endpoint.status.pinged(values),
      keyAnswered: (message, connection) => endpoint.keyAnswered(message, connection),
    };
  }

  #sweep(): void {
    this.#core.sweep();
    this.#endpoints.sweep();
  }
}

interface Deadline {
  readonly passed: Promise<void>;
  readonly isPassed: boolean;
  readonly clear: () => void;
}

function timeout(milliseconds: number): Deadline {
  let isPassed = false;
  let timer: NodeJS.Timeout | undefined;
  const passed = new Promise<void>((resolve) => {
    timer = setTimeout(() => {
      isPassed = true;
      resolve();
    }, milliseconds);
  });
  return {
    passed,
    get isPassed() {
      return isPassed;
    },
    clear: () => clearTimeout(timer),
  };
}
