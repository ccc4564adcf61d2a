// Members of groups, by REST (rest-api 4, 7.4, 7.5).

import { area, type Check } from '../check.ts';
import { asUser, clientsOf } from '../clients-of.ts';
import { json } from '../peers/http.ts';
import type { HubClient } from '../peers/hub-client.ts';
import { requireEqual, requireMatch, requireThat } from '../require.ts';
import type { Stage } from '../stage.ts';
import { requireInTime } from '../until.ts';

const USER = 'ann';
const GROUP = 'crew';
const dated = (path: string, more = '') => `/api/hubs${path}?api-version=2024-12-01${more}`;
const v1 = (path: string) => `/api/v1/hubs${path}`;

async function scene(stage: Stage): Promise<HubClient> {
  const { come } = await clientsOf(stage);
  return come(asUser(USER));
}

/** Requires that a client gets what is sent to the group, or does not: a message to all behind it tells. */
async function requireInGroup(stage: Stage, client: HubClient, isIn: boolean): Promise<void> {
  const send = (path: string, target: string) =>
    stage.restOk(dated(path), 202, { method: 'POST', body: JSON.stringify({ target }) });
  await send(`/${stage.hub}/groups/${GROUP}/:send`, 'to-group');
  await send(`/${stage.hub}/:send`, 'to-all');
  const { target } = await client.next('an invocation', 1);
  requireEqual('the first message', target, isIn ? 'to-group' : 'to-all');
  if (isIn) await client.next('the message to all', 1);
}

interface Change {
  readonly id: string;
  readonly put: (hub: string, connectionId: string) => string;
  readonly putStatus: number;
  readonly removeStatus: number;
}

const CHANGES: readonly Change[] = [
  {
    id: 'connection.dated',
    put: (hub, connectionId) => dated(`/${hub}/groups/${GROUP}/connections/${connectionId}`),
    putStatus: 200,
    removeStatus: 200,
  },
  {
    id: 'connection.v1',
    put: (hub, connectionId) => v1(`/${hub}/groups/${GROUP}/connections/${connectionId}`),
    putStatus: 200,
    removeStatus: 200,
  },
  {
    id: 'connection.alias',
    put: (hub, connectionId) => dated(`/${hub}/connections/${connectionId}/groups/${GROUP}`),
    putStatus: 200,
    removeStatus: 200,
  },
  {
    id: 'user.dated',
    put: (hub) => dated(`/${hub}/users/${USER}/groups/${GROUP}`),
    putStatus: 200,
    removeStatus: 204,
  },
  { id: 'user.v1', put: (hub) => v1(`/${hub}/groups/${GROUP}/users/${USER}`), putStatus: 202, removeStatus: 202 },
];

const FROM_ALL: readonly (readonly [
  id: string,
  path: (hub: string, connectionId: string) => string,
  status: number,
])[] = [
  ['connection.dated', (hub, connectionId) => dated(`/${hub}/connections/${connectionId}/groups`), 200],
  ['user.dated', (hub) => dated(`/${hub}/users/${USER}/groups`), 204],
  ['user.v1', (hub) => v1(`/${hub}/users/${USER}/groups`), 200],
];

