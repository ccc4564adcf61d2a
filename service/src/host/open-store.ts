import { join } from 'node:path';
import type { ServiceEvents } from '../log/events.ts';
import { lockFolder } from '../resource-store/folder-lock.ts';
import { FolderStore } from '../resource-store/folder-store.ts';
import { memoryStore, type ResourceStore } from '../resource-store/resource-store.ts';

const RESOURCES = 'resources';

export interface OpenedStore {
  readonly store: ResourceStore;
  release(): Promise<void>;
}

/**
 * The store of a process. A folder that another process uses is left to it; one that cannot be written is read all the
 * same, and changes are refused.
 */
export async function openStore(
  folder: string | undefined,
  { events, now }: { readonly events: ServiceEvents; readonly now: () => number },
): Promise<OpenedStore> {
  if (folder === undefined) return { store: memoryStore, release: nothingToRelease };
  const lock = await lockFolder(folder);
  const store = new FolderStore(join(folder, RESOURCES), now);
  if (lock.isHeld) return { store, release: () => lock.release() };
  events.emit({ name: 'stateFolderNotHeld', folder, by: lock.by, reason: lock.reason });
  return { store: lock.by === undefined ? store : memoryStore, release: nothingToRelease };
}

function nothingToRelease(): Promise<void> {
  return Promise.resolve();
}
