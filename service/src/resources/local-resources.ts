import { ServiceStartError } from '../errors.ts';
import type { ServiceEvent, ServiceEvents } from '../log/events.ts';
import { ResourceLog } from '../resource-log/resource-log.ts';
import type { ResourceRecord } from '../resource-store/resource-record.ts';
import type { ResourceStore } from '../resource-store/resource-store.ts';
import { createAccessKey } from './create-access-key.ts';
import { HostedEntry, type HostedEntryOptions } from './hosted-entry.ts';
import {
  type HostedResource,
  type NewResource,
  type ResourceChange,
  ResourceError,
  type Resources,
} from './resources.ts';

export interface LocalResourcesOptions {
  readonly store: ResourceStore;
  /** The resource that the command line made. */
  readonly plain: HostedEntry;
  /** How those are hosted that are created. */
  readonly created: Omit<HostedEntryOptions, 'isStored'>;
  /** Told of resources as such. */
  readonly events: ServiceEvents;
  /** Told of what happens in one of the created. */
  readonly onEvent: (resource: string, event: ServiceEvent) => void;
  /** Where logs of resources are written, when a resource wants one; undefined: nowhere. */
  readonly logFolder: string | undefined;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** The resources of this process, kept by a store. */
export class LocalResources implements Resources {
  readonly #options: LocalResourcesOptions;
  /** By name in lower case. */
  readonly #entries = new Map<string, HostedEntry>();
  readonly #logs = new Map<HostedEntry, ResourceLog>();
  /** The last change of each resource that changes: one comes after the other. */
  readonly #changes = new Map<string, Promise<unknown>>();

  constructor(options: LocalResourcesOptions) {
    this.#options = options;
    this.#entries.set(keyOf(options.plain.record.name), options.plain);
    this.#keepLog(options.plain);
  }

  /** Brings back what was kept. A resource that cannot be started is there all the same, and says why. */
  async restore(): Promise<void> {
    const { store, events } = this.#options;
    const { records, broken } = await store.load();
    for (const { file, reason, setAsideAs } of broken) {
      events.emit({ name: 'stateFileBroken', file, reason, setAsideAs });
    }
    await Promise.all(
      records.map(async (record) => {
        const entry = this.#add(record);
        if (entry === undefined) {
          const reason = `Another resource has the name '${record.name}'.`;
          events.emit({ name: 'resourceNotStarted', resource: record.name, reason });
        } else await this.#tryToStart(entry);
      }),
    );
  }

