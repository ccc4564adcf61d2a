import { ResourceMetrics } from '../../src/metrics/resource-metrics.ts';
import type { ResourceRecord } from '../../src/resource-store/resource-record.ts';
import {
  type HostedResource,
  type NewResource,
  type ResourceChange,
  ResourceError,
  type Resources,
} from '../../src/resources/resources.ts';

const FIRST_PORT = 40_001;
const MADE_AT = '2026-01-01T00:00:00.000Z';

interface FakeEntry extends HostedResource {
  record: ResourceRecord;
  url: string | undefined;
  problem: string | undefined;
}

/** Resources of which nothing runs. */
export class FakeResources implements Resources {
  readonly restarted: string[] = [];
  /** Thrown by the next change. */
  failure: Error | undefined;
  readonly #entries = new Map<string, FakeEntry>();

  list(): readonly FakeEntry[] {
    return [...this.#entries.values()];
  }

  find(name: string): FakeEntry | undefined {
    return this.#entries.get(name.toLowerCase());
  }

  async create(resource: NewResource): Promise<HostedResource> {
    this.#fail();
    if (this.find(resource.name) !== undefined) throw new ResourceError('conflict', 'It is taken.');
    const port = FIRST_PORT + this.#entries.size;
    const entry: FakeEntry = {
      record: {
        recordVersion: 1,
        ...resource,
        port,
        primaryKey: `primary key of ${resource.name} 0123456789 0123456789`,
        secondaryKey: `secondary key of ${resource.name} 0123456789 0123456789`,
        createdAt: MADE_AT,
        lastModifiedAt: MADE_AT,
      },
      isStored: true,
      url: `http://127.0.0.1:${port}`,
      problem: undefined,
      counts: { clients: 0, serverConnections: 0 },
      metrics: new ResourceMetrics(Date.now),
      hubTraffic: () => [],
    };
    this.#entries.set(resource.name.toLowerCase(), entry);
    return entry;
  }

  async update(name: string, change: (record: ResourceRecord) => ResourceChange): Promise<HostedResource> {
    this.#fail();
    const entry = this.#require(name);
    entry.record = { ...entry.record, ...change(entry.record) };
    if (entry.record.properties.resourceStopped === 'true') entry.url = undefined;
    return entry;
  }

  async remove(name: string): Promise<boolean> {
    this.#fail();
    return this.#entries.delete(name.toLowerCase());
  }

  async restart(name: string): Promise<void> {
    this.#fail();
    this.restarted.push(this.#require(name).record.name);
  }

  #require(name: string): FakeEntry {
    const entry = this.find(name);
    if (entry === undefined) throw new ResourceError('not-found', `There is no resource '${name}'.`);
    return entry;
  }

  #fail(): void {
    const { failure } = this;
    this.failure = undefined;
    if (failure !== undefined) throw failure;
  }
}
