/** What a management client asks of a hub beside sends: changes that are confirmed, and questions. */
export type HubCommand =
  | { readonly do: 'add-to-group'; readonly connectionId: string; readonly group: string }
  | { readonly do: 'remove-from-group'; readonly connectionId: string; readonly group: string }
  | { readonly do: 'remove-from-all-groups'; readonly connectionId: string }
  | UserToGroup
  | { readonly do: 'remove-user-from-group'; readonly userId: string; readonly group: string }
  | { readonly do: 'remove-user-from-all-groups'; readonly userId: string }
  | { readonly do: 'is-user-in-group'; readonly userId: string; readonly group: string }
  | { readonly do: 'connection-exists'; readonly connectionId: string }
  | { readonly do: 'user-exists'; readonly userId: string }
  | { readonly do: 'group-exists'; readonly group: string }
  | { readonly do: 'close-connection'; readonly connectionId: string; readonly reason: string }
  | ({ readonly do: 'close-user'; readonly userId: string } & Closing)
  | ({ readonly do: 'close-group'; readonly group: string } & Closing)
  | ({ readonly do: 'close-all' } & Closing);

interface UserToGroup {
  readonly do: 'add-user-to-group';
  readonly userId: string;
  readonly group: string;
  /** Undefined: as long as the service remembers it. 0: the connections of now only. */
  readonly ttlSeconds: number | undefined;
}

/** Connections that are closed, but for some. */
interface Closing {
  /** Empty: none is given. */
  readonly reason: string;
  readonly except: readonly string[];
}

export type HubCommandName = HubCommand['do'];

/** The commands of one name. */
export type HubCommandOf<N extends HubCommandName> = Extract<HubCommand, { readonly do: N }>;