  list(): readonly HostedResource[] {
    return [...this.#entries.values()];
  }

  find(name: string): HostedResource | undefined {
    return this.#entries.get(keyOf(name));
  }

  create(resource: NewResource): Promise<HostedResource> {
    return this.#inOrder(resource.name, async () => {
      if (this.find(resource.name) !== undefined) {
        throw new ResourceError('conflict', `The name '${resource.name}' is taken. Choose another, or update it.`);
      }
      const madeAt = this.#time();
      const entry = this.#entryOf({
        ...resource,
        recordVersion: 1,
        primaryKey: createAccessKey(),
        secondaryKey: createAccessKey(),
        createdAt: madeAt,
        lastModifiedAt: madeAt,
      });
      await entry.start().catch((error: unknown) => {
        throw conflictOf(error);
      });
      try {
        await this.#keep(entry.record);
      } catch (error) {
        await entry.stop();
        throw error;
      }
      this.#entries.set(keyOf(resource.name), entry);
      this.#options.events.emit({ name: 'resourceCreated', resource: resource.name, url: entry.url });
      return entry;
    });
  }

  update(name: string, change: (record: ResourceRecord) => ResourceChange): Promise<HostedResource> {
    return this.#inOrder(name, async () => {
      const entry = this.#require(name);
      const record = { ...entry.record, ...change(entry.record), lastModifiedAt: this.#time() };
      if (entry.isStored) await this.#keep(record);
      await entry.replace(record).catch((error: unknown) => this.#notStarted(entry, error));
      return entry;
    });
  }

  remove(name: string): Promise<boolean> {
    return this.#inOrder(name, async () => {
      const entry = this.#entries.get(keyOf(name));
      if (entry === undefined) return false;
      if (!entry.isStored) {
        const text = `'${entry.record.name}' was made by the command line and lives as long as the process. Stop the process to end it.`;
        throw new ResourceError('conflict', text);
      }
      await this.#options.store.remove(entry.record.name).catch((error: unknown) => {
        throw this.#notKept(entry.record.name, error);
      });
      this.#entries.delete(keyOf(name));
      await entry.stop();
      await this.#endLog(entry);
      this.#options.events.emit({ name: 'resourceRemoved', resource: entry.record.name });
      return true;
    });
  }

  restart(name: string): Promise<void> {
    return this.#inOrder(name, async () => {
      const entry = this.#require(name);
      await entry.stop();
      await entry.start().catch((error: unknown) => this.#notStarted(entry, error));
    });
  }

  /** Ends all of them within the time for it. What is kept stays kept. */
  async stop(): Promise<void> {
    await Promise.all([...this.#entries.values()].map((entry) => entry.stop()));
    await Promise.all([...this.#logs.values()].map((log) => log.close()));
  }

  /** Ends every socket at once. */
  drop(): void {
    for (const entry of this.#entries.values()) entry.drop();
  }

  #add(record: ResourceRecord): HostedEntry | undefined {
    const key = keyOf(record.name);
    if (this.#entries.has(key)) return undefined;
    const entry = this.#entryOf(record);
    this.#entries.set(key, entry);
    return entry;
  }

  #entryOf(record: ResourceRecord): HostedEntry {
    const entry = new HostedEntry(record, { ...this.#options.created, isStored: true });
    entry.events.subscribe((event) => this.#options.onEvent(record.name, event));
    this.#keepLog(entry);
    return entry;
  }

  #keepLog(entry: HostedEntry): void {
    const { logFolder: folder, events, now } = this.#options;
    if (folder === undefined) return;
    const log = new ResourceLog({ folder, record: () => entry.record, events, now });
    this.#logs.set(entry, log);
    entry.events.subscribe((event) => log.write(event));
  }

  async #endLog(entry: HostedEntry): Promise<void> {
    await this.#logs.get(entry)?.close();
    this.#logs.delete(entry);
  }

  async #tryToStart(entry: HostedEntry): Promise<void> {
    await entry.start().catch((error: unknown) => this.#notStarted(entry, error));
  }

  /** The rest goes on: its own entry says what is wrong. */
  #notStarted(entry: HostedEntry, error: unknown): void {
    if (!(error instanceof ServiceStartError)) throw error;
    const { events } = this.#options;
    events.emit({ name: 'resourceNotStarted', resource: entry.record.name, reason: error.message });
  }

  async #keep(record: ResourceRecord): Promise<void> {
    try {
      await this.#options.store.save(record);
    } catch (error) {
      throw this.#notKept(record.name, error);
    }
  }

  #notKept(resource: string, error: unknown): ResourceError {
    const reason = error instanceof Error ? error.message : String(error);
    this.#options.events.emit({ name: 'resourceNotStored', resource, reason });
    const text = `The change could not be kept, so nothing has changed: ${reason}. Check the state folder, or start with --in-memory.`;
    return new ResourceError('not-stored', text, { cause: error });
  }

  #require(name: string): HostedEntry {
    const entry = this.#entries.get(keyOf(name));
    if (entry === undefined) throw new ResourceError('not-found', `There is no resource '${name}'.`);
    return entry;
  }

  #time(): string {
    return new Date(this.#options.now()).toISOString();
  }

  /** Runs `work` behind all that was asked of this resource before. */
  #inOrder<T>(name: string, work: () => Promise<T>): Promise<T> {
    const key = keyOf(name);
    const result = (this.#changes.get(key) ?? Promise.resolve()).then(work, work);
    this.#changes.set(key, result);
    const forget = () => {
      if (this.#changes.get(key) === result) this.#changes.delete(key);
    };
    result.then(forget, forget);
    return result;
  }
}

function keyOf(name: string): string {
  return name.toLowerCase();
}

/** A port that is taken is nobody's fault but the caller's. */
function conflictOf(error: unknown): unknown {
  return error instanceof ServiceStartError ? new ResourceError('conflict', error.message, { cause: error }) : error;
}
