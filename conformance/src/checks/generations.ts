// What app servers of all ages write (service-protocol 4): shorter and longer arrays, wider integers, unknown keys.

import { area, type Check } from '../check.ts';
import type { AppServer } from '../peers/app-server.ts';
import type { HubClient } from '../peers/hub-client.ts';
import { requireReceived } from '../received.ts';
import { requireEqual, requireThat } from '../require.ts';
import type { Stage } from '../stage.ts';
import { come, together } from '../trio.ts';
import * as requests from '../wire/hub-requests.ts';
import { prefixed } from '../wire/length-prefixed.ts';
import { encodePack, PackMap, type PackValue } from '../wire/message-pack.ts';
import { encodeServiceMessage, NO_EXTENSIONS, type ServiceMessage, ServiceType } from '../wire/service-message.ts';

const MODES = ['Default', 'Classic'] as const;
const USER = 'ann';
const GROUP = 'crew';

/** A client of a user in a group, and its server. */
interface Scene {
  readonly server: AppServer;
  readonly client: HubClient;
}

async function scene(stage: Stage): Promise<Scene> {
  const server = await stage.server();
  const client = await come(stage, server, USER);
  await together(server, GROUP, [client]);
  return { server, client };
}

/** A message without its last elements. */
function cut([type, ...fields]: ServiceMessage, by: number): ServiceMessage {
  return [type, ...fields.slice(0, fields.length - by)];
}

/** Sends that reach the client of the scene, each with how much newer SDKs write behind it. */
const SENDS: readonly (readonly [
  id: string,
  make: (client: HubClient) => ServiceMessage,
  lengths: readonly number[],
])[] = [
  ['multi-connection', ({ connectionId }) => requests.toConnections([connectionId], 'news'), [3, 4]],
  ['user', () => requests.toUser(USER, 'news'), [3, 4]],
  ['multi-user', () => requests.toUsers([USER], 'news'), [3, 4]],
  ['broadcast', () => requests.toAll('news'), [3, 4]],
  ['group', () => requests.toGroup(GROUP, 'news'), [4, 5, 7]],
  ['multi-group', () => requests.toGroups([GROUP], 'news'), [3, 4]],
];

/** Requests with an Ack; all are Ok in the scene. */
const ACKED: readonly (readonly [id: string, make: (client: HubClient) => requests.AckableRequest])[] = [
  ['join', ({ connectionId }) => requests.joinGroupAcked(connectionId, GROUP)],
  ['leave', ({ connectionId }) => requests.leaveGroupAcked(connectionId, GROUP)],
  ['user-join', () => requests.userJoinGroupAcked(USER, GROUP)],
  ['user-leave', () => requests.userLeaveGroupAcked(USER, GROUP)],
  ['user-in-group', () => requests.isUserInGroup(USER, GROUP)],
  ['group-exists', () => requests.isGroup(GROUP)],
  ['connection-exists', ({ connectionId }) => requests.isConnection(connectionId)],
  ['user-exists', () => requests.isUser(USER)],
];

/** Extensions that nobody knows, of every kind of value, before and behind one that is known. */
const ODD_EXTENSIONS = new PackMap([
  [77, new PackMap([['a', [1, 'x', null]]])],
  [1, 888],
  [78, Uint8Array.of(1, 2)],
  [79, -1],
]);

function withExtensions([type, ...fields]: ServiceMessage): ServiceMessage {
  return [type, ...fields.map((field): PackValue => (field === NO_EXTENSIONS ? ODD_EXTENSIONS : field))];
}

/** An ack id as each width of integer. */
const WIDTHS: readonly (readonly [id: string, bytes: readonly number[]])[] = [
  ['uint8', [0xcc, 7]],
  ['uint16', [0xcd, 0, 7]],
  ['uint32', [0xce, 0, 0, 0, 7]],
  ['uint64', [0xcf, 0, 0, 0, 0, 0, 0, 0, 7]],
  ['int8', [0xd0, 7]],
  ['int16', [0xd1, 0, 7]],
  ['int32', [0xd2, 0, 0, 0, 7]],
  ['int64', [0xd3, 0, 0, 0, 0, 0, 0, 0, 7]],
];

/** CheckUserExistence of the user of the scene, its ack id written with these bytes. */
function checkWith(ackId: readonly number[]): Uint8Array {
  const parts = [[0x94], [ServiceType.CheckUserExistence], [...encodePack(USER)], ackId, [0x80]];
  return prefixed(Uint8Array.from(parts.flat()));
}

/** Handshake requests of all lengths (service-protocol 4.5). */
const HANDSHAKES: readonly (readonly [length: number, fields: readonly PackValue[]])[] = [
  [4, [1, 0, '']],
  [5, [1, 0, '', 0]],
  [6, [1, 0, '', 0, NO_EXTENSIONS]],
  [7, [1, 0, '', 0, NO_EXTENSIONS, false]],
  [8, [1, 0, '', 0, NO_EXTENSIONS, false, 'of the future']],
];

