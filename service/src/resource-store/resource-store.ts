import type { ResourceRecord } from './resource-record.ts';

/** A file that holds no resource, and what became of it. */
export interface BrokenRecord {
  readonly file: string;
  readonly reason: string;
  /** Where it was put; undefined: it could not be moved, and stays where it is. */
  readonly setAsideAs: string | undefined;
}

export interface LoadedRecords {
  readonly records: readonly ResourceRecord[];
  readonly broken: readonly BrokenRecord[];
}

/** Keeps the resources of a process. What `save` and `remove` resolve for survives the end of the process. */
export interface ResourceStore {
  /** Never rejects: what cannot be read is among the broken. */
  load(): Promise<LoadedRecords>;
  /** Rejects when it could not be kept; what was kept before is untouched then. */
  save(record: ResourceRecord): Promise<void>;
  remove(name: string): Promise<void>;
}

/** Forgets with the process. */
export const memoryStore: ResourceStore = {
  load: () => Promise.resolve({ records: [], broken: [] }),
  save: () => Promise.resolve(),
  remove: () => Promise.resolve(),
};
