/** How a user is put into a group. */
export interface UserGroupOptions {
  /**
   * Seconds after which the user is out again; 0 for the connections that are open now and no others. Default: the
   * service remembers it for a year, and of one user the 100 groups that were changed last.
   */
  readonly ttlSeconds?: number;
}

/**
 * Puts users into groups: connections that a user opens later are in them too (rest-api 7.4). Users need not be
 * connected; every operation may be repeated. Ids and names compare with case.
 *
 * @throws TypeError for an id or a name that is empty, RangeError for a `ttlSeconds` that is no whole number from 0 on.
 */
export interface UserGroupManager {
  /** Resolves when sends to the group reach the user's connections. A new time to live replaces the old one. */
  add(userId: string, groupName: string, options?: UserGroupOptions): Promise<void>;
  /** Takes all the user's connections out, also those that were put in by their own id. */
  remove(userId: string, groupName: string): Promise<void>;
  /** Takes the user out of every group. */
  removeFromAll(userId: string): Promise<void>;
  /** Is the user remembered in the group, or one of its open connections in it? */
  has(userId: string, groupName: string): Promise<boolean>;
}
