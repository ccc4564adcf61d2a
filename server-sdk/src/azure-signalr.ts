import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { hostname } from 'node:os';
import { AppEndpoints } from './endpoints/app-endpoints.ts';
import type { EndpointOptions } from './endpoints/service-endpoint.ts';
import { SignalRServerError } from './errors.ts';
import type { HubContext } from './hub/hub-context.ts';
import type { EntryContract, HubEntries } from './hub-registration.ts';
import { HubRuntime } from './hub-runtime.ts';
import type { NegotiateOptions } from './negotiate/negotiate.ts';
import {
  createFastifyHandler,
  createNegotiateListener,
  type FastifyNegotiateHandler,
  type FastifyRequestLike,
  type NegotiateListener,
  negotiateFetch,
} from './negotiate/negotiate-handlers.ts';
import type { SignalROptions } from './options.ts';
import { checkHubNames, type ResolvedOptions, resolveOptions } from './resolve-options.ts';

/** Options of `withAzureSignalR`. */
export interface AzureSignalROptions<H extends HubEntries> extends SignalROptions {
  /** Hubs by name: `{ ChatHub }`, or `{ ChatHub: { hub: ChatHub, enableDetailedErrors: true } }`. */
  readonly hubs: H;
}

type HubName<H> = keyof H & string;

/** Hubs behind a service. Made by `withAzureSignalR`. */
export class AzureSignalR<H extends HubEntries> {
  readonly #options: ResolvedOptions;
  readonly #endpoints: AppEndpoints;
  readonly #hubs: ReadonlyMap<string, HubRuntime>;
  #starting: Promise<void> | undefined;
  #closing: Promise<void> | undefined;

  constructor(options: AzureSignalROptions<H>) {
    checkHubNames(Object.keys(options.hubs));
    this.#options = resolveOptions(options);
    const { accessTokenAlgorithm: algorithm, accessTokenLifetimeMs: lifetimeMs, endpoints: settings } = this.#options;
    const signing = { algorithm, lifetimeMs, now: Date.now };
    this.#endpoints = new AppEndpoints({ settings, credential: options.credential, signing });
    const parts = {
      options: this.#options,
      serverName: `${hostname()}_${randomUUID().replaceAll('-', '')}`,
      endpoints: this.#endpoints.all,
      now: Date.now,
    };
    const entries = Object.entries(options.hubs);
    this.#hubs = new Map(entries.map(([name, entry]) => [name, new HubRuntime(name, entry, parts)]));
  }

