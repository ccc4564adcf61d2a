// A hub for servers that run none (rest-api, service-protocol 8).
import type { IncomingMessage } from 'node:http';
import { hubKey } from '@signalite/protocol';
import { createEndpoint } from '../endpoints/create-endpoint.ts';
import type { ServiceEndpoint } from '../endpoints/service-endpoint.ts';
import { SignalRServerError } from '../errors.ts';
import type { HubClients } from '../hub/hub-clients.ts';
import type { HubContract, UntypedHubContract } from '../hub/hub-contract.ts';
import type { HubHttpRequest } from '../hub/hub-http-request.ts';
import type { Logger } from '../log/logger.ts';
import type { NegotiatedHub, NegotiateOptions } from '../negotiate/negotiate.ts';
import {
  createFastifyHandler,
  createNegotiateListener,
  type FastifyNegotiateHandler,
  type FastifyRequestLike,
  type NegotiateListener,
  negotiateFetch,
} from '../negotiate/negotiate-handlers.ts';
import { type ClientAccess, type ClientAccessOptions, clientAccess, SERVICE_CLAIMS } from './client-access.ts';
import type { ClientManager } from './client-manager.ts';
import type { ConnectionGroupManager } from './connection-group-manager.ts';
import { createTransport } from './create-transport.ts';
import type { HubTransport } from './hub-transport.ts';
import { type ManagedHub, managedHub } from './managed-hub.ts';
import type { ManagementOptions } from './management-options.ts';
import { type ManagementSettings, resolveManagementOptions } from './resolve-management-options.ts';
import { isServiceHealthy } from './service-health.ts';
import type { UserGroupManager } from './user-group-manager.ts';

/** What routers see of a client whose app asks for it without a request. */
const NO_REQUEST: HubHttpRequest = {
  path: '/',
  query: new URLSearchParams(),
  headers: new Headers(),
  remoteIpAddress: undefined,
};

/**
 * Sends to the clients of a hub, puts them into groups, asks about them and disconnects them, from a process that runs no
 * hub. Made by `createManagementClient`. Which app server a client has, or whether it has one, makes no difference.
 *
 * Every operation may reject with a `SignalRServerError`: over REST `request-refused`, `request-failed`,
 * `request-timeout`, `message-too-large`; over server connections `connect-failed`, `not-connected`, `send-buffer-full`,
 * `ack-timeout`, `ack-failed`, `connection-lost`; with both `sign-in-failed` and `closed`.
 */
export class ManagementClient<C extends HubContract = UntypedHubContract> implements ManagedHub<C> {
  /** Sends to clients, and asks them for results. */
  readonly clients: HubClients<C>;
  /** Puts connections into groups. */
  readonly groups: ConnectionGroupManager;
  /** Puts users into groups. */
  readonly userGroups: UserGroupManager;
  /** Asks about clients, and disconnects them. */
  readonly clientManager: ClientManager;
  readonly #key: string;
  readonly #logger: Logger;
  readonly #endpoints: readonly ServiceEndpoint[];
  readonly #transport: HubTransport;
  #isClosed = false;

  constructor(settings: ManagementSettings) {
    const { accessTokenAlgorithm: algorithm, accessTokenLifetimeMs: lifetimeMs, app, hub } = settings;
    this.#key = hubKey(app.applicationName, hub);
    this.#logger = app.logger;
    this.#endpoints = app.endpoints.map((one) => createEndpoint(one, { algorithm, lifetimeMs, now: Date.now }));
    this.#transport = createTransport(settings, this.#endpoints);
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
   * @throws SignalRServerError `invalid-options`, `sign-in-failed`, `closed`; with several endpoints `not-connected`.
   */
  async negotiate(options: ClientAccessOptions = {}): Promise<ClientAccess> {
    this.#requireOpen();
    return clientAccess(await this.#transport.route(() => NO_REQUEST), this.#key, options);
  }

  /** Answers a negotiate request in Fetch style (Hono, Bun, Deno, Workers): `POST …/negotiate`. */
  negotiateFetch(request: Request, options: NegotiateOptions<Request> = {}): Promise<Response> {
    return negotiateFetch(this.#negotiated, request, options, this.#logger);
  }

  /** A listener for `node:http`, and a handler for Express: answers `POST …/negotiate`, other paths with 404. */
  negotiateListener<R extends IncomingMessage = IncomingMessage>(
    options: NegotiateOptions<R> = {},
  ): NegotiateListener<R> {
    return createNegotiateListener(this.#negotiated, options, this.#logger);
  }

  /** A route handler for Fastify: `app.post('/chat/negotiate', management.negotiateFastify())`. */
  negotiateFastify<R extends FastifyRequestLike = FastifyRequestLike>(
    options: NegotiateOptions<R> = {},
  ): FastifyNegotiateHandler<R> {
    return createFastifyHandler(this.#negotiated, options, this.#logger);
  }

  /** Does a service answer that it is well? False also when none does within five seconds. */
  async isHealthy(): Promise<boolean> {
    this.#requireOpen();
    const answers = this.#endpoints.map(({ address }) => isServiceHealthy(address.serverEndpoint));
    return (await Promise.all(answers)).includes(true);
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

  get #negotiated(): NegotiatedHub {
    return {
      key: this.#key,
      claims: () => ({ ...SERVICE_CLAIMS, endpointCount: this.#endpoints.length }),
      route: async (describe) => {
        this.#requireOpen();
        return this.#transport.route(describe);
      },
      admission: {},
    };
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
