import { area, type Check } from '../check.ts';
import type { AppServer } from '../peers/app-server.ts';
import type { HubClient } from '../peers/hub-client.ts';
import { requireReceived, settled } from '../received.ts';
import { requireEqual, requireThat } from '../require.ts';
import type { Stage } from '../stage.ts';
import { come, type Trio, type TrioUsers, together, trio } from '../trio.ts';
import { encodeHubMessage } from '../wire/hub-protocol.ts';
import * as requests from '../wire/hub-requests.ts';
import { PackMap } from '../wire/message-pack.ts';
import { NO_EXTENSIONS, payloads, type ServiceMessage, ServiceType } from '../wire/service-message.ts';

const JSON_HELLO = encodeHubMessage('json', { type: 1, target: 'hello', arguments: [] });
const PACK_HELLO = encodeHubMessage('messagepack', { type: 1, target: 'hello', arguments: [] });

/** One message, and how many copies of it each of three clients gets. */
interface Delivery extends Pick<Check, 'id' | 'requires' | 'source' | 'severity'> {
  readonly users?: TrioUsers;
  readonly groups?: (trio: Trio) => Readonly<Record<string, readonly HubClient[]>>;
  readonly messages: (trio: Trio) => readonly ServiceMessage[];
  readonly copies: readonly [number, number, number];
}

function delivery({ users, groups, messages, copies, ...described }: Delivery): Check {
  return {
    ...described,
    async run(stage) {
      const three = await trio(stage, users);
      const { server, a, b, c } = three;
      for (const [group, members] of Object.entries(groups?.(three) ?? {})) await together(server, group, members);
      for (const message of messages(three)) server.send(message);
      for (const [index, client] of [a, b, c].entries()) {
        await requireReceived(
          server,
          client,
          Array.from({ length: copies[index] ?? 0 }, () => 'hello'),
        );
      }
    },
  };
}

