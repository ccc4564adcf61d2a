import { area, type Check } from '../check.ts';
import type { AppServer } from '../peers/app-server.ts';
import type { HubClient } from '../peers/hub-client.ts';
import { requireReceived, settled } from '../received.ts';
import { requireEqual, requireThat } from '../require.ts';
import { come, together, trio } from '../trio.ts';
import { requireInTime } from '../until.ts';
import * as requests from '../wire/hub-requests.ts';
import { decodePack, type PackValue } from '../wire/message-pack.ts';
import { NO_EXTENSIONS, ServiceType } from '../wire/service-message.ts';

const OK = 1;
const NOT_FOUND = 2;
const INT32_MAX = 2 ** 31 - 1;

/** Requires the statuses that requests get, one after the other. */
async function requireStatuses(
  server: AppServer,
  asked: readonly (readonly [string, requests.AckableRequest, number])[],
): Promise<void> {
  for (const [what, request, status] of asked) requireEqual(`${what}: status`, await server.acked(request), status);
}

const FORM: readonly Check[] = [
  {
    id: 'form.five-elements',
    requires: 'An Ack without a payload has five elements, its map is empty: both generations of SDKs read that.',
    source: 'service-protocol 4.7',
    async run(stage) {
      const server = await stage.server();
      const [type, , ...rest] = await server.ack(requests.isUser('nobody'));
      requireEqual('the Ack behind its id', [type, ...rest], [ServiceType.Ack, NOT_FOUND, '', NO_EXTENSIONS]);
    },
  },
  {
    id: 'form.echoes-the-id',
    requires: 'An Ack has the id of its request, up to the largest int32.',
    source: 'service-protocol 8.4',
    async run(stage) {
      const server = await stage.server();
      server.send(requests.isUser('nobody')(INT32_MAX));
      const [, ackId] = await server.next(ServiceType.Ack);
      requireEqual('the ack id', ackId, INT32_MAX);
    },
  },
  {
    id: 'form.on-the-same-connection',
    requires: 'An Ack comes once, on the server connection of its request, also when the server has others.',
    source: 'service-protocol 8.4',
    async run(stage) {
      const twins = [await stage.server({ serverId: 'same' }), await stage.server({ serverId: 'same' })] as const;
      for (const [asking, other] of [twins, [...twins].reverse()]) {
        asking?.send(requests.isUser('nobody')(INT32_MAX));
        await asking?.next(ServiceType.Ack, ([, id]) => id === INT32_MAX);
        for (const server of [asking, other]) {
          requireThat(server !== undefined, 'a server connection', server);
          await settled(server);
          const more = server.serviceMessages.untaken.filter(([type]) => type === ServiceType.Ack);
          requireEqual('further Acks', more, []);
        }
      }
    },
  },
  {
    id: 'form.for-weak-connections',
    requires: 'A weak connection gets its Acks.',
    source: 'service-protocol 8.4',
    async run(stage) {
      const { a } = await trio(stage);
      const weak = await stage.server({ connectionType: 2 });
      requireEqual('the status', await weak.acked(requests.isConnection(a.connectionId)), OK);
    },
  },
];

