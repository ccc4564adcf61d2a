// Signs of life on server connections, and what moves clients between them (service-protocol 6, 10.2).

import { area, type Check } from '../check.ts';
import type { AppServer } from '../peers/app-server.ts';
import type { HubClient } from '../peers/hub-client.ts';
import { requireEqual, requireMatch, requireThat } from '../require.ts';
import type { Stage } from '../stage.ts';
import { requireInTime } from '../until.ts';
import { isUser } from '../wire/hub-requests.ts';
import { PackMap } from '../wire/message-pack.ts';
import { NO_EXTENSIONS, pingValue, type ServiceMessage, ServiceType } from '../wire/service-message.ts';

const MODES = ['Default', 'Classic'] as const;
const CLIENT = 1;
const PAUSE = 1;
const PAUSE_ACK = 2;
const RESUME = 3;
// Enough that a second connection without any is worth moving clients for.
const MANY = 40;
const REBALANCED_MS = 20_000;
const FULL = 1001;
const ASKED_MS = 90_000;

function status(server: AppServer): Promise<ServiceMessage> {
  server.sendPing('status', '1');
  return server.next(ServiceType.Ping, (message) => pingValue(message, 'status') !== undefined);
}

async function joined(stage: Stage, server: AppServer, count: number): Promise<readonly HubClient[]> {
  const claims = { 'asrs.s.sn': server.serverId, 'asrs.s.ssticky': 'Required' };
  const clients: HubClient[] = [];
  for (let index = 0; index < count; index++) clients.push((await stage.join(server, { claims })).client);
  return clients;
}

const flow = (operation: number) => (message: ServiceMessage) => message[2] === CLIENT && message[3] === operation;