const DELIVERIES: readonly Delivery[] = [
  {
    id: 'connections.those-listed',
    requires: 'MultiConnectionData (7) reaches the listed connections and no other.',
    source: 'service-protocol 4.7',
    messages: ({ a, c }) => [requests.toConnections([a.connectionId, c.connectionId], 'hello')],
    copies: [1, 0, 1],
  },
  {
    id: 'connections.listed-twice',
    requires: 'A connection that MultiConnectionData lists twice gets one copy.',
    source: 'service-protocol 8.1',
    messages: ({ a }) => [requests.toConnections([a.connectionId, a.connectionId], 'hello')],
    copies: [1, 0, 0],
  },
  {
    id: 'connections.unknown-ids-are-skipped',
    requires: 'MultiConnectionData with an unknown id reaches the others of its list.',
    source: 'service-protocol 4.7',
    messages: ({ b }) => [requests.toConnections(['unknown', b.connectionId], 'hello')],
    copies: [0, 1, 0],
  },
  {
    id: 'user.every-connection',
    requires: 'UserData (8) reaches every connection of its user and no other.',
    source: 'service-protocol 4.7',
    users: { a: 'ann', b: 'ann', c: 'bob' },
    messages: () => [requests.toUser('ann', 'hello')],
    copies: [1, 1, 0],
  },
  {
    id: 'user.ids-differ-by-case',
    requires: 'User ids compare with case.',
    source: 'service-protocol 2.5',
    users: { a: 'ann', b: 'Ann', c: 'ANN' },
    messages: () => [requests.toUser('Ann', 'hello')],
    copies: [0, 1, 0],
  },
  {
    id: 'users.those-listed',
    requires: 'MultiUserData (9) reaches the listed users and no other.',
    source: 'service-protocol 4.7',
    users: { a: 'ann', b: 'bob', c: 'eve' },
    messages: () => [requests.toUsers(['ann', 'nobody', 'bob'], 'hello')],
    copies: [1, 1, 0],
  },
  {
    id: 'users.listed-twice',
    requires: 'A user whom MultiUserData lists twice gets one copy.',
    source: 'service-protocol 8.1',
    users: { a: 'ann', b: 'bob' },
    messages: () => [requests.toUsers(['ann', 'ann'], 'hello')],
    copies: [1, 0, 0],
  },
  {
    id: 'all.but-excluded-connections',
    requires: 'BroadcastData (10) reaches every client but the connections that it excludes.',
    source: 'service-protocol 4.7',
    messages: ({ a, c }) => [requests.toAll('hello', { except: [a.connectionId, 'unknown', c.connectionId] })],
    copies: [0, 1, 0],
  },
  {
    id: 'group.members-only',
    requires: 'GroupBroadcastData (13) reaches the members of its group and no other.',
    source: 'service-protocol 4.7',
    groups: ({ a, b }) => ({ g: [a, b] }),
    messages: () => [requests.toGroup('g', 'hello')],
    copies: [1, 1, 0],
  },
  {
    id: 'group.but-excluded-connections',
    requires: 'GroupBroadcastData does not reach the connections that it excludes.',
    source: 'service-protocol 4.7',
    groups: ({ a, b }) => ({ g: [a, b] }),
    messages: ({ a }) => [requests.toGroup('g', 'hello', { except: [a.connectionId] })],
    copies: [0, 1, 0],
  },
  {
    id: 'group.but-excluded-users',
    requires: 'GroupBroadcastData does not reach any connection of the users that it excludes.',
    source: 'service-protocol 8.1',
    users: { a: 'ann', b: 'ann' },
    groups: ({ a, b, c }) => ({ g: [a, b, c] }),
    messages: () => [requests.toGroup('g', 'hello', { exceptUsers: ['ann'] })],
    copies: [0, 0, 1],
  },
  {
    id: 'group.shorter-forms',
    requires: 'GroupBroadcastData of four and of five elements is delivered.',
    source: 'service-protocol 4.7',
    groups: ({ a }) => ({ g: [a] }),
    messages: () => {
      const [type, ...fields] = requests.toGroup('g', 'hello');
      return [
        [type, ...fields.slice(0, 3)],
        [type, ...fields.slice(0, 4)],
      ];
    },
    copies: [2, 0, 0],
  },
  {
    id: 'group.unknown-is-harmless',
    requires: 'A message for a group without members reaches nobody, and the next one goes its way.',
    source: 'service-protocol 8.3',
    messages: () => [requests.toGroup('nobody', 'hello'), requests.toAll('hello')],
    copies: [1, 1, 1],
  },
  {
    id: 'groups.one-copy-for-each',
    requires: 'MultiGroupBroadcastData (14) brings a client one copy for each listed group that it is in.',
    source: 'service-protocol 8.1',
    groups: ({ a, b, c }) => ({ g: [a, b], h: [a], unlisted: [c] }),
    messages: () => [requests.toGroups(['g', 'nobody', 'h'], 'hello')],
    copies: [2, 1, 0],
  },
  {
    id: 'groups.listed-twice',
    requires: 'A group that MultiGroupBroadcastData lists twice gets two copies.',
    source: 'service-protocol 8.1',
    groups: ({ a }) => ({ g: [a] }),
    messages: () => [requests.toGroups(['g', 'g'], 'hello')],
    copies: [2, 0, 0],
  },
  {
    id: 'extensions.unknown-are-skipped',
    requires: 'A message with a tracing id and with an unknown extension is delivered.',
    source: 'service-protocol 4.3',
    messages: () => {
      const extensions: PackMap = new PackMap([
        [1, 2n ** 60n],
        [99, ['what', 1]],
      ]);
      return [requests.toAll('hello', { extensions })];
    },
    copies: [1, 1, 1],
  },
  {
    id: 'filter.malformed-reaches-nobody',
    requires: 'A message with a filter that does not parse reaches nobody.',
    source: 'service-protocol 8.6',
    severity: 'should',
    messages: () => [requests.toAll('hello', { extensions: new PackMap([[4, 'userId eq and (']]) })],
    copies: [0, 0, 0],
  },
];

