import { area, type Check } from '../check.ts';
import type { AppServer } from '../peers/app-server.ts';
import { requireEqual, requireThat } from '../require.ts';
import { PackMap, type PackValue } from '../wire/message-pack.ts';
import { NO_EXTENSIONS, ServiceType } from '../wire/service-message.ts';

const PING = '{"type":6}\u001e';

async function announce(server: AppServer, step: string): Promise<void> {
  server.sendPing('shutdown', step);
  requireEqual('the answer', await server.nextPing('shutdown'), 'finack');
}

/** The only value of a header in a map of headers. */
function onlyValue(headers: PackValue | undefined, name: string): PackValue | undefined {
  if (!(headers instanceof PackMap)) return undefined;
  const values = headers.entries.find(([key]) => String(key).toLowerCase() === name.toLowerCase())?.[1];
  return Array.isArray(values) && values.length === 1 ? (values as readonly PackValue[])[0] : undefined;
}

export const SHUTDOWN_CHECKS: readonly Check[] = area('shutdown', { modes: ['Default', 'Classic'] }, [
  ...['fin:0', 'fin:1', 'fin:2'].map((step) => ({
    id: `${step.replace(':', '-')}.is-answered`,
    requires: `${step} is answered with finack: an app would wait for it until its time-out.`,
    source: 'service-protocol 12.1',
    async run(stage: Parameters<Check['run']>[0]) {
      await announce(await stage.server({ migrationLevel: 1 }), step);
    },
  })),
  {
    id: 'fin-is-answered-again',
    requires: 'A second fin is answered as well: SDKs repeat it.',
    source: 'service-protocol 12.1',
    async run(stage) {
      const server = await stage.server();
      await announce(server, 'fin:2');
      await announce(server, 'fin:2');
    },
  },
  {
    id: 'no-new-clients',
    requires: 'A server connection that announced its shutdown gets no new clients.',
    source: 'service-protocol 12.1',
    async run(stage) {
      const leaving = await stage.server();
      const staying = await stage.server();
      await announce(leaving, 'fin:2');
      for (let index = 0; index < 3; index++) await stage.join(staying);
    },
  },
  {
    id: 'off.clients-come-back',
    requires: 'With fin:0 clients are closed and told to come back.',
    source: 'service-protocol 12.1',
    async run(stage) {
      const server = await stage.server();
      const { client } = await stage.join(server);
      await announce(server, 'fin:0');
      requireEqual('the Close message', await client.next('a Close message', 7), { type: 7, allowReconnect: true });
      requireEqual('the close code', (await client.ended).code, 1000);
    },
  },
  {
    id: 'wait.clients-stay',
    requires: 'With fin:2 clients are served until they leave.',
    source: 'service-protocol 12.1',
    async run(stage) {
      const server = await stage.server();
      const { client } = await stage.join(server);
      await stage.server();
      await announce(server, 'fin:2');
      client.socket.send(PING);
      await server.nextOf(ServiceType.ConnectionData, client.connectionId);
      server.sendTo(client.connectionId, 'json', { type: 1, target: 'x', arguments: [] });
      await client.next('a message', 1);
    },
  },
  {
    id: 'migrate.moves-clients',
    requires:
      'With fin:1 a client goes on with another server: CloseConnection with Asrs-Migrate-To, OpenConnection with Asrs-Migrate-From.',
    source: 'service-protocol 12.1',
    async run(stage) {
      const old = await stage.server({ migrationLevel: 1 });
      const { client, opened } = await stage.join(old);
      const fresh = await stage.server({ migrationLevel: 1 });
      await announce(old, 'fin:1');
      const [, , error, closing] = await old.nextOf(ServiceType.CloseConnection, client.connectionId);
      requireEqual('the error', error ?? '', '');
      requireEqual('Asrs-Migrate-To', onlyValue(closing, 'Asrs-Migrate-To'), fresh.serverId);
      const [, , claims, headers, query] = await fresh.nextOf(ServiceType.OpenConnection, client.connectionId);
      requireEqual('Asrs-Migrate-From', onlyValue(headers, 'Asrs-Migrate-From'), old.serverId);
      requireEqual('claims and query', [claims, query], [opened[2], opened[4]]);
    },
  },
  {
    id: 'migrate.client-notices-nothing',
    requires: 'A client that is moved is not closed, and both ways go through its new server.',
    source: 'service-protocol 12.1',
    async run(stage) {
      const old = await stage.server({ migrationLevel: 1 });
      const { client } = await stage.join(old);
      const fresh = await stage.server({ migrationLevel: 1 });
      await announce(old, 'fin:1');
      await fresh.nextOf(ServiceType.OpenConnection, client.connectionId);
      const [, , request] = await fresh.nextOf(ServiceType.ConnectionData, client.connectionId);
      requireThat(Buffer.from(request as Uint8Array).includes('"protocol"'), 'the handshake request', request);
      client.socket.send(PING);
      const [, , up] = await fresh.nextOf(ServiceType.ConnectionData, client.connectionId);
      requireEqual('what went up', Buffer.from(up as Uint8Array).toString(), PING);
      fresh.sendTo(client.connectionId, 'json', { type: 1, target: 'x', arguments: [] });
      const message = await client.hubMessages.next('a message');
      requireEqual('what came down', message, { type: 1, target: 'x', arguments: [] });
    },
  },
  {
    id: 'migrate.groups-stay',
    requires: 'A client that is moved stays in its groups.',
    source: 'service-protocol 12.1',
    async run(stage) {
      const old = await stage.server({ migrationLevel: 1 });
      const { client } = await stage.join(old);
      await old.acked((ackId) => [ServiceType.JoinGroupWithAck, client.connectionId, 'g', ackId, NO_EXTENSIONS]);
      const fresh = await stage.server({ migrationLevel: 1 });
      await announce(old, 'fin:1');
      await fresh.nextOf(ServiceType.OpenConnection, client.connectionId);
      old.socket.close();
      await old.ended;
      const status = await fresh.acked((ackId) => [ServiceType.CheckGroupExistence, 'g', ackId, NO_EXTENSIONS]);
      requireEqual('the status of the Ack', status, 1);
    },
  },
  {
    id: 'migrate.not-without-the-level',
    requires: 'A server whose handshake asked for no migration keeps its clients.',
    source: 'service-protocol 12.1',
    async run(stage) {
      const old = await stage.server();
      const { client } = await stage.join(old);
      const fresh = await stage.server();
      await announce(old, 'fin:1');
      client.socket.send(PING);
      await old.nextOf(ServiceType.ConnectionData, client.connectionId);
      await fresh.acked((ackId) => [ServiceType.CheckUserExistence, 'nobody', ackId, NO_EXTENSIONS]);
      const opened = fresh.serviceMessages.untaken.filter(([type]) => type === ServiceType.OpenConnection);
      requireEqual('clients of the other server', opened.length, 0);
    },
  },
  {
    id: 'migrate.nobody-else-there',
    requires: 'Without another server clients stay where they are.',
    source: 'service-protocol 12.1',
    severity: 'should',
    async run(stage) {
      const old = await stage.server({ migrationLevel: 1 });
      const { client } = await stage.join(old);
      await announce(old, 'fin:1');
      client.socket.send(PING);
      await old.nextOf(ServiceType.ConnectionData, client.connectionId);
    },
  },
]);
