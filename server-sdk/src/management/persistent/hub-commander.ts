// Commands over server connections: each is confirmed by every endpoint that it is meant for (service-protocol 8.4).
import { SignalRServerError } from '../../errors.ts';
import { onWays } from '../../hub/on-ways.ts';
import type { HubOperations } from '../../hub-runtime.ts';
import { confirmedByAny, confirmedByFirst } from '../../server-connection/confirmations.ts';
import type { Outlet } from '../../server-connection/outlet.ts';
import type { GroupMembersPage, GroupMembersQuery } from '../group-members.ts';
import type { HubCommand } from '../hub-command.ts';
import { type RoutedCommand, routedCommand } from './command-messages.ts';
import { readMembersPayload } from './members-payload.ts';

/** Where the listing of a group goes on: on which endpoint, and behind what. */
interface Place {
  readonly endpoint: string;
  readonly token: string | undefined;
}

/** Puts between the name of an endpoint and its own token what neither holds. */
const MARK = '\n';

/** Commands a hub from outside of its calls. */
export class HubCommander {
  readonly #operations: HubOperations;

  constructor(operations: HubOperations) {
    this.#operations = operations;
  }

  /** Resolves when the service has done it. Rejects with a `SignalRServerError`. */
  perform(command: HubCommand): Promise<boolean> {
    const { outlets } = this.#operations;
    const routed = routedCommand(command);
    // Only one endpoint has a connection.
    const confirmed = 'connectionId' in command ? confirmedByFirst : confirmedByAny;
    return onWays(
      outlets,
      () => outlets.waysTo(routed.target, undefined),
      (ways) => confirmed(ways.map((way) => this.#performOn(way, routed))),
    );
  }

  /** One page: the endpoints are listed one after the other. */
  groupMembers({ group, pageSize, continuationToken }: GroupMembersQuery): Promise<GroupMembersPage> {
    const { outlets } = this.#operations;
    return onWays(
      outlets,
      () => outlets.waysTo({ to: 'group', group }, undefined),
      async (ways) => {
        const place = continuationToken === undefined ? undefined : placeOf(continuationToken);
        const index = place === undefined ? 0 : ways.findIndex(({ endpoint }) => endpoint === place.endpoint);
        const way = ways[index];
        if (way === undefined && place === undefined) return { members: [], continuationToken: undefined };
        if (way === undefined) throw lost();
        const { members, continuationToken: token } = await this.#pageOf(way, { group, pageSize }, place?.token);
        const next = token === undefined ? ways[index + 1] : way;
        return { members, continuationToken: next && textOf({ endpoint: next.endpoint, token }) };
      },
    );
  }

  async #performOn(way: Outlet, { message }: RoutedCommand): Promise<boolean> {
    const { acks, tracing } = this.#operations;
    const { ackId, confirmed } = acks.expect(way);
    way.append(tracing.mark(message(ackId)));
    return confirmed;
  }

  async #pageOf(
    way: Outlet,
    { group, pageSize: max }: Pick<GroupMembersQuery, 'group' | 'pageSize'>,
    token: string | undefined,
  ): Promise<GroupMembersPage> {
    const { acks, tracing } = this.#operations;
    const { ackId, answered } = acks.expectAnswer(way);
    const more = token === undefined ? {} : { continuationToken: token };
    way.append(tracing.mark({ type: 40, group, ackId, max, ...more }));
    return readMembersPayload((await answered).payload);
  }
}

function placeOf(text: string): Place {
  const mark = text.indexOf(MARK);
  const token = text.slice(mark + 1);
  return { endpoint: text.slice(0, mark), token: token === '' ? undefined : token };
}

function textOf({ endpoint, token = '' }: Place): string {
  return `${endpoint}${MARK}${token}`;
}

function lost(): SignalRServerError {
  return new SignalRServerError('not-connected', 'The endpoint whose members were listed is not connected any more.');
}
