import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { hostname } from 'node:os';
import { createEndpoint } from './endpoints/create-endpoint.ts';
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
  readonly #hubs: ReadonlyMap<string, HubRuntime>;
  #starting: Promise<void> | undefined;
  #closing: Promise<void> | undefined;

  constructor(options: AzureSignalROptions<H>) {
    checkHubNames(Object.keys(options.hubs));
    this.#options = resolveOptions(options);
    const { accessTokenAlgorithm: algorithm, accessTokenLifetimeMs: lifetimeMs, endpoints } = this.#options;
    const signing = { algorithm, lifetimeMs, now: Date.now };
    const parts = {
      options: this.#options,
      serverName: `${hostname()}_${randomUUID().replaceAll('-', '')}`,
      endpoints: endpoints.map((settings) => createEndpoint(settings, signing)),
      now: Date.now,
    };
    const entries = Object.entries(options.hubs);
    this.#hubs = new Map(entries.map(([name, entry]) => [name, new HubRuntime(name, entry, parts)]));
  }

  /**
   * Connects every hub to the service. Resolves when each has a live server connection; lost ones are opened again from
   * then on.
   *
   * @throws SignalRServerError `connect-failed` when the service refuses, or cannot be reached within `startTimeoutMs`;
   *   the text says why.
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
   * Leaves the service in order: it is told first and sends no more clients, `onDisconnected` runs for those that are
   * there, then the server connections close. Takes `shutdownTimeoutMs` at most, and a few seconds for the sockets. May
   * be called again.
   */
  close(): Promise<void> {
    this.#closing ??= this.#closeHubs();
    return this.#closing;
  }

  /** For `await using`: the same as `close()`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #start(): Promise<void> {
    try {
      await Promise.all([...this.#hubs.values()].map((hub) => hub.start()));
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  async #closeHubs(): Promise<void> {
    await Promise.all([...this.#hubs.values()].map((hub) => hub.close()));
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
