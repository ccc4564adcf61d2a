// `clients` of hubs and hub contexts (client-protocol 6.4).
import { requireArgument } from './argument-checks.ts';
import {
  type ClientProxy,
  ConnectionProxy,
  type SendFlow,
  type SingleClientProxy,
  TargetProxy,
} from './client-proxy.ts';
import type { HubContract } from './hub-contract.ts';

/**
 * Chooses who is sent to. Ids and names that nobody has are fine: nobody gets the message. Null where an id, a name or
 * a list belongs throws a `TypeError`.
 */
export interface HubClients<C extends HubContract> {
  /** Every client of the hub, of all app servers. */
  readonly all: ClientProxy<C>;
  /** All but these connections. */
  allExcept(connectionIds: readonly string[]): ClientProxy<C>;
  /** One connection, which may be asked for results too. */
  client(connectionId: string): SingleClientProxy<C>;
  /** These connections. */
  clients(connectionIds: readonly string[]): ClientProxy<C>;
  /** Every connection in a group. Names compare with case. */
  group(name: string): ClientProxy<C>;
  /** A group without these connections. */
  groupExcept(name: string, connectionIds: readonly string[]): ClientProxy<C>;
  /** A client gets the message once for each of the groups that it is in. */
  groups(names: readonly string[]): ClientProxy<C>;
  /** Every connection of one user. Ids compare with case. */
  user(userId: string): ClientProxy<C>;
  /** Every connection of these users. */
  users(userIds: readonly string[]): ClientProxy<C>;
}

/** The clients, seen from a call of one of them. */
export interface HubCallerClients<C extends HubContract> extends HubClients<C> {
  /** The client that called. */
  readonly caller: SingleClientProxy<C>;
  /** Everybody else. */
  readonly others: ClientProxy<C>;
  /** A group without the client that called. */
  othersInGroup(name: string): ClientProxy<C>;
}

/** The clients of a hub, for sends of one flow. */
export class FlowClients<C extends HubContract> implements HubClients<C> {
  protected readonly flow: SendFlow;

  constructor(flow: SendFlow) {
    this.flow = flow;
  }

  get all(): ClientProxy<C> {
    return this.allExcept([]);
  }

  allExcept(connectionIds: readonly string[]): ClientProxy<C> {
    return new TargetProxy(this.flow, { to: 'all', except: requireArgument(connectionIds, 'excludedConnectionIds') });
  }

  client(connectionId: string): SingleClientProxy<C> {
    return new ConnectionProxy(this.flow, requireArgument(connectionId, 'connectionId'));
  }

  clients(connectionIds: readonly string[]): ClientProxy<C> {
    return new TargetProxy(this.flow, {
      to: 'connections',
      connectionIds: requireArgument(connectionIds, 'connectionIds'),
    });
  }

  group(name: string): ClientProxy<C> {
    return this.groupExcept(name, []);
  }

  groupExcept(name: string, connectionIds: readonly string[]): ClientProxy<C> {
    return new TargetProxy(this.flow, {
      to: 'group',
      group: requireArgument(name, 'groupName'),
      except: requireArgument(connectionIds, 'excludedConnectionIds'),
    });
  }

  groups(names: readonly string[]): ClientProxy<C> {
    return new TargetProxy(this.flow, { to: 'groups', groups: requireArgument(names, 'groupNames') });
  }

  user(userId: string): ClientProxy<C> {
    return new TargetProxy(this.flow, { to: 'users', userIds: [requireArgument(userId, 'userId')] });
  }

  users(userIds: readonly string[]): ClientProxy<C> {
    return new TargetProxy(this.flow, { to: 'users', userIds: requireArgument(userIds, 'userIds') });
  }
}

/** The clients of a hub, for sends of one call. */
export class CallerClients<C extends HubContract> extends FlowClients<C> implements HubCallerClients<C> {
  readonly #connectionId: string;

  constructor(flow: SendFlow, connectionId: string) {
    super(flow);
    this.#connectionId = connectionId;
  }

  get caller(): SingleClientProxy<C> {
    return this.client(this.#connectionId);
  }

  get others(): ClientProxy<C> {
    return this.allExcept([this.#connectionId]);
  }

  othersInGroup(name: string): ClientProxy<C> {
    return this.groupExcept(name, [this.#connectionId]);
  }
}