  /**
   * Connects every hub to the service. Resolves when each has a live server connection; lost ones are opened again from
   * then on. Of several services one is enough, of either type, once the others were tried.
   *
   * @throws SignalRServerError `connect-failed` when the service refuses, or cannot be reached within `startTimeoutMs`;
   *   the text says why. `sign-in-failed` when the credential gives no token.
   */
  start(): Promise<void> {
    if (this.#closing !== undefined) return Promise.reject(new SignalRServerError('closed', 'It is closed already.'));
    this.#starting ??= this.#start();
    return this.#starting;
  }

  /** Sends and groups outside of hub calls. */
  hub<N extends HubName<H>>(name: N): HubContext<EntryContract<H[N]>> {
    return this.#runtime(name).context;
  }

  /**
   * Answers a negotiate request in Fetch style (Hono, Bun, Deno, Workers): `POST …/negotiate`. Never rejects: what your
   * functions throw is logged and answered with 500.
   */
  negotiate(name: HubName<H>, request: Request, options: NegotiateOptions<Request> = {}): Promise<Response> {
    return negotiateFetch(this.#runtime(name).negotiated, request, options, this.#options.logger);
  }

  /** A listener for `node:http`, and a handler for Express: answers `POST …/negotiate`, other paths with 404. */
  negotiateListener<R extends IncomingMessage = IncomingMessage>(
    name: HubName<H>,
    options: NegotiateOptions<R> = {},
  ): NegotiateListener<R> {
    return createNegotiateListener(this.#runtime(name).negotiated, options, this.#options.logger);
  }

  /** A route handler for Fastify: `app.post('/chat/negotiate', signalr.negotiateFastify('ChatHub'))`. */
  negotiateFastify<R extends FastifyRequestLike = FastifyRequestLike>(
    name: HubName<H>,
    options: NegotiateOptions<R> = {},
  ): FastifyNegotiateHandler<R> {
    return createFastifyHandler(this.#runtime(name).negotiated, options, this.#options.logger);
  }

  /**
   * Connects every hub to one more service, while the app works. Resolves when clients are sent there as well: once the
   * other app servers are connected to it too, or after `endpointChangeTimeoutMs`.
   *
   * @throws SignalRServerError `invalid-options`, `connect-failed` when the service cannot be reached within
   *   `startTimeoutMs`, and nothing has changed then; `closed` when the app is not started, or closed.
   */
  async addEndpoint(options: EndpointOptions): Promise<void> {
    await this.#untilStarted();
    const endpoint = this.#endpoints.add(options);
    try {
      await this.#ofAllHubs((hub) => hub.addEndpoint(endpoint));
    } catch (error) {
      await this.#ofAllHubs((hub) => hub.dropEndpoint(endpoint.name));
      this.#endpoints.remove(endpoint.name);
      throw error;
    }
  }

  /**
   * Leaves one of several services, while the app works: its clients are told to come back, and are sent elsewhere.
   * Resolves when no client of the app's hubs is there any more, or after `endpointChangeTimeoutMs`.
   *
   * @throws SignalRServerError `invalid-options` when there is no such endpoint, or no other primary one; `closed` when
   *   the app is not started, or closed.
   */
  async removeEndpoint(name: string): Promise<void> {
    await this.#untilStarted();
    this.#endpoints.markLeaving(name);
    await this.#ofAllHubs((hub) => hub.removeEndpoint(name));
    this.#endpoints.remove(name);
  }

  /**
   * Leaves the service in order: it is told first and sends no more clients, `onDisconnected` runs for those that are
   * there, then the server connections close. Takes `shutdownTimeoutMs` at most, and a few seconds for the sockets. May
   * be called again.
   */
  close(): Promise<void> {
    this.#closing ??= this.#ofAllHubs((hub) => hub.close());
    return this.#closing;
  }

  /** For `await using`: the same as `close()`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #start(): Promise<void> {
    try {
      await this.#ofAllHubs((hub) => hub.start());
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  async #untilStarted(): Promise<void> {
    if (this.#starting === undefined) throw new SignalRServerError('closed', 'It is not started. Call start() first.');
    await this.#starting;
    if (this.#closing !== undefined) throw new SignalRServerError('closed', 'It is closed already.');
  }

  async #ofAllHubs(action: (hub: HubRuntime) => Promise<void>): Promise<void> {
    await Promise.all([...this.#hubs.values()].map(action));
  }

  #runtime(name: string): HubRuntime {
    const runtime = this.#hubs.get(name);
    if (runtime !== undefined) return runtime;
    const known = [...this.#hubs.keys()].join(', ');
    throw new SignalRServerError('unknown-hub', `There is no hub '${name}'. Known: ${known}.`);
  }
}

/**
 * Serves hubs through signalite or Azure SignalR Service in Default mode.
 *
 * ```ts
 * const signalr = withAzureSignalR({ connectionString, hubs: { ChatHub } });
 * await signalr.start();
 * createServer(signalr.negotiateListener('ChatHub')).listen(5000);
 * ```
 *
 * @throws SignalRServerError `invalid-options`, `invalid-hub`.
 */
export function withAzureSignalR<H extends HubEntries>(options: AzureSignalROptions<H>): AzureSignalR<H> {
  return new AzureSignalR(options);
}
