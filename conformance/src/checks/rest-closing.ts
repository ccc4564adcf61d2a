// Clients that are closed by REST (rest-api 7.3).

import { area, type Check } from '../check.ts';
import { asUser, clientsOf } from '../clients-of.ts';
import type { HubClient } from '../peers/hub-client.ts';
import { requireEqual } from '../require.ts';
import type { Stage } from '../stage.ts';
import { ServiceType } from '../wire/service-message.ts';

const USER = 'ann';
const GROUP = 'crew';
const dated = (path: string, more = '') => `/api/hubs${path}?api-version=2024-12-01${more}`;

/** Two clients of a user in a group, and one beside them. */
async function scene(stage: Stage) {
  const { come, server } = await clientsOf(stage);
  const [one, two, other] = [await come(asUser(USER)), await come(asUser(USER)), await come(asUser('bob'))];
  for (const { connectionId } of [one, two]) {
    await stage.restOk(dated(`/${stage.hub}/groups/${GROUP}/connections/${connectionId}`), 200, { method: 'PUT' });
  }
  return { one, two, other, server };
}

async function requireClosed(client: HubClient, error?: string): Promise<void> {
  const expected = { type: 7, ...(error === undefined ? {} : { error }), allowReconnect: true };
  requireEqual('the Close message', await client.next('a Close message', 7), expected);
  requireEqual('the close code', (await client.ended).code, 1000);
}

/** Requires that a client is there still: it gets what is sent to it. */
async function requireOpen(stage: Stage, client: HubClient): Promise<void> {
  const path = dated(`/${stage.hub}/connections/${client.connectionId}/:send`);
  await stage.restOk(path, 202, { method: 'POST', body: '{"target":"still-here"}' });
  requireEqual('the message', (await client.next('the invocation', 1))['target'], 'still-here');
}

const MANY = [
  ['hub', ''],
  ['user', `/users/${USER}`],
  ['group', `/groups/${GROUP}`],
] as const;

export const REST_CLOSING_CHECKS: readonly Check[] = area('rest-closing', {}, [
  {
    id: 'connection.dated',
    requires: 'DELETE of a connection closes it with the reason, and leave to come back: 200.',
    source: 'rest-api 7.3',
    async run(stage) {
      const { one, other } = await scene(stage);
      const path = dated(`/${stage.hub}/connections/${one.connectionId}`, '&reason=go%20away');
      await stage.restOk(path, 200, { method: 'DELETE' });
      await requireClosed(one, 'go away');
      await requireOpen(stage, other);
    },
  },
  {
    id: 'connection.v1',
    requires: 'In v1 the same is answered with 202.',
    source: 'rest-api 4.2',
    async run(stage) {
      const { one } = await scene(stage);
      await stage.restOk(`/api/v1/hubs/${stage.hub}/connections/${one.connectionId}`, 202, { method: 'DELETE' });
      await requireClosed(one);
    },
  },
  {
    id: 'connection.unknown',
    requires: 'A connection that is not there gets 404 and Warning.Connection.NotExisted, which SDKs take for done.',
    source: 'rest-api 6',
    async run(stage) {
      const { headers } = await stage.restOk(dated(`/${stage.hub}/connections/nobody`), 404, { method: 'DELETE' });
      requireEqual('x-ms-error-code', headers['x-ms-error-code'], 'Warning.Connection.NotExisted');
    },
  },
  {
    id: 'connection.is-gone-at-once',
    requires: 'Who was closed is in no group and exists no more when its Close message comes.',
    source: 'rest-api 7.3',
    async run(stage) {
      const { one, two } = await scene(stage);
      for (const { connectionId } of [one, two]) {
        await stage.restOk(dated(`/${stage.hub}/connections/${connectionId}`), 200, { method: 'DELETE' });
      }
      await requireClosed(one);
      await stage.restOk(dated(`/${stage.hub}/connections/${one.connectionId}`), 404);
      await stage.restOk(dated(`/${stage.hub}/groups/${GROUP}`), 404);
      await stage.restOk(dated(`/${stage.hub}/users/${USER}`), 404);
    },
  },
  ...MANY.flatMap(([id, path]) => [
    {
      id: `${id}.all`,
      requires: `:closeConnections of a ${id} closes its clients with the reason: 204.`,
      source: 'rest-api 4.1',
      async run(stage: Stage) {
        const { one, two, other } = await scene(stage);
        const url = dated(`/${stage.hub}${path}/:closeConnections`, '&reason=later');
        await stage.restOk(url, 204, { method: 'POST' });
        await requireClosed(one, 'later');
        await requireClosed(two, 'later');
        if (id === 'hub') await requireClosed(other, 'later');
        else await requireOpen(stage, other);
      },
    },
    {
      id: `${id}.excluded`,
      requires: `:closeConnections of a ${id} leaves out whom it excludes.`,
      source: 'rest-api 7.3',
      async run(stage: Stage) {
        const { one, two, other } = await scene(stage);
        const excluded = `&excluded=${two.connectionId}&excluded=${other.connectionId}`;
        await stage.restOk(dated(`/${stage.hub}${path}/:closeConnections`, excluded), 204, { method: 'POST' });
        await requireClosed(one);
        await requireOpen(stage, two);
        await requireOpen(stage, other);
      },
    },
  ]),
  {
    id: 'server-hears',
    requires: 'The app server hears of the end of its client.',
    source: 'rest-api 7.3',
    modes: ['Default', 'Classic'],
    async run(stage) {
      const { one, server } = await scene(stage);
      await stage.restOk(dated(`/${stage.hub}/connections/${one.connectionId}`), 200, { method: 'DELETE' });
      await server?.nextOf(ServiceType.CloseConnection, one.connectionId);
    },
  },
]);