const SENDERS: readonly Check[] = [
  {
    id: 'connections.of-another-server',
    requires: 'A server connection can send to a connection that another server holds.',
    source: 'service-protocol 8.2',
    async run(stage) {
      const { a } = await trio(stage);
      const other = await stage.server();
      other.send(requests.toConnections([a.connectionId], 'hello'));
      await requireReceived(other, a, ['hello']);
    },
  },
  {
    id: 'all.of-every-server',
    requires: 'BroadcastData reaches the clients of every server.',
    source: 'service-protocol 8.2',
    async run(stage) {
      const { server, a } = await trio(stage);
      const client = await come(stage, await stage.server());
      server.send(requests.toAll('hello'));
      await requireReceived(server, a, ['hello']);
      await requireReceived(server, client, ['hello']);
    },
  },
  {
    id: 'all.of-this-hub',
    requires: 'BroadcastData does not reach clients of another hub.',
    source: 'service-protocol 4.7',
    async run(stage) {
      const { server, a } = await trio(stage);
      const hub = `${stage.hub}other`;
      const elsewhere = await stage.server({ hub });
      const { client } = await stage.join(elsewhere, { hub });
      server.send(requests.toAll('hello'));
      await settled(server);
      await requireReceived(elsewhere, client, []);
      await requireReceived(server, a, ['hello']);
    },
  },
  {
    id: 'all.from-a-weak-connection',
    requires: 'A weak connection, which gets no clients, can send to them.',
    source: 'service-protocol 4.4',
    async run(stage) {
      const { a } = await trio(stage);
      const weak = await stage.server({ connectionType: 2 });
      weak.send(requests.toAll('hello'));
      await requireReceived(weak, a, ['hello']);
    },
  },
  {
    id: 'order.across-kinds',
    requires: 'Messages of all kinds from one server connection reach a client in the order of sending.',
    source: 'service-protocol 8.2',
    async run(stage) {
      const { server, a } = await trio(stage, { a: 'ann' });
      const { connectionId } = a;
      server.send(requests.joinGroup(connectionId, 'g'));
      server.send(requests.toAll('1'));
      server.send(requests.toConnections([connectionId], '2'));
      server.sendTo(connectionId, 'json', { type: 1, target: '3', arguments: [] });
      server.send(requests.toUser('ann', '4'));
      server.send(requests.toGroup('g', '5'));
      server.send(requests.toUsers(['ann'], '6'));
      server.send(requests.toGroups(['g'], '7'));
      await requireReceived(server, a, ['1', '2', '3', '4', '5', '6', '7']);
    },
  },
];

/** A client of each hub protocol, and who holds them. */
async function bothProtocols(stage: Stage) {
  const server = await stage.server();
  const { client: text } = await stage.join(server);
  const { client: binary } = await stage.join(server, { protocol: 'messagepack' });
  return { server, text, binary };
}