export const REST_GROUP_CHECKS: readonly Check[] = area('rest-groups', {}, [
  ...CHANGES.flatMap(({ id, put, putStatus, removeStatus }) => [
    {
      id: `join.${id}`,
      requires: `PUT answers ${putStatus}, and the client is in the group.`,
      source: 'rest-api 4.1',
      async run(stage: Stage) {
        const client = await scene(stage);
        await requireInGroup(stage, client, false);
        await stage.restOk(put(stage.hub, client.connectionId), putStatus, { method: 'PUT' });
        await requireInGroup(stage, client, true);
      },
    },
    {
      id: `leave.${id}`,
      requires: `DELETE answers ${removeStatus}, and the client is out of the group.`,
      source: 'rest-api 4.1',
      async run(stage: Stage) {
        const client = await scene(stage);
        const path = put(stage.hub, client.connectionId);
        await stage.restOk(path, putStatus, { method: 'PUT' });
        await stage.restOk(path, removeStatus, { method: 'DELETE' });
        await requireInGroup(stage, client, false);
      },
    },
  ]),
  ...FROM_ALL.map(([id, path, status]) => ({
    id: `leave-all.${id}`,
    requires: `DELETE of all groups answers ${status}, and the client is in none.`,
    source: 'rest-api 4.1',
    async run(stage: Stage) {
      const client = await scene(stage);
      await stage.restOk(dated(`/${stage.hub}/users/${USER}/groups/${GROUP}`), 200, { method: 'PUT' });
      await stage.restOk(path(stage.hub, client.connectionId), status, { method: 'DELETE' });
      await requireInGroup(stage, client, false);
    },
  })),
  {
    id: 'join.unknown-connection',
    requires: 'A connection that is not there cannot join: 404 with Error.Connection.NotExisted, which SDKs swallow.',
    source: 'rest-api 6',
    async run(stage) {
      const path = dated(`/${stage.hub}/groups/${GROUP}/connections/nobody`);
      const { headers } = await stage.restOk(path, 404, { method: 'PUT' });
      requireEqual('x-ms-error-code', headers['x-ms-error-code'], 'Error.Connection.NotExisted');
    },
  },
  {
    id: 'leave.unknown-connection',
    requires: 'A connection that is not there leaves a group with 200: SDKs take anything else for an error.',
    source: 'rest-api 0.6',
    run: async (stage) => {
      await stage.restOk(dated(`/${stage.hub}/groups/${GROUP}/connections/nobody`), 200, { method: 'DELETE' });
    },
  },
  {
    id: 'user.later-connections',
    requires: 'Connections that a user opens later are in the group too.',
    source: 'rest-api 7.4',
    async run(stage) {
      await stage.restOk(dated(`/${stage.hub}/users/${USER}/groups/${GROUP}`), 200, { method: 'PUT' });
      await requireInGroup(stage, await scene(stage), true);
    },
  },
  {
    id: 'user.ttl-zero',
    requires: 'With a ttl of 0 only connections that are there join.',
    source: 'rest-api 7.4',
    async run(stage) {
      const { come } = await clientsOf(stage);
      const now = await come(asUser(USER));
      await stage.restOk(dated(`/${stage.hub}/users/${USER}/groups/${GROUP}`, '&ttl=0'), 200, { method: 'PUT' });
      const later = await come(asUser(USER));
      await requireInGroup(stage, now, true);
      requireEqual('the first message of the later one', (await later.next('a message', 1))['target'], 'to-all');
    },
  },
  {
    id: 'user.ttl-passes',
    requires: 'After its ttl a user is in the group no more.',
    source: 'rest-api 7.4',
    async run(stage) {
      const path = `/${stage.hub}/users/${USER}/groups/${GROUP}`;
      await stage.restOk(dated(path, '&ttl=1'), 200, { method: 'PUT' });
      await requireInTime(
        'the status of the user in the group',
        async () => (await stage.rest(dated(path))).status,
        404,
      );
    },
  },
  {
    id: 'user.ttl-negative',
    requires: 'A ttl below 0 is refused with 400.',
    source: 'rest-api 2.1',
    severity: 'should',
    run: async (stage) => {
      await stage.restOk(dated(`/${stage.hub}/users/${USER}/groups/${GROUP}`, '&ttl=-1'), 400, { method: 'PUT' });
    },
  },
  {
    id: 'user.leaves-by-any-way',
    requires: 'DELETE of a user takes out connections that joined by themselves, too.',
    source: 'rest-api 7.4',
    async run(stage) {
      const client = await scene(stage);
      const path = dated(`/${stage.hub}/groups/${GROUP}/connections/${client.connectionId}`);
      await stage.restOk(path, 200, { method: 'PUT' });
      await stage.restOk(dated(`/${stage.hub}/users/${USER}/groups/${GROUP}`), 204, { method: 'DELETE' });
      await requireInGroup(stage, client, false);
    },
  },
  {
    id: 'members.pages',
    requires: 'The members of a group come in pages in a stable order, each with its user; a link leads to the next.',
    source: 'rest-api 7.5',
    async run(stage) {
      const { come } = await clientsOf(stage);
      const clients = [await come(asUser(USER)), await come(), await come()];
      for (const { connectionId } of clients) {
        await stage.restOk(dated(`/${stage.hub}/groups/${GROUP}/connections/${connectionId}`), 200, { method: 'PUT' });
      }
      const path = dated(`/${stage.hub}/groups/${GROUP}/connections`, '&maxpagesize=2');
      const first = json(await stage.restOk(path, 200));
      requireMatch('nextLink', first['nextLink'], /^https?:\/\/[^/]+\/api\/hubs\//);
      const next = new URL(String(first['nextLink']));
      const second = json(await stage.restOk(`${next.pathname}${next.search}`, 200));
      const members = [first, second].flatMap(({ value }) => (Array.isArray(value) ? value : []));
      const ids = clients.map(({ connectionId }) => connectionId).sort();
      requireEqual('the members', members.map(({ connectionId }) => connectionId).sort(), ids);
      const [named] = members.filter(({ userId }) => userId !== undefined);
      requireEqual('the one with a user', named, { connectionId: clients[0]?.connectionId, userId: USER });
      requireThat(second['nextLink'] === undefined || second['nextLink'] === null, 'no further link', second);
    },
  },
  {
    id: 'members.of-nobody',
    requires: 'A group that is not there has no members: 200 and an empty list.',
    source: 'rest-api 7.5',
    severity: 'should',
    async run(stage) {
      const answer = json(await stage.restOk(dated(`/${stage.hub}/groups/nobody/connections`), 200));
      requireEqual('the list', answer['value'], []);
    },
  },
  ...['maxpagesize=0', 'maxpagesize=201', 'maxpagesize=x', 'top=0'].map((query) => ({
    id: `members.refused.${query.replace('=', '-')}`,
    requires: `${query} is refused with 400.`,
    source: 'rest-api 7.5',
    run: async (stage: Stage) => {
      await stage.restOk(dated(`/${stage.hub}/groups/${GROUP}/connections`, `&${query}`), 400);
    },
  })),
]);
