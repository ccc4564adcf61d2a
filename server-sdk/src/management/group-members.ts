// Who is in a group, page by page (rest-api 7.5; service-protocol 8.4).

/** A connection in a group. */
export interface GroupMember {
  /** Unique in the hub. */
  readonly connectionId: string;
  /** Undefined for an anonymous client. */
  readonly userId: string | undefined;
}

/** How a group is listed. */
export interface GroupMembersOptions {
  /** Connections that are asked for at once, 1 to 200. Default 200. */
  readonly pageSize?: number;
  /** Connections that are wanted in all. Default: no limit. */
  readonly top?: number;
}

/** A question for one page. */
export interface GroupMembersQuery {
  readonly group: string;
  readonly pageSize: number;
  /** Undefined for the first page. */
  readonly continuationToken: string | undefined;
}

export interface GroupMembersPage {
  readonly members: readonly GroupMember[];
  /** Undefined on the last page. */
  readonly continuationToken: string | undefined;
}