const EXISTENCE: readonly Check[] = [
  {
    id: 'exists.connection',
    requires: 'CheckConnectionExistence (24) is Ok for an open connection of the hub and NotFound for any other.',
    source: 'service-protocol 8.3',
    async run(stage) {
      const { server, a } = await trio(stage);
      const hub = `${stage.hub}other`;
      const elsewhere = await stage.server({ hub });
      await requireStatuses(server, [
        ['an open connection', requests.isConnection(a.connectionId), OK],
        ['an unknown one', requests.isConnection('unknown'), NOT_FOUND],
        ['other case', requests.isConnection(swappedCase(a.connectionId)), NOT_FOUND],
      ]);
      await requireStatuses(elsewhere, [['of another hub', requests.isConnection(a.connectionId), NOT_FOUND]]);
      a.socket.close();
      await server.nextOf(ServiceType.CloseConnection, a.connectionId);
      await requireStatuses(server, [['a closed one', requests.isConnection(a.connectionId), NOT_FOUND]]);
    },
  },
  {
    id: 'exists.user',
    requires: 'CheckUserExistence (25) is Ok while a connection of the user is open, and NotFound otherwise.',
    source: 'service-protocol 8.3',
    async run(stage) {
      const { server, a, b } = await trio(stage, { a: 'ann', b: 'ann' });
      await requireStatuses(server, [
        ['a user', requests.isUser('ann'), OK],
        ['other case', requests.isUser('Ann'), NOT_FOUND],
      ]);
      a.socket.close();
      await server.nextOf(ServiceType.CloseConnection, a.connectionId);
      await requireStatuses(server, [['with one connection left', requests.isUser('ann'), OK]]);
      b.socket.close();
      await server.nextOf(ServiceType.CloseConnection, b.connectionId);
      await requireStatuses(server, [['with none left', requests.isUser('ann'), NOT_FOUND]]);
    },
  },
  {
    id: 'exists.group',
    requires: 'CheckGroupExistence (23) is Ok while a connection is in the group, and NotFound otherwise.',
    source: 'service-protocol 8.3',
    async run(stage) {
      const { server, a } = await trio(stage);
      await requireStatuses(server, [
        ['before', requests.isGroup('g'), NOT_FOUND],
        ['joining', requests.joinGroupAcked(a.connectionId, 'g'), OK],
        ['with a member', requests.isGroup('g'), OK],
        ['leaving', requests.leaveGroupAcked(a.connectionId, 'g'), OK],
        ['after', requests.isGroup('g'), NOT_FOUND],
      ]);
    },
  },
  {
    id: 'exists.user-in-group',
    requires: 'CheckUserInGroup (21) is Ok for a user who joined, until the user leaves.',
    source: 'service-protocol 8.3',
    async run(stage) {
      const { server } = await trio(stage, { a: 'ann', b: 'bob' });
      await requireStatuses(server, [
        ['before', requests.isUserInGroup('ann', 'g'), NOT_FOUND],
        ['joining', requests.userJoinGroupAcked('ann', 'g'), OK],
        ['in the group', requests.isUserInGroup('ann', 'g'), OK],
        ['another user', requests.isUserInGroup('bob', 'g'), NOT_FOUND],
        ['another group', requests.isUserInGroup('ann', 'G'), NOT_FOUND],
        ['leaving', requests.userLeaveGroupAcked('ann', 'g'), OK],
        ['after', requests.isUserInGroup('ann', 'g'), NOT_FOUND],
      ]);
    },
  },
  {
    id: 'exists.user-in-group-by-connection',
    requires: 'A user is in a group as well when one of the open connections joined by itself.',
    source: 'rest-api 7.4',
    severity: 'should',
    async run(stage) {
      const { server, b } = await trio(stage, { a: 'ann', b: 'ann' });
      await together(server, 'g', [b]);
      await requireStatuses(server, [['by connection', requests.isUserInGroup('ann', 'g'), OK]]);
    },
  },
];

function swappedCase(text: string): string {
  return [...text].map((one) => (one === one.toLowerCase() ? one.toUpperCase() : one.toLowerCase())).join('');
}

/** Requires the Close message of a connection that somebody else ended, and 1000 behind it. */
async function requireClosed(client: HubClient, reason: string | undefined): Promise<void> {
  const close = await client.next('a Close message', 7);
  const error = reason === undefined ? {} : { error: reason };
  requireEqual('the Close message', close, { type: 7, ...error, allowReconnect: true });
  requireEqual('the close code', (await client.ended).code, 1000);
}

