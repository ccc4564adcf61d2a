import { randomUUID } from 'node:crypto';
import { area, type Check } from '../check.ts';
import { UpgradeRefused } from '../peers/web-socket.ts';
import { requireEqual, requireMatch, requireThat } from '../require.ts';
import type { Stage } from '../stage.ts';
import { NO_EXTENSIONS, pingValue, ServiceType } from '../wire/service-message.ts';

/** The status that an upgrade of a server connection is refused with. */
async function refusal(
  stage: Stage,
  query: string,
  headers: Readonly<Record<string, string>>,
): Promise<UpgradeRefused> {
  try {
    await stage.socket(stage.target.serverUrl(`/server/?${query}`), headers);
  } catch (error) {
    if (error instanceof UpgradeRefused) return error;
    throw error;
  }
  requireThat(false, 'a refused upgrade', 'an open WebSocket');
}

function serverHeaders(stage: Stage, token = stage.target.serverToken(stage.hub, 'server')): Record<string, string> {
  return { Authorization: `Bearer ${token}`, 'X-ASRS-Server-Id': 'server' };
}

export const SERVER_CONNECTION_CHECKS: readonly Check[] = area(
  'server-connections',
  { modes: ['Default', 'Classic'] },
  [
    {
      id: 'upgrade.without-token',
      requires: 'A server connection without a token gets 401 with a Bearer challenge.',
      source: 'service-protocol 3',
      async run(stage) {
        const { status, headers } = await refusal(stage, `hub=${stage.hub}&cid=${randomUUID()}`, {});
        requireEqual('status', status, 401);
        requireMatch('WWW-Authenticate', headers['www-authenticate'], /^Bearer/);
      },
    },
    {
      id: 'upgrade.with-client-token',
      requires: 'A token for clients opens no server connection.',
      source: 'service-protocol 2.2',
      async run(stage) {
        const headers = serverHeaders(stage, stage.target.clientToken(stage.hub));
        requireEqual('status', (await refusal(stage, `hub=${stage.hub}&cid=${randomUUID()}`, headers)).status, 401);
      },
    },
    {
      id: 'upgrade.without-hub',
      requires: 'A server connection without a hub gets 400.',
      source: 'service-protocol 3',
      async run(stage) {
        requireEqual('status', (await refusal(stage, `cid=${randomUUID()}`, serverHeaders(stage))).status, 400);
      },
    },
    {
      id: 'upgrade.two-hubs',
      requires: 'A server connection that names two hubs gets 400.',
      source: 'service-protocol 3',
      async run(stage) {
        const query = `hub=${stage.hub}&hub=other&cid=${randomUUID()}`;
        requireEqual('status', (await refusal(stage, query, serverHeaders(stage))).status, 400);
      },
    },
    {
      id: 'handshake.must-come-first',
      requires: 'A message before the handshake request ends the server connection.',
      source: 'service-protocol 5',
      async run(stage) {
        const server = await stage.bareServer();
        server.sendPing('status', '1');
        await server.ended;
      },
    },
    {
      id: 'handshake.weak-is-accepted',
      requires: 'A weak server connection is accepted.',
      source: 'service-protocol 5',
      async run(stage) {
        await stage.server({ connectionType: 2 });
      },
    },
    {
      id: 'handshake.two-elements',
      requires: 'A handshake request of two elements is accepted: the oldest SDKs write it.',
      source: 'service-protocol 4.5',
      severity: 'should',
      async run(stage) {
        const server = await stage.bareServer();
        server.send([ServiceType.HandshakeRequest, 1]);
        await server.shaken();
      },
    },
    {
      id: 'handshake.unwanted-on-demand',
      requires: 'An on-demand connection that names no instance of the service is refused.',
      source: 'service-protocol 5',
      severity: 'should',
      async run(stage) {
        const server = await stage.bareServer({ query: 'target=nobody' });
        server.sendHandshake({ connectionType: 1 });
        const [, error] = await server.next(ServiceType.HandshakeResponse);
        requireThat(typeof error === 'string' && error !== '', 'an error', error);
      },
    },
    {
      id: 'messages.unknown-types-are-ignored',
      requires: 'Messages of unknown types are ignored.',
      source: 'service-protocol 4.2',
      async run(stage) {
        const server = await stage.server();
        server.send([99, 'what', 1]);
        requireEqual(
          'the status of the next Ack',
          await server.acked((ackId) => [ServiceType.CheckUserExistence, 'nobody', ackId, NO_EXTENSIONS]),
          2,
        );
      },
    },
    {
      id: 'messages.further-elements-are-ignored',
      requires: 'Elements behind the known ones are ignored.',
      source: 'service-protocol 4.2',
      async run(stage) {
        const server = await stage.server();
        const status = await server.acked((ackId) => [
          ServiceType.CheckUserExistence,
          'nobody',
          ackId,
          NO_EXTENSIONS,
          'more',
          5,
        ]);
        requireEqual('the status of the Ack', status, 2);
      },
    },
    {
      id: 'messages.malformed-ends-the-connection',
      requires: 'What is no service message ends the server connection, after a ServiceError.',
      source: 'service-protocol 12.6',
      severity: 'should',
      async run(stage) {
        const server = await stage.server();
        server.socket.send(Uint8Array.of(1, 0xc1));
        const [, text] = await server.next(ServiceType.ServiceError);
        requireThat(typeof text === 'string' && text !== '', 'a ServiceError with a text', text);
        await server.ended;
      },
    },
    {
      id: 'pings.status-of-an-empty-hub',
      requires: 'status is answered with 0 while the hub has no clients.',
      source: 'service-protocol 6.3',
      async run(stage) {
        const server = await stage.server();
        server.sendPing('status', '1');
        requireEqual('status', await server.nextPing('status'), '0');
      },
    },
    {
      id: 'pings.status-counts',
      requires: 'status is answered with the number of clients and of server connections of the hub.',
      source: 'service-protocol 6.3',
      async run(stage) {
        const server = await stage.server();
        await stage.server();
        await stage.join(server, { claims: { 'asrs.s.sn': server.serverId, 'asrs.s.ssticky': 'Required' } });
        server.sendPing('status', '1');
        const ping = await server.next(ServiceType.Ping, (message) => pingValue(message, 'status') !== undefined);
        requireEqual('status', pingValue(ping, 'status'), '1');
        requireEqual('clientcount', pingValue(ping, 'clientcount'), '1');
        requireEqual('servercount', pingValue(ping, 'servercount'), '2');
      },
    },
    {
      id: 'pings.servers-are-sorted',
      requires: 'servers is answered with the ids of the app servers of the hub, sorted, each once.',
      source: 'service-protocol 6.1',
      async run(stage) {
        const [first] = [
          await stage.server({ serverId: 'b' }),
          await stage.server({ serverId: 'a' }),
          await stage.server({ serverId: 'b' }),
        ];
        first?.sendPing('servers', '');
        requireMatch('servers', await first?.nextPing('servers'), /^\d+:a;b$/);
      },
    },
    {
      id: 'pings.servers-timestamp-grows',
      requires: 'The timestamp of servers grows from answer to answer.',
      source: 'service-protocol 6.1',
      async run(stage) {
        const server = await stage.server();
        server.sendPing('servers', '');
        const first = BigInt((await server.nextPing('servers')).split(':')[0] ?? '');
        server.sendPing('servers', '');
        const second = BigInt((await server.nextPing('servers')).split(':')[0] ?? '');
        requireThat(second > first, `a timestamp over ${first}`, second);
      },
    },
    {
      id: 'pings.echo-is-not-echoed',
      requires: 'An echo that the service did not begin is not returned: it would go on for ever.',
      source: 'service-protocol 6.1',
      async run(stage) {
        const server = await stage.server();
        server.sendPing('echo', 'abc');
        await server.acked((ackId) => [ServiceType.CheckUserExistence, 'nobody', ackId, NO_EXTENSIONS]);
        const echoes = server.serviceMessages.untaken.filter((message) => pingValue(message, 'echo') === 'abc');
        requireEqual('echoes', echoes.length, 0);
      },
    },
  ],
);