const PAYLOADS: readonly Check[] = [
  {
    id: 'payload.by-hub-protocol',
    requires: 'Each client gets the payload of its own hub protocol, byte for byte.',
    source: 'service-protocol 8.1',
    async run(stage) {
      const { server, text, binary } = await bothProtocols(stage);
      const spaced = Buffer.from('{ "type": 1, "target": "hello", "arguments": [ 1.0 ] }\u001e');
      server.send(requests.toAll(payloads({ json: spaced, messagepack: PACK_HELLO })));
      await requireReceived(server, text, ['hello']);
      await requireReceived(server, binary, ['hello']);
      for (const [{ frames }, payload] of [[text, spaced] as const, [binary, PACK_HELLO] as const]) {
        const came = frames.map(({ data }) => data.toString('latin1'));
        requireThat(
          came.join('').includes(payload.toString('latin1')),
          `${payload.toString('latin1')} in frames`,
          came,
        );
      }
    },
  },
  {
    id: 'payload.names-without-case',
    requires: 'Names of hub protocols in a payload map compare without case.',
    source: 'service-protocol 8.1',
    async run(stage) {
      const { server, text, binary } = await bothProtocols(stage);
      server.send(requests.toAll(payloads({ JSON: JSON_HELLO, MessagePack: PACK_HELLO })));
      await requireReceived(server, text, ['hello']);
      await requireReceived(server, binary, ['hello']);
    },
  },
  {
    id: 'payload.missing',
    requires: 'A client for whose hub protocol there is no payload is skipped, and stays.',
    source: 'service-protocol 8.1',
    severity: 'should',
    async run(stage) {
      const { server, text, binary } = await bothProtocols(stage);
      server.send(requests.toAll(payloads({ json: JSON_HELLO })));
      await requireReceived(server, text, ['hello']);
      await requireReceived(server, binary, []);
    },
  },
  {
    id: 'frames.by-hub-protocol',
    requires: 'JSON clients get text frames and MessagePack clients binary ones, the handshake answer included.',
    source: 'service-protocol 7.3',
    async run(stage) {
      const { server, text, binary } = await bothProtocols(stage);
      server.send(requests.toAll('hello'));
      await requireReceived(server, text, ['hello']);
      await requireReceived(server, binary, ['hello']);
      requireEqual('binary frames of a JSON client', text.frames.filter(({ isBinary }) => isBinary).length, 0);
      requireEqual('text frames of a MessagePack client', binary.frames.filter(({ isBinary }) => !isBinary).length, 0);
    },
  },
];

/** A client whose handshake request is with the server, which has not answered it. */
async function unanswered(stage: Stage): Promise<{ readonly server: AppServer; readonly client: HubClient }> {
  const server = await stage.server();
  const client = await stage.client({ claims: { 'asrs.s.uid': 'ann' } });
  client.sendHandshake();
  await server.nextOf(ServiceType.ConnectionData, client.connectionId);
  return { server, client };
}

/** Ways to send to a client that has no handshake answer yet. */
const EARLY: Readonly<Record<string, (id: string) => readonly ServiceMessage[]>> = {
  'to-all': () => [requests.toAll('1'), requests.toAll('2')],
  'to-its-connection': (id) => [requests.toConnections([id], '1'), requests.toConnections([id], '2')],
  'to-its-user-and-group': (id) => [
    requests.joinGroup(id, 'g'),
    requests.toGroup('g', '1'),
    requests.toUser('ann', '2'),
  ],
};

const EARLY_CHECKS: readonly Check[] = Object.entries(EARLY).map(([name, messages]) => ({
  id: `handshake.held-back.${name}`,
  requires: `Fan-out ${name.replaceAll('-', ' ')} waits for the handshake answer, keeps its order, and is not lost.`,
  source: 'service-protocol 7.3',
  async run(stage) {
    const { server, client } = await unanswered(stage);
    for (const message of messages(client.connectionId)) server.send(message);
    await settled(server);
    server.answerHandshake(client.connectionId);
    await client.shaken();
    await requireReceived(server, client, ['1', '2']);
  },
}));

const REFUSED: Check = {
  id: 'handshake.refused',
  requires: 'Fan-out for a client whose handshake is answered with an error is dropped.',
  source: 'service-protocol 7.3',
  async run(stage) {
    const { server, client } = await unanswered(stage);
    server.send(requests.toAll('hello'));
    server.sendData(client.connectionId, Buffer.from('{"error":"no"}\u001e'));
    server.send([ServiceType.CloseConnection, client.connectionId, '', NO_EXTENSIONS, NO_EXTENSIONS]);
    requireEqual('the handshake response', await client.next('the handshake response', 0), { type: 0, error: 'no' });
    await client.ended;
    requireEqual(
      'invocations',
      client.hubMessages.untaken.filter(({ type }) => type === 1),
      [],
    );
  },
};

export const SEND_CHECKS: readonly Check[] = area('sends', { modes: ['Default', 'Classic'] }, [
  ...DELIVERIES.map(delivery),
  ...SENDERS,
  ...PAYLOADS,
  ...EARLY_CHECKS,
  REFUSED,
]);
