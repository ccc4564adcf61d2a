// The endpoints of one hub, and the ways to them (service-protocol 1.6, 8.2).
import type { ShutdownPing } from '@signalite/protocol/service';
import type { HubHttpRequest } from '../hub/hub-http-request.ts';
import { noEndpointRouted } from '../log/events.ts';
import type { Logger } from '../log/logger.ts';
import type { Outlet, Outlets } from '../server-connection/outlet.ts';
import { chooseEndpoint } from './default-router.ts';
import type { EndpointInfo, EndpointRouter } from './endpoint-router.ts';
import type { HubEndpoint } from './hub-endpoint.ts';
import { type RoutedTarget, routedNames } from './routed-target.ts';
import type { ServiceEndpoint } from './service-endpoint.ts';

export interface HubEndpointsOptions {
  readonly hub: string;
  /** The app's own, if it has one. */
  readonly router: EndpointRouter | undefined;
  /** Numbers from 0 to 1, without 1. */
  readonly random: () => number;
  readonly log: Logger;
}

/**
 * How much an endpoint takes part:
 *
 *     opening ──► comparing ──► serving ──► leaving
 */
export type EndpointStage =
  /** It is not reached yet: nothing is sent there. */
  | 'opening'
  /** Sends go there; clients do not, before all app servers are there too. */
  | 'comparing'
  | 'serving'
  /** Sends go there as long as it has clients; new ones do not. */
  | 'leaving';

/** Where a client that negotiates is sent. */
export type NegotiateRoute =
  | { readonly kind: 'endpoint'; readonly endpoint: ServiceEndpoint }
  /** The router chose none. */
  | { readonly kind: 'none' }
  /** The one that was chosen, or each of them, cannot be reached now. */
  | { readonly kind: 'offline' };

const NOWHERE: readonly Outlet[] = [];

/** Knows the endpoints of one hub and chooses among them. */
export class HubEndpoints implements Outlets {
  readonly #options: HubEndpointsOptions;
  readonly #stages = new Map<HubEndpoint, EndpointStage>();
  /** Those that get sends. */
  #sending: readonly HubEndpoint[] = [];
  #sendingInfos: readonly EndpointInfo[] = [];
  /** Those that get clients. */
  #serving: readonly EndpointInfo[] = [];
  /** The way that was found last: as long as it is the same, a send allocates nothing. */
  #single: readonly Outlet[] = NOWHERE;

  constructor(options: HubEndpointsOptions) {
    this.#options = options;
  }

  get all(): readonly HubEndpoint[] {
    return [...this.#stages.keys()];
  }

  /** Endpoints that clients may be on. */
  get count(): number {
    return this.#sending.length;
  }

  find(name: string): HubEndpoint | undefined {
    return this.all.find((endpoint) => endpoint.name === name);
  }

  /** Adds an endpoint, or changes how much it takes part. */
  set(endpoint: HubEndpoint, stage: EndpointStage): void {
    this.#stages.set(endpoint, stage);
    this.#update();
  }

  remove(endpoint: HubEndpoint): void {
    this.#stages.delete(endpoint);
    this.#update();
  }

  waysTo(target: RoutedTarget, preferred: Outlet | undefined): readonly Outlet[] | undefined {
    const [first] = this.#sending;
    if (this.#sending.length === 1 && first !== undefined && this.#options.router === undefined) {
      return this.#only(first.pick(preferred));
    }
    const chosen = this.#chosen(target);
    const ways = chosen.map((endpoint) => endpoint.pick(preferred)).filter((way) => way !== undefined);
    if (ways.length > 0) return ways;
    if (chosen.length > 0 || this.#sending.every((endpoint) => endpoint.pick(undefined) === undefined))
      return undefined;
    noEndpointRouted(this.#options.log, this.#options.hub, target.to);
    return NOWHERE;
  }

  waysBeside(outlet: Outlet, preferred: Outlet | undefined): readonly Outlet[] | undefined {
    return this.#only(this.#sending.find(({ name }) => name === outlet.endpoint)?.pick(preferred));
  }

  async untilOpen(): Promise<void> {
    // The first error is as good as the others.
    const opened = this.#sending.map((endpoint) => endpoint.untilOpen());
    await Promise.any(opened).catch(() => opened[0]);
  }

  /** Rejects when the router does. */
  async negotiate(describe: () => HubHttpRequest): Promise<NegotiateRoute> {
    const { random, router } = this.#options;
    const infos = this.#serving;
    const chosen = router ? await router.negotiateEndpoint(describe(), infos) : chooseEndpoint(infos, random);
    if (chosen === undefined) return { kind: infos.some(({ isOnline }) => isOnline) ? 'none' : 'offline' };
    const found = infos.some(({ name }) => name === chosen.name) ? this.find(chosen.name) : undefined;
    if (found === undefined) return { kind: 'none' };
    return found.status.isOnline ? { kind: 'endpoint', endpoint: found.endpoint } : { kind: 'offline' };
  }

  /**
   * Opens the server connections to all. Resolves when one endpoint is reached and the others were tried once; rejects
   * when none is reached in time, or each refuses.
   */
  async start(timeoutMs: number): Promise<void> {
    const starts = this.all.map((endpoint) => endpoint.start(timeoutMs));
    const tried = this.all.map((endpoint) => endpoint.untilTried());
    await Promise.any(starts).catch(() => starts[0]);
    await Promise.all(tried.map((one, index) => Promise.race([one, starts[index]?.catch(() => undefined)])));
  }

  /** Opens no more server connections; those that are open stay. */
  stop(): void {
    for (const endpoint of this.#stages.keys()) endpoint.stop();
  }

  /** Tells every service that this app server leaves. */
  async announceShutdown(step: ShutdownPing): Promise<void> {
    await Promise.all(this.all.map((endpoint) => endpoint.announceShutdown(step)));
  }

  async close(): Promise<void> {
    await Promise.all(this.all.map((endpoint) => endpoint.close()));
  }

  /** Once a second. */
  sweep(): void {
    for (const endpoint of this.#stages.keys()) endpoint.sweep();
  }

  #update(): void {
    const entries = [...this.#stages];
    this.#sending = entries.filter(([, stage]) => stage !== 'opening').map(([endpoint]) => endpoint);
    this.#sendingInfos = this.#sending.map(({ status }) => status);
    this.#serving = entries.filter(([, stage]) => stage === 'serving').map(([{ status }]) => status);
  }

  #chosen(target: RoutedTarget): readonly HubEndpoint[] {
    const { router } = this.#options;
    if (router === undefined) return this.#sending;
    const names = routedNames(router, target, this.#sendingInfos);
    return this.#sending.filter(({ name }) => names.has(name));
  }

  #only(outlet: Outlet | undefined): readonly Outlet[] | undefined {
    if (outlet === undefined) return undefined;
    if (this.#single[0] !== outlet) this.#single = [outlet];
    return this.#single;
  }
}
