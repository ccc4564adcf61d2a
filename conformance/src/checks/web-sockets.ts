import { area, type Check } from '../check.ts';
import type { HubClient } from '../peers/hub-client.ts';
import { upgradeHead } from '../peers/upgrade-head.ts';
import { requireEqual } from '../require.ts';
import type { Stage } from '../stage.ts';
import { type HubProtocolName, handshakeRequest, RECORD_SEPARATOR } from '../wire/hub-protocol.ts';
import { NO_EXTENSIONS, ServiceType } from '../wire/service-message.ts';

const PROTOCOLS: readonly HubProtocolName[] = ['json', 'messagepack'];
const WITH_SERVER = ['Default', 'Classic'] as const;
const REQUEST = handshakeRequest('json');
const GOODBYE = `{"type":7}${RECORD_SEPARATOR}`;

/** What the service reads of one client by itself: its handshake, in whatever frames. */
async function requireGreeted(client: HubClient): Promise<void> {
  await client.shaken();
}

export const WEB_SOCKET_CHECKS: readonly Check[] = [
  ...area('web-sockets', { modes: WITH_SERVER }, [
    ...PROTOCOLS.map((protocol) => ({
      id: `frames.${protocol}-to-client`,
      requires:
        protocol === 'json'
          ? 'A JSON client gets text frames, its handshake response too.'
          : 'A MessagePack client gets binary frames, its handshake response too.',
      source: 'client-protocol 2.3',
      async run(stage: Stage) {
        const server = await stage.server();
        const { client } = await stage.join(server, { protocol });
        server.sendTo(client.connectionId, protocol, { type: 1, target: 'news', arguments: [] });
        await client.next('the invocation', 1);
        const kinds = client.frames.map(({ isBinary }) => isBinary);
        requireEqual('whether the frames are binary', kinds, Array(kinds.length).fill(protocol === 'messagepack'));
      },
    })),
    {
      id: 'frames.handshake-with-more',
      requires: 'What stands behind the handshake request in its frame reaches the app server too.',
      source: 'client-protocol 2.3',
      async run(stage) {
        const server = await stage.server();
        const client = await stage.client();
        const more = `{"type":1,"target":"Early","arguments":[]}${RECORD_SEPARATOR}`;
        client.socket.send(`${REQUEST}${more}`);
        await server.nextOf(ServiceType.OpenConnection, client.connectionId);
        let came = '';
        while (came.length < REQUEST.length + more.length) {
          const [, , bytes] = await server.nextOf(ServiceType.ConnectionData, client.connectionId);
          came += bytes instanceof Uint8Array ? Buffer.from(bytes).toString() : '';
        }
        requireEqual('the bytes', came, `${REQUEST}${more}`);
      },
    },
    {
      id: 'frames.fragments',
      requires: 'A message in several frames reaches the app server whole.',
      source: 'client-protocol 2.3',
      async run(stage) {
        const server = await stage.server();
        const { client } = await stage.join(server);
        client.socket.sendFragments(['{"type":1,"target":', '"Parts","arguments"', `:[]}${RECORD_SEPARATOR}`]);
        let came = '';
        while (!came.endsWith(RECORD_SEPARATOR)) {
          const [, , bytes] = await server.nextOf(ServiceType.ConnectionData, client.connectionId);
          came += bytes instanceof Uint8Array ? Buffer.from(bytes).toString() : '';
        }
        requireEqual('the bytes', came, `{"type":1,"target":"Parts","arguments":[]}${RECORD_SEPARATOR}`);
      },
    },
    {
      id: 'close.code-and-reason',
      requires: 'The end by the app server is a close with 1000 and no reason.',
      source: 'client-protocol 2.3',
      async run(stage) {
        const server = await stage.server();
        const { client } = await stage.join(server);
        server.send([ServiceType.CloseConnection, client.connectionId, 'enough', NO_EXTENSIONS]);
        requireEqual('the close frame', await client.ended, { code: 1000, reason: '' });
      },
    },
  ]),
  ...area('web-sockets', { modes: ['Serverless'] }, [
    {
      id: 'frames.binary-opcode',
      requires: 'A JSON client may write binary frames.',
      source: 'client-protocol 2.3',
      async run(stage) {
        const client = await stage.client();
        client.socket.send(Buffer.from(REQUEST));
        await requireGreeted(client);
      },
    },
    {
      id: 'frames.split-handshake',
      requires: 'A handshake request may come in several frames.',
      source: 'client-protocol 3.1',
      async run(stage) {
        const client = await stage.client();
        for (const character of REQUEST) client.socket.send(character);
        await requireGreeted(client);
      },
    },
    {
      id: 'frames.several-messages',
      requires: 'Handshake request and messages may share a frame.',
      source: 'client-protocol 2.3',
      async run(stage) {
        const client = await stage.client();
        client.socket.send(`${REQUEST}{"type":6}${RECORD_SEPARATOR}${GOODBYE}`);
        await requireGreeted(client);
        requireEqual('the end', await client.ended, { code: 1000, reason: '' });
      },
    },
  ]),
  ...area('web-sockets', {}, [
    {
      id: 'extensions.none',
      requires: 'Compression that is offered is not taken: it would cost each client memory.',
      source: 'client-protocol 2.3',
      severity: 'should',
      async run(stage) {
        const { url, headers } = await stage.negotiated();
        const head = await upgradeHead(url, headers);
        requireEqual(
          'status and extensions',
          [head.status, head.headers['sec-websocket-extensions']],
          [101, undefined],
        );
      },
    },
    {
      id: 'ping.answered',
      requires: 'A ping of the WebSocket is answered with a pong and its data.',
      source: 'client-protocol 2.3',
      async run(stage) {
        const { socket } = await stage.client();
        socket.ping('are you there');
        requireEqual('the pong', await socket.pongs.next('a pong'), 'are you there');
      },
    },
    {
      id: 'skip-negotiation.opens',
      requires: 'A client that skips negotiation gets its connection on the spot.',
      source: 'client-protocol 1.5',
      async run(stage) {
        const url = stage.target.clientUrl(`/client/?hub=${stage.hub}`);
        const head = await upgradeHead(url, { Authorization: `Bearer ${stage.target.clientToken(stage.hub)}` });
        requireEqual('the status', head.status, 101);
      },
    },
    {
      id: 'token.in-query',
      requires: 'The token may stand in the query: browsers cannot set headers here.',
      source: 'client-protocol 1.2',
      async run(stage) {
        const token = stage.target.clientToken(stage.hub);
        const url = stage.target.clientUrl(`/client/?hub=${stage.hub}&access_token=${token}`);
        requireEqual('the status', (await upgradeHead(url, {})).status, 101);
      },
    },
    {
      id: 'token.missing',
      requires: 'Without a token no WebSocket is opened: 401.',
      source: 'client-protocol 5.6',
      async run(stage) {
        const url = stage.target.clientUrl(`/client/?hub=${stage.hub}`);
        requireEqual('the status', (await upgradeHead(url, {})).status, 401);
      },
    },
    {
      id: 'hub.missing',
      requires: 'Without a hub no WebSocket is opened: 400.',
      source: 'client-protocol 5.6',
      async run(stage) {
        const token = stage.target.clientToken(stage.hub);
        const head = await upgradeHead(stage.target.clientUrl('/client/'), { Authorization: `Bearer ${token}` });
        requireEqual('the status', head.status, 400);
      },
    },
    {
      id: 'path.other',
      requires: 'No WebSocket is opened at another path: 404.',
      source: 'client-protocol 5.6',
      async run(stage) {
        const token = stage.target.clientToken(stage.hub);
        const url = stage.target.clientUrl(`/elsewhere/?hub=${stage.hub}`);
        const head = await upgradeHead(url, { Authorization: `Bearer ${token}` });
        requireEqual('the status', head.status, 404);
      },
    },
  ]),
];
