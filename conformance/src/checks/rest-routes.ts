// Every route of every version: what it is answered, and that it does what it says (rest-api 4).

import { area, type Check } from '../check.ts';
import { asUser, clientsOf } from '../clients-of.ts';
import { call, type HttpCall } from '../peers/http.ts';
import type { HubClient } from '../peers/hub-client.ts';
import { requireEqual } from '../require.ts';
import type { Stage } from '../stage.ts';

const VERSIONS = ['2022-06-01', '2022-11-01', '2023-07-01', '2024-12-01'] as const;
const USER = 'ann@example';
const GROUP = 'a group';
const NEWS: HttpCall = { method: 'POST', body: JSON.stringify({ target: 'news', arguments: ['x', 1] }) };

const dated = (path: string, version: string = '2024-12-01') => `/api/hubs${path}?api-version=${version}`;
const v1 = (path: string) => `/api/v1/hubs${path}`;
const preview = (path: string) => `/api/v1-preview/hub${path}`;
const e = encodeURIComponent;

/** A client of a user in a group, which REST put there. */
async function member(stage: Stage): Promise<HubClient> {
  const { come } = await clientsOf(stage);
  const client = await come(asUser(USER));
  await stage.restOk(dated(`/${stage.hub}/groups/${e(GROUP)}/connections/${client.connectionId}`), 200, {
    method: 'PUT',
  });
  return client;
}

interface Send {
  readonly id: string;
  readonly path: (hub: string, connectionId: string) => string;
}

/** Whom a send can go to, behind the name of the hub. */
const RECEIVERS: readonly (readonly [id: string, path: (connectionId: string) => string])[] = [
  ['all', () => ''],
  ['user', () => `/users/${e(USER)}`],
  ['group', () => `/groups/${e(GROUP)}`],
  ['connection', (connectionId) => `/connections/${connectionId}`],
];

const SENDS: readonly Send[] = [
  ...VERSIONS.flatMap((version) =>
    RECEIVERS.map(([id, to]) => ({
      id: `send.${version}.${id}`,
      path: (hub: string, connectionId: string) => dated(`/${hub}${to(connectionId)}/:send`, version),
    })),
  ),
  ...RECEIVERS.flatMap(([id, to]) => [
    { id: `send.v1.${id}`, path: (hub: string, connectionId: string) => v1(`/${hub}${to(connectionId)}`) },
    { id: `send.v1-colon.${id}`, path: (hub: string, connectionId: string) => v1(`/${hub}${to(connectionId)}/:send`) },
    { id: `send.dated-short.${id}`, path: (hub: string, connectionId: string) => dated(`/${hub}${to(connectionId)}`) },
  ]),
  { id: 'send.v1-preview.all', path: (hub) => preview(`/${hub}`) },
  { id: 'send.v1-preview.user', path: (hub) => preview(`/${hub}/user/${e(USER)}`) },
  { id: 'send.v1-preview.users', path: (hub) => preview(`/${hub}/users/nobody,${e(USER)}`) },
];

/** What can be asked for, and the code when it is not there (rest-api 6). */
interface Existence {
  readonly id: string;
  readonly code: string;
  readonly there: (hub: string, connectionId: string) => string;
  readonly absent: (hub: string, connectionId: string) => string;
}

const EXISTENCE: readonly Existence[] = [dated, v1].flatMap((family) => {
  const name = family === dated ? 'dated' : 'v1';
  const userInGroup = (user: string, group: string) =>
    family === dated ? `/users/${e(user)}/groups/${e(group)}` : `/groups/${e(group)}/users/${e(user)}`;
  return [
    {
      id: `${name}.connection`,
      code: 'Warning.Connection.NotExisted',
      there: (hub: string, connectionId: string) => family(`/${hub}/connections/${connectionId}`),
      absent: (hub: string) => family(`/${hub}/connections/nobody`),
    },
    {
      id: `${name}.user`,
      code: 'Warning.User.NotExisted',
      there: (hub: string) => family(`/${hub}/users/${e(USER)}`),
      absent: (hub: string) => family(`/${hub}/users/nobody`),
    },
    {
      id: `${name}.group`,
      code: 'Warning.Group.NotExisted',
      there: (hub: string) => family(`/${hub}/groups/${e(GROUP)}`),
      absent: (hub: string) => family(`/${hub}/groups/nobody`),
    },
    {
      id: `${name}.user-in-group`,
      code: 'Info.User.NotInGroup',
      there: (hub: string) => family(`/${hub}${userInGroup(USER, GROUP)}`),
      absent: (hub: string) => family(`/${hub}${userInGroup(USER, 'nobody')}`),
    },
  ];
});

export const REST_ROUTE_CHECKS: readonly Check[] = area('rest-routes', {}, [
  ...SENDS.map(({ id, path }) => ({
    id,
    requires: 'This route of a send is accepted with 202, and the client gets the message.',
    source: id.includes('v1-preview') ? 'rest-api 4.3' : id.includes('v1') ? 'rest-api 4.2' : 'rest-api 4.1',
    async run(stage: Stage) {
      const client = await member(stage);
      await stage.restOk(path(stage.hub, client.connectionId), 202, NEWS);
      const { target, arguments: args } = await client.next('the invocation', 1);
      requireEqual('target and arguments', [target, args], ['news', ['x', 1]]);
    },
  })),
  ...EXISTENCE.flatMap(({ id, code, there, absent }) =>
    ['HEAD', 'GET'].flatMap((method) => [
      {
        id: `exists.${id}.${method.toLowerCase()}.yes`,
        requires: `${method} says 200 of what is there.`,
        source: id.startsWith('v1') ? 'rest-api 4.2' : 'rest-api 4.1',
        async run(stage: Stage) {
          const client = await member(stage);
          await stage.restOk(there(stage.hub, client.connectionId), 200, { method });
        },
      },
      {
        id: `exists.${id}.${method.toLowerCase()}.no`,
        requires: `${method} says 404 of what is not there, with the code ${code}: SDKs decide by it.`,
        source: 'rest-api 6',
        async run(stage: Stage) {
          const client = await member(stage);
          const { headers } = await stage.restOk(absent(stage.hub, client.connectionId), 404, { method });
          requireEqual('x-ms-error-code', headers['x-ms-error-code'], code);
        },
      },
    ]),
  ),
  ...['/api/health', '/api/v1/health'].flatMap((path) =>
    ['HEAD', 'GET'].map((method) => ({
      id: `health.${path.includes('v1') ? 'v1' : 'dated'}.${method.toLowerCase()}`,
      requires: `${method} of the health route says 200 to everybody, with nothing.`,
      source: 'rest-api 4.1',
      async run(stage: Stage) {
        const { status, text } = await call(stage.target.serverUrl(path), { method });
        requireEqual('the answer', [status, text], [200, '']);
      },
    })),
  ),
]);
