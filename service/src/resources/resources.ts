import type { HubTraffic } from '../metrics/hub-traffic.ts';
import type { ResourceMetrics } from '../metrics/resource-metrics.ts';
import type { ResourceRecord } from '../resource-store/resource-record.ts';

/** One resource of this process. */
export interface HostedResource {
  /** As it is now; a new object after each change. */
  readonly record: ResourceRecord;
  /** `false` for the resource that the command line made: it lives as long as the process. */
  readonly isStored: boolean;
  /** Undefined while it is stopped, or when its port could not be bound: `problem` says why. */
  readonly url: string | undefined;
  readonly problem: string | undefined;
  /** Connected clients, and server connections. */
  readonly counts: { readonly clients: number; readonly serverConnections: number };
  readonly metrics: ResourceMetrics;
  /** Traffic by hub, and clients, while it runs. */
  hubTraffic(): Iterable<readonly [hub: string, traffic: HubTraffic, clients: number]>;
}

/** What `create` decides; the rest is made. `port` 0: any free one. */
export type NewResource = Omit<
  ResourceRecord,
  'recordVersion' | 'primaryKey' | 'secondaryKey' | 'createdAt' | 'lastModifiedAt'
>;

/** What of a resource a change may replace. */
export type ResourceChange = Partial<
  Pick<ResourceRecord, 'tags' | 'sku' | 'capacity' | 'identity' | 'properties' | 'primaryKey' | 'secondaryKey'>
>;

/** Why a resource could not be made, changed or removed. The text says what to do. */
export class ResourceError extends Error {
  override readonly name = 'ResourceError';
  readonly code: ResourceErrorCode;

  constructor(code: ResourceErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/**
 * - `not-found`: no such resource.
 * - `conflict`: the name is taken, or the resource is one that cannot be removed.
 * - `not-stored`: the state folder could not be written; nothing has changed.
 */
export type ResourceErrorCode = 'not-found' | 'conflict' | 'not-stored';

/**
 * The resources of one process. A change is stored first and takes effect then, on open connections too; a change that
 * cannot be stored changes nothing. Changes of one resource come one after the other. Names compare without case.
 */
export interface Resources {
  list(): readonly HostedResource[];
  find(name: string): HostedResource | undefined;
  /** Makes it and listens on its port. Throws `ResourceError` (`conflict`, `not-stored`). */
  create(resource: NewResource): Promise<HostedResource>;
  /** `change` gets the record in force. Throws `ResourceError` (`not-found`, `not-stored`). */
  update(name: string, change: (record: ResourceRecord) => ResourceChange): Promise<HostedResource>;
  /** Ends its connections and forgets it; false when there was none. Throws `ResourceError` (`conflict`, `not-stored`). */
  remove(name: string): Promise<boolean>;
  /** Ends all its connections; clients are told to come back. Throws `ResourceError` (`not-found`). */
  restart(name: string): Promise<void>;
}