export const GENERATION_CHECKS: readonly Check[] = area('generations', { modes: MODES }, [
  ...HANDSHAKES.map(([length, fields]) => ({
    id: `handshake.${length}-elements`,
    requires: `A handshake request of ${length} elements is accepted.`,
    source: 'service-protocol 4.5',
    async run(stage: Stage) {
      const server = await stage.bareServer();
      server.send([ServiceType.HandshakeRequest, ...fields]);
      await server.shaken();
    },
  })),
  ...SENDS.flatMap(([id, make, lengths]) =>
    lengths.map((length) => ({
      id: `send.${id}-${length}-elements`,
      requires: `A send (${id}) of ${length} elements reaches the client.`,
      source: 'service-protocol 4.7',
      async run(stage: Stage) {
        const { server, client } = await scene(stage);
        const message = make(client);
        server.send(cut(message, message.length - length));
        await requireReceived(server, client, ['news']);
      },
    })),
  ),
  ...SENDS.map(([id, make]) => ({
    id: `extensions.${id}`,
    requires: `Extensions that nobody knows do not keep a send (${id}) from the client.`,
    source: 'service-protocol 4.3',
    async run(stage: Stage) {
      const { server, client } = await scene(stage);
      server.send(withExtensions(make(client)));
      await requireReceived(server, client, ['news']);
    },
  })),
  ...ACKED.flatMap(([id, make]) => [
    {
      id: `acked.${id}-short`,
      requires: `A request (${id}) without extensions is answered.`,
      source: 'service-protocol 4.7',
      async run(stage: Stage) {
        const { server, client } = await scene(stage);
        requireEqual('the status of the Ack', await server.acked((ackId) => cut(make(client)(ackId), 1)), 1);
      },
    },
    {
      id: `acked.${id}-long`,
      requires: `A request (${id}) with further elements and extensions is answered.`,
      source: 'service-protocol 4.2',
      async run(stage: Stage) {
        const { server, client } = await scene(stage);
        const longer = (ackId: number): ServiceMessage => [
          ...withExtensions(make(client)(ackId)),
          'further',
          [1, null],
        ];
        requireEqual('the status of the Ack', await server.acked(longer), 1);
      },
    },
  ]),
  ...WIDTHS.map(([id, bytes]) => ({
    id: `integer.${id}`,
    requires: `An integer written as ${id} is read, whatever its width.`,
    source: 'service-protocol 4.2',
    async run(stage: Stage) {
      const { server } = await scene(stage);
      server.socket.send(checkWith(bytes));
      const [, ackId, status] = await server.next(ServiceType.Ack, ([, number]) => number === 7);
      requireEqual('ack id and status', [ackId, status], [7, 1]);
    },
  })),
  ...[6, 4].map((length) => ({
    id: `ack.has-5-elements-${length === 6 ? 'new' : 'old'}`,
    requires: 'An Ack without a payload has 5 elements: what both generations read.',
    source: 'service-protocol 4.7',
    async run(stage: Stage) {
      const server = await stage.server({ generation: length === 6 ? 'new' : 'old' });
      const ack = await server.ack(requests.isUser('nobody'));
      requireEqual('the number of its elements', ack.length, 5);
    },
  })),
  {
    id: 'framing.several-in-a-message',
    requires: 'Several service messages may share a WebSocket message.',
    source: 'service-protocol 4.1',
    async run(stage) {
      const { server, client } = await scene(stage);
      const all = ['a', 'b', 'c'].map((target) => encodeServiceMessage(requests.toAll(target)));
      server.socket.send(Buffer.concat(all));
      await requireReceived(server, client, ['a', 'b', 'c']);
    },
  },
  {
    id: 'framing.one-in-several',
    requires: 'A service message may be cut anywhere over several WebSocket messages.',
    source: 'service-protocol 4.1',
    async run(stage) {
      const { server, client } = await scene(stage);
      for (const byte of encodeServiceMessage(requests.toAll('news'))) server.socket.send(Uint8Array.of(byte));
      await requireReceived(server, client, ['news']);
    },
  },
  {
    id: 'open.new-server-gets-the-protocol',
    requires: 'OpenConnection has six elements, and names the hub protocol: newer SDKs cannot do without.',
    source: 'service-protocol 4.6',
    async run(stage) {
      const server = await stage.server();
      const { opened } = await stage.join(server);
      const extensions = opened[5];
      requireEqual('the number of elements', opened.length, 6);
      requireThat(extensions instanceof PackMap && extensions.get(3) === 'json', 'extension 3: json', extensions);
    },
  },
]);
