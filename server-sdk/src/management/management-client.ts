// A hub for servers that run none (rest-api, service-protocol 8).
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { hubKey } from '@signalite/protocol';
import { HubProtocols } from '../client-connection/hub-protocols.ts';
import { createEndpoint } from '../endpoints/create-endpoint.ts';
import type { ServiceEndpoint } from '../endpoints/service-endpoint.ts';
import { SignalRServerError } from '../errors.ts';
import type { HubClients } from '../hub/hub-clients.ts';
import type { HubContract, UntypedHubContract } from '../hub/hub-contract.ts';
import { type ClientAccess, type ClientAccessOptions, clientAccess } from './client-access.ts';
import type { ClientManager } from './client-manager.ts';
import type { ConnectionGroupManager } from './connection-group-manager.ts';
import type { HubTransport } from './hub-transport.ts';
import { type ManagedHub, managedHub } from './managed-hub.ts';
import type { ManagementOptions } from './management-options.ts';
import { type ManagementSettings, resolveManagementOptions } from './resolve-management-options.ts';
import { RestClient } from './rest/rest-client.ts';
import { RestTransport } from './rest/rest-transport.ts';
import { isServiceHealthy } from './service-health.ts';
import type { UserGroupManager } from './user-group-manager.ts';

/**
 * Sends to the clients of a hub, puts them into groups, asks about them and disconnects them, from a process that runs no
 * hub. Made by `createManagementClient`. Which app server a client has, or whether it has one, makes no difference.
 *
 * Every operation may reject with a `SignalRServerError`: over REST `request-refused`, `request-failed`,
 * `request-timeout`, `message-too-large`; over server connections `connect-failed`, `not-connected`, `send-buffer-full`,
 * `ack-timeout`, `ack-failed`, `connection-lost`; with both `sign-in-failed` and `closed`.
 */
export class ManagementClient<C extends HubContract> implements ManagedHub<C> {
  /** Sends to clients, and asks them for results. */
  readonly clients: HubClients<C>;
  /** Puts connections into groups. */
  readonly groups: ConnectionGroupManager;
  /** Puts users into groups. */
  readonly userGroups: UserGroupManager;
  /** Asks about clients, and disconnects them. */
  readonly clientManager: ClientManager;
  readonly #key: string;
  readonly #endpoint: ServiceEndpoint;
  readonly #transport: HubTransport;
  #isClosed = false;

  constructor(settings: ManagementSettings) {
    const { accessTokenAlgorithm: algorithm, accessTokenLifetimeMs: lifetimeMs, applicationName, hub } = settings;
    this.#key = hubKey(applicationName, hub);
    this.#endpoint = createEndpoint(settings.endpoint, { algorithm, lifetimeMs, now: Date.now });
    this.#transport = transportFor(settings, this.#endpoint);
    const { clients, groups, userGroups, clientManager } = managedHub<C>(this.#transport, new AbortController().signal);
    this.clients = clients;
    this.groups = groups;
    this.userGroups = userGroups;
    this.clientManager = clientManager;
  }

  /**
   * Connects to the service, where the transport is persistent. Without it the first operation does.
   *
   * @throws SignalRServerError `connect-failed` when the service refuses, or cannot be reached within `startTimeoutMs`.
   */
  start(): Promise<void> {
    return this.#transport.start();
  }

  /**
   * The same, for operations that are given up when `signal` is aborted: they reject with its reason, and whether the
   * service did them is not known.
   *
   * ```ts
   * await management.withSignal(AbortSignal.timeout(2000)).clients.all.send('message', 'hi');
   * ```
   */
  withSignal(signal: AbortSignal): ManagedHub<C> {
    return managedHub<C>(this.#transport, signal);
  }

  /**
   * Where a client is to connect, and the token that it needs: the answer of an app's negotiate endpoint.
   *
   * @throws SignalRServerError `invalid-options`, `sign-in-failed`, `closed`.
   */
  async negotiate(options: ClientAccessOptions = {}): Promise<ClientAccess> {
    this.#requireOpen();
    return clientAccess(this.#endpoint, this.#key, options);
  }

  /** Does the service answer that it is well? False also when it does not answer within five seconds. */
  async isHealthy(): Promise<boolean> {
    this.#requireOpen();
    return isServiceHealthy(this.#endpoint.address.serverEndpoint);
  }

  /** Ends what waits: it rejects with `closed`. May be called again. */
  close(): Promise<void> {
    this.#isClosed = true;
    return this.#transport.close();
  }

  /** `close()`, for `await using`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #requireOpen(): void {
    if (this.#isClosed) throw new SignalRServerError('closed', 'The management client is closed.');
  }
}

/**
 * Makes a client for one hub.
 *
 * ```ts
 * const management = createManagementClient<ChatContract>({ connectionString, hub: 'chat' });
 * await management.clients.group('lobby').send('message', 'ann', 'hi');
 * ```
 *
 * @throws SignalRServerError `invalid-options`.
 */
export function createManagementClient<C extends HubContract = UntypedHubContract>(
  options: ManagementOptions,
): ManagementClient<C> {
  return new ManagementClient<C>(resolveManagementOptions(options));
}

function transportFor(settings: ManagementSettings, endpoint: ServiceEndpoint): HubTransport {
  const { clientResultTimeoutMs, supportedProtocols } = settings;
  const serverName = `${hostname()}_${randomUUID().replaceAll('-', '')}`;
  const protocols = new HubProtocols(supportedProtocols, null);
  const client = new RestClient({ ...settings, endpoint, serverName, now: Date.now });
  return new RestTransport({ client, protocols, clientResultTimeoutMs });
}
