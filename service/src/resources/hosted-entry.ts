import { urlOf } from '../config/endpoints.ts';
import { ServiceStartError } from '../errors.ts';
import { ServiceEvents } from '../log/events.ts';
import type { HubTraffic } from '../metrics/hub-traffic.ts';
import { ResourceMetrics } from '../metrics/resource-metrics.ts';
import { Resource, type ResourceOptions } from '../resource/resource.ts';
import type { ResourceRecord } from '../resource-store/resource-record.ts';
import { ResourceSettings } from '../settings/resource-settings.ts';
import type { HostedResource } from './resources.ts';
import { changedSettings, settingsOf } from './settings-of-record.ts';

const NO_COUNTS = { clients: 0, serverConnections: 0 };

export interface HostedEntryOptions {
  readonly isStored: boolean;
  /** Whether the tier of the resource sets limits. */
  readonly hasQuota: boolean;
  /** Where and how it listens, and what all resources of the process share. */
  readonly shared: Omit<ResourceOptions, 'port' | 'events'>;
}

type Life =
  | { readonly name: 'stopped' }
  | { readonly name: 'running'; readonly resource: Resource; readonly port: number; readonly url: string }
  | { readonly name: 'stopping'; readonly resource: Resource }
  | { readonly name: 'failed'; readonly problem: string };

/** One resource of this process: its record, and what runs of it. Its owner calls one method at a time. */
export class HostedEntry implements HostedResource {
  readonly events = new ServiceEvents();
  readonly settings: ResourceSettings;
  readonly metrics: ResourceMetrics;
  readonly #options: HostedEntryOptions;
  #record: ResourceRecord;
  #life: Life = { name: 'stopped' };

  constructor(record: ResourceRecord, options: HostedEntryOptions) {
    this.#record = record;
    this.#options = options;
    this.metrics = new ResourceMetrics(options.shared.now);
    this.settings = new ResourceSettings(settingsOf(record, options.hasQuota));
    this.events.subscribe((event) => this.metrics.observe(event));
  }

  get record(): ResourceRecord {
    return this.#record;
  }

  get isStored(): boolean {
    return this.#options.isStored;
  }

  /** What runs, until its last connection is gone; undefined while nothing does. */
  get resource(): Resource | undefined {
    return 'resource' in this.#life ? this.#life.resource : undefined;
  }

  get url(): string | undefined {
    return this.#life.name === 'running' ? this.#life.url : undefined;
  }

  get problem(): string | undefined {
    return this.#life.name === 'failed' ? this.#life.problem : undefined;
  }

  get counts(): HostedResource['counts'] {
    const { resource } = this;
    if (resource === undefined) return NO_COUNTS;
    return { clients: resource.clients.attachedCount, serverConnections: resource.serverConnectionCount };
  }

  hubTraffic(): Iterable<readonly [hub: string, traffic: HubTraffic, clients: number]> {
    return this.resource?.hubTraffic() ?? [];
  }

  /** Listens, unless the resource is stopped by its record. Throws `ServiceStartError`; `problem` says why from then on. */
  async start(): Promise<void> {
    if (this.#life.name === 'running' || this.#record.properties.resourceStopped === 'true') return;
    const { shared } = this.#options;
    const resource = new Resource(this.settings, {
      ...shared,
      port: this.#record.port,
      events: this.events,
      onSweep: () => this.metrics.look(),
    });
    try {
      const port = await resource.start();
      const url = urlOf(shared.https === undefined ? 'http' : 'https', shared.host, port);
      this.#record = { ...this.#record, port };
      this.#life = { name: 'running', resource, port, url };
      this.metrics.follow(() => this.resource?.gauges);
    } catch (error) {
      if (error instanceof ServiceStartError) this.#life = { name: 'failed', problem: error.message };
      throw error;
    }
  }

  /** Ends its connections within the time for it; clients are told to come back. */
  async stop(): Promise<void> {
    if (this.#life.name === 'running') {
      const { resource } = this.#life;
      this.#life = { name: 'stopping', resource };
      await resource.stop();
      // Ends that came until now are counted; there is nothing to look at any more.
      this.metrics.follow(() => undefined);
    }
    this.#life = { name: 'stopped' };
  }

  /** Takes another record: what it changes takes effect at once, on open connections too. Throws `ServiceStartError`. */
  async replace(record: ResourceRecord): Promise<void> {
    this.replaceSettings(record);
    if (record.properties.resourceStopped === 'true') await this.stop();
    else await this.start();
  }

  /** Takes another record whose resource is as stopped or running as it is. */
  replaceSettings(record: ResourceRecord): void {
    this.#record = record;
    const changed = changedSettings(this.settings.current, settingsOf(record, this.#options.hasQuota));
    if (Object.keys(changed).length === 0) return;
    this.settings.change(changed);
    this.events.emit({ name: 'settingsChanged', changed: Object.keys(changed) });
  }

  /** Ends every socket at once. */
  drop(): void {
    this.resource?.drop();
  }
}
