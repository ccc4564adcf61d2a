import type { GroupManager } from '../hub/group-manager.ts';

/** Puts connections into groups, and takes them out of all at once. */
export interface ConnectionGroupManager extends GroupManager {
  /** Resolves when no group of the hub has the connection; one that is not there is no error. */
  removeFromAllGroups(connectionId: string): Promise<void>;
}