const CLOSES: readonly Check[] = [
  {
    id: 'close.connection',
    requires:
      'CloseConnectionWithAck (30) ends that client with the reason and leave to reconnect, and tells its server.',
    source: 'service-protocol 7.4',
    async run(stage) {
      const { server, a, b } = await trio(stage);
      const other = await stage.server();
      requireEqual('the status', await other.acked(requests.closeConnection(a.connectionId, 'go away')), OK);
      await requireClosed(a, 'go away');
      const [, , error] = await server.nextOf(ServiceType.CloseConnection, a.connectionId);
      requireEqual('the error of CloseConnection', error, 'go away');
      await requireReceived(other, b, []);
    },
  },
  {
    id: 'close.unknown-connection',
    requires: 'CloseConnectionWithAck for an unknown connection is NotFound.',
    source: 'service-protocol 4.4',
    severity: 'should',
    async run(stage) {
      const server = await stage.server();
      requireEqual('the status', await server.acked(requests.closeConnection('unknown', 'go')), NOT_FOUND);
    },
  },
  {
    id: 'close.all',
    requires: 'CloseConnectionsWithAck (31) ends every client of the hub but the excluded ones.',
    source: 'service-protocol 4.7',
    async run(stage) {
      const { server, a, b, c } = await trio(stage);
      const elsewhere = await come(stage, await stage.server());
      const request = requests.closeAll('all', [b.connectionId, 'unknown']);
      requireEqual('the status', await server.acked(request), OK);
      for (const client of [a, c, elsewhere]) await requireClosed(client, 'all');
      await requireReceived(server, b, []);
    },
  },
  {
    id: 'close.user',
    requires: 'CloseUserConnectionsWithAck (32) ends the connections of a user but the excluded ones.',
    source: 'service-protocol 4.7',
    async run(stage) {
      const { server, a, b, c } = await trio(stage, { a: 'ann', b: 'ann', c: 'bob' });
      requireEqual('the status', await server.acked(requests.closeUser('ann', 'you', [b.connectionId])), OK);
      await requireClosed(a, 'you');
      for (const client of [b, c]) await requireReceived(server, client, []);
    },
  },
  {
    id: 'close.group',
    requires: 'CloseGroupConnectionsWithAck (33) ends the members of a group but the excluded ones.',
    source: 'service-protocol 4.7',
    async run(stage) {
      const { server, a, b, c } = await trio(stage);
      await together(server, 'g', [a, b]);
      requireEqual('the status', await server.acked(requests.closeGroup('g', 'both', [b.connectionId])), OK);
      await requireClosed(a, 'both');
      for (const client of [b, c]) await requireReceived(server, client, []);
    },
  },
  {
    id: 'close.without-a-reason',
    requires: 'A Close message without a reason has no error.',
    source: 'service-protocol 7.4',
    async run(stage) {
      const { server, a } = await trio(stage, { a: 'ann' });
      await server.acked(requests.closeUser('ann', null));
      await requireClosed(a, undefined);
    },
  },
  {
    id: 'close.in-messagepack',
    requires: 'A MessagePack client gets its Close message in MessagePack.',
    source: 'service-protocol 7.4',
    async run(stage) {
      const server = await stage.server();
      const { client } = await stage.join(server, { protocol: 'messagepack' });
      await server.acked(requests.closeAll('all'));
      await requireClosed(client, 'all');
    },
  },
  {
    id: 'close.gone-before-told',
    requires: 'When a client sees its Close message, it is in no group, and neither it nor its user exists.',
    source: 'service-protocol 7.4',
    async run(stage) {
      const { server, a } = await trio(stage, { a: 'ann' });
      await together(server, 'g', [a]);
      server.send(requests.closeGroup('g', 'all')(INT32_MAX));
      await requireClosed(a, 'all');
      await requireStatuses(server, [
        ['the group', requests.isGroup('g'), NOT_FOUND],
        ['the user', requests.isUser('ann'), NOT_FOUND],
        ['the connection', requests.isConnection(a.connectionId), NOT_FOUND],
      ]);
    },
  },
];

