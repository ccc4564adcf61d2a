import type { GroupMember, GroupMembersOptions } from './group-members.ts';

/**
 * Asks about the clients of a hub, and disconnects them. Whoever is closed learns the reason, and may come back
 * (rest-api 7.2, 7.3).
 *
 * @throws TypeError for an id or a name that is empty.
 */
export interface ClientManager {
  /** Is this connection open? */
  connectionExists(connectionId: string): Promise<boolean>;
  /** Has the user an open connection? */
  userExists(userId: string): Promise<boolean>;
  /** Is an open connection in the group? */
  groupExists(groupName: string): Promise<boolean>;
  /** Closes one connection; one that is not there is no error. */
  closeConnection(connectionId: string, reason?: string): Promise<void>;
  /** Closes the connections of a user, but for those named in `except`. */
  closeUser(userId: string, reason?: string, except?: readonly string[]): Promise<void>;
  /** Closes the connections in a group, but for those named in `except`. */
  closeGroup(groupName: string, reason?: string, except?: readonly string[]): Promise<void>;
  /** Closes every connection of the hub, but for those named in `except`. */
  closeAll(reason?: string, except?: readonly string[]): Promise<void>;
  /**
   * The connections in a group, ordered by id. Pages are asked for as they are needed; who joins meanwhile may be
   * missing. A group that nobody is in has none.
   *
   * @throws RangeError for a `pageSize` that is not 1 to 200, or a `top` below 1.
   */
  groupMembers(groupName: string, options?: GroupMembersOptions): AsyncIterable<GroupMember>;
}