export const SERVICE_PING_CHECKS: readonly Check[] = [
  ...area('service-pings', {}, [
    {
      id: 'keep-alive.comes',
      requires: 'The service pings a server connection every few seconds: SDKs that hear nothing go after 30.',
      source: 'service-protocol 6.1',
      async run(stage) {
        const server = await stage.server({ connectionType: 2 });
        requireEqual('the ping', await server.keepAlives.next('a keep-alive', undefined, 12_000), [ServiceType.Ping]);
      },
    },
    {
      id: 'counts.are-taken',
      requires: 'Pings with counts of clients are taken, and need no answer.',
      source: 'service-protocol 6.1',
      async run(stage) {
        const server = await stage.server({ connectionType: 2 });
        server.sendPing('#clientInHub', '12', '#client', '3');
        await server.acked(isUser('nobody'));
        requireEqual('answers', server.serviceMessages.untaken, []);
      },
    },
    {
      id: 'odd.are-ignored',
      requires: 'Pings with keys that nobody knows, and echoes that nobody asked for, are ignored.',
      source: 'service-protocol 6',
      async run(stage) {
        const server = await stage.server({ connectionType: 2 });
        server.sendPing('nobody-knows', 'this');
        server.sendPing('echo', 'text');
        await server.acked(isUser('nobody'));
        requireEqual('answers', server.serviceMessages.untaken, []);
      },
    },
    {
      id: 'status.has-its-keys',
      requires: 'A status is answered with whether there are clients, and how many of both kinds.',
      source: 'service-protocol 6.3',
      async run(stage) {
        const ping = await status(await stage.server({ connectionType: 2 }));
        requireEqual(
          'clients, and their number',
          [pingValue(ping, 'status'), pingValue(ping, 'clientcount')],
          ['0', '0'],
        );
        requireMatch('servercount', pingValue(ping, 'servercount'), /^\d+$/);
      },
    },
    {
      id: 'servers.has-a-time',
      requires: 'Servers are answered with a time that grows, and their ids.',
      source: 'service-protocol 6.1',
      async run(stage) {
        const server = await stage.server({ connectionType: 2 });
        server.sendPing('servers', '');
        const [, first] = /^(\d+):/.exec(await server.nextPing('servers')) ?? [];
        server.sendPing('servers', '');
        const [, second] = /^(\d+):/.exec(await server.nextPing('servers')) ?? [];
        requireThat(Number(second) > Number(first), 'a time that is later than the one before', [first, second]);
      },
    },
    {
      id: 'silent.is-dropped',
      requires: 'A server connection that is silent for half a minute is dropped.',
      source: 'service-protocol 6.2',
      severity: 'should',
      cost: 'minutes',
      async run(stage) {
        const server = await stage.server({ connectionType: 2 });
        server.isSilent = true;
        await server.socket.endWithin(70_000);
      },
    },
  ]),
  ...area('flow-control', { modes: MODES, needs: ['flow-control'] }, [
    {
      id: 'move.without-loss',
      requires:
        'Clients of one app server move to its emptier connection: Pause on the old, PauseAck, Resume on the new, and then data there, both ways.',
      source: 'service-protocol 10.2',
      severity: 'should',
      async run(stage) {
        const first = await stage.server();
        const clients = await joined(stage, first, MANY);
        const second = await stage.server({ serverId: first.serverId });
        const [, id] = await first.next(ServiceType.FlowControl, flow(PAUSE), REBALANCED_MS);
        const client = clients.find(({ connectionId }) => connectionId === id);
        requireThat(client !== undefined, 'the id of a client in Pause', id);
        client.send({ type: 1, target: 'Meanwhile', arguments: [] });
        first.send([ServiceType.FlowControl, client.connectionId, CLIENT, PAUSE_ACK, NO_EXTENSIONS]);
        await second.next(ServiceType.FlowControl, (message) => flow(RESUME)(message) && message[1] === id);
        const [, , bytes] = await second.nextOf(ServiceType.ConnectionData, client.connectionId);
        const text = bytes instanceof Uint8Array ? Buffer.from(bytes).toString() : '';
        requireThat(text.includes('Meanwhile'), 'what the client sent meanwhile, on the new connection', text);
        second.sendTo(client.connectionId, 'json', { type: 1, target: 'hello', arguments: [] });
        requireEqual('the target', (await client.next('an invocation', 1))['target'], 'hello');
      },
    },
    {
      id: 'old.is-not-asked',
      requires: 'Older SDKs, which do not know of it, are never asked to pause.',
      source: 'service-protocol 10.2',
      severity: 'should',
      async run(stage) {
        const first = await stage.server({ generation: 'old' });
        await joined(stage, first, MANY);
        await stage.server({ generation: 'old', serverId: first.serverId });
        // Two intervals in which newer ones would be asked.
        for (let pings = 0; pings < 3; pings++) await first.keepAlives.next('a keep-alive', undefined, 12_000);
        const asked = first.serviceMessages.untaken.filter(([type]) => type === ServiceType.FlowControl);
        requireEqual('FlowControl messages', asked, []);
      },
    },
  ]),
  ...area('on-demand', { modes: MODES, needs: ['on-demand'] }, [
    {
      id: 'full.asks-for-another',
      requires: 'When every connection of an app server is full, it is asked for one more, and that one is let in.',
      source: 'service-protocol 6.4',
      severity: 'should',
      cost: 'minutes',
      async run(stage) {
        const server = await stage.server();
        await joined(stage, server, FULL);
        const ping = await server.next(ServiceType.Ping, (one) => pingValue(one, 'target') !== undefined, ASKED_MS);
        const target = pingValue(ping, 'target') ?? '';
        const { serverId } = server;
        const query = `target=${encodeURIComponent(target)}`;
        await stage.server({ serverId, connectionType: 1, query });
        await requireInTime('servercount', async () => pingValue(await status(server), 'servercount') ?? '', '2');
      },
    },
    {
      id: 'unwanted.is-refused',
      requires: 'An on-demand connection that names nobody is refused in its handshake.',
      source: 'service-protocol 5',
      severity: 'should',
      async run(stage) {
        const server = await stage.bareServer();
        server.send([ServiceType.HandshakeRequest, 1, 1, '', 0, new PackMap([]), false]);
        const [, error] = await server.next(ServiceType.HandshakeResponse);
        requireEqual('the error', error, 'On-demand connection is not needed.');
      },
    },
  ]),
];