interface Page {
  readonly members: readonly string[];
  readonly users: readonly PackValue[];
  readonly next: PackValue | undefined;
}

/** One page of the members of a group: `[ [ [connectionId, userId?], … ], continuationToken? ]`. */
async function pageOf(
  server: AppServer,
  group: string,
  max: number | null = null,
  continuationToken: string | null = null,
): Promise<Page> {
  const [, , status, , , payload] = await server.ack(requests.groupMembers(group, max, continuationToken));
  requireEqual('the status', status, OK);
  requireThat(payload instanceof Uint8Array, 'an Ack with a payload', payload);
  const page = decodePack(payload);
  requireThat(Array.isArray(page) && Array.isArray(page[0]), '[members, token?]', page);
  const rows = (page[0] as readonly PackValue[]).map((row) =>
    Array.isArray(row) ? (row as readonly PackValue[]) : [],
  );
  return {
    members: rows.map(([connectionId]) => String(connectionId)),
    users: rows.map(([, user]) => user ?? null),
    next: (page as readonly PackValue[])[1] ?? null,
  };
}

const MEMBERS: readonly Check[] = [
  {
    id: 'members.all',
    requires: 'GroupMemberQuery (40) is acked with the connections of a group, each with its user.',
    source: 'service-protocol 8.4',
    async run(stage) {
      const { server, a, b } = await trio(stage, { a: 'ann' });
      await together(server, 'g', [a, b]);
      const { members, users, next } = await pageOf(server, 'g');
      const found = members.map((id, index) => [id, users[index]] as const);
      requireEqual(
        'the members',
        new Map(found),
        new Map([
          [a.connectionId, 'ann'],
          [b.connectionId, null],
        ]),
      );
      requireEqual('their number', members.length, 2);
      requireEqual('the continuation token', next, null);
    },
  },
  {
    id: 'members.in-pages',
    requires: 'Pages of the members of a group have at most as many as asked for; together they have each once.',
    source: 'service-protocol 8.4',
    async run(stage) {
      const { server, a, b, c } = await trio(stage);
      const clients = [a, b, c, await come(stage, server), await come(stage, server)];
      await together(server, 'g', clients);
      const seen: string[] = [];
      let token: PackValue | undefined = null;
      do {
        const page: Page = await pageOf(server, 'g', 2, token);
        requireThat(page.members.length <= 2, 'at most 2 members on a page', page.members);
        seen.push(...page.members);
        requireThat(seen.length <= clients.length, `${clients.length} members on all pages`, seen);
        token = page.next;
        requireThat(token === null || typeof token === 'string', 'a continuation token or nil', token);
      } while (token !== null);
      requireEqual('the members', seen.sort(), clients.map(({ connectionId }) => connectionId).sort());
    },
  },
  {
    id: 'members.of-an-unknown-group',
    requires: 'A group without members has an empty list, Ok.',
    source: 'service-protocol 8.4',
    async run(stage) {
      const { members, next } = await pageOf(await stage.server(), 'nobody');
      requireEqual('the members and the token', [members, next], [[], null]);
    },
  },
  {
    id: 'members.without-those-that-left',
    requires: 'A connection that ended is in no list of members.',
    source: 'service-protocol 8.3',
    async run(stage) {
      const { server, a, b } = await trio(stage);
      await together(server, 'g', [a, b]);
      a.socket.drop();
      await requireInTime('the status', () => server.acked(requests.isConnection(a.connectionId)), NOT_FOUND);
      requireEqual('the members', (await pageOf(server, 'g')).members, [b.connectionId]);
    },
  },
];

export const ACK_CHECKS: readonly Check[] = area('acks', { modes: ['Default', 'Classic'] }, [
  ...FORM,
  ...EXISTENCE,
  ...CLOSES,
  ...MEMBERS,
]);
