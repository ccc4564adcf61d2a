import { area, type Check } from '../check.ts';
import { LAST, numbered, numberOf, requireCounted, requireCountedDown } from '../counted.ts';
import type { AppServer } from '../peers/app-server.ts';
import type { HubClient } from '../peers/hub-client.ts';
import { requireReceived } from '../received.ts';
import { requireEqual } from '../require.ts';
import type { Stage } from '../stage.ts';
import { together, trio } from '../trio.ts';
import { type HubProtocolName, HubReader } from '../wire/hub-protocol.ts';
import * as requests from '../wire/hub-requests.ts';
import { encodeServiceMessage, type ServiceMessage, ServiceType } from '../wire/service-message.ts';

const BURST = 2000;
const SMALL_BURST = 200;
const PIECE_BYTES = 7;
const LARGE_CHARACTERS = 1_000_000;

/** Two clients of each hub protocol, side by side. */
async function listeners(stage: Stage, server: AppServer): Promise<readonly HubClient[]> {
  const clients: HubClient[] = [];
  for (const protocol of ['json', 'messagepack', 'json', 'messagepack'] as const) {
    clients.push((await stage.join(server, { protocol })).client);
  }
  return clients;
}

function burst(count: number, wrap: (ready: requests.Outgoing) => ServiceMessage): ServiceMessage[] {
  const numbers = Array.from({ length: count }, (_, index) => numbered(index + 1));
  return [...numbers, LAST].map((message) => wrap(requests.payloadsOf(message)));
}

/** Requires that an app server gets 1 to `count` from a client, however they are cut into ConnectionData. */
async function requireCountedUp(server: AppServer, client: HubClient, count: number): Promise<void> {
  const reader = new HubReader(client.protocol, true);
  const numbers: unknown[] = [];
  for (;;) {
    const [, , payload] = await server.nextOf(ServiceType.ConnectionData, client.connectionId);
    const came = reader.push(payload instanceof Uint8Array ? payload : new Uint8Array()).map(numberOf);
    numbers.push(...came.filter((number) => number !== undefined));
    if (came.includes(undefined)) break;
  }
  requireCounted(`what a ${client.protocol} client said`, numbers, count);
}

function climb(client: HubClient, count: number): void {
  for (let number = 1; number <= count; number++) client.send(numbered(number));
  client.send(LAST);
}

const BURSTS: readonly Check[] = [
  {
    id: 'down.broadcasts',
    requires: `${BURST} broadcasts of one server connection reach clients of both protocols, each once and in order.`,
    source: 'service-protocol 8.2',
    async run(stage) {
      const server = await stage.server();
      const clients = await listeners(stage, server);
      for (const message of burst(BURST, requests.toAll)) server.send(message);
      await Promise.all(clients.map((client) => requireCountedDown(client, BURST)));
    },
  },
  {
    id: 'down.across-kinds',
    requires: `${BURST} messages of changing kinds to one client reach it each once and in order.`,
    source: 'service-protocol 8.2',
    async run(stage) {
      const { server, a } = await trio(stage, { a: 'ann' });
      await together(server, 'g', [a]);
      const kinds: readonly ((ready: requests.Outgoing) => ServiceMessage)[] = [
        requests.toAll,
        (ready) => requests.toConnections([a.connectionId], ready),
        (ready) => requests.toUser('ann', ready),
        (ready) => requests.toGroup('g', ready),
        (ready) => requests.toGroups(['g'], ready),
      ];
      let index = 0;
      for (const message of burst(BURST, (ready) => (kinds[index++ % kinds.length] ?? requests.toAll)(ready)))
        server.send(message);
      await requireCountedDown(a, BURST);
    },
  },
  {
    id: 'down.memberships-between',
    requires: 'Joins and leaves between the messages of one server connection decide of just those behind them.',
    source: 'service-protocol 8.2',
    async run(stage) {
      const { server, a } = await trio(stage);
      for (let number = 1; number <= SMALL_BURST; number++) {
        server.send(requests.joinGroup(a.connectionId, 'g'));
        server.send(requests.toGroup('g', requests.payloadsOf(numbered(number))));
        server.send(requests.leaveGroup(a.connectionId, 'g'));
        server.send(requests.toGroup('g', requests.payloadsOf(numbered(-number))));
      }
      server.send(requests.toAll(requests.payloadsOf(LAST)));
      await requireCountedDown(a, SMALL_BURST);
    },
  },
  {
    id: 'down.behind-a-large-message',
    requires: 'Small messages do not overtake one of a megabyte, and it comes whole.',
    source: 'service-protocol 8.2',
    async run(stage) {
      const server = await stage.server();
      const { client: a } = await stage.join(server);
      const text = 'x'.repeat(LARGE_CHARACTERS);
      server.send(requests.toAll(requests.payloadsOf({ type: 1, target: 'large', arguments: [text] })));
      for (const message of burst(SMALL_BURST, requests.toAll)) server.send(message);
      const first = await a.next('the large message', 1);
      requireEqual('the first target', first['target'], 'large');
      requireEqual(
        'its characters',
        Array.isArray(first['arguments']) && String(first['arguments'][0]).length,
        LARGE_CHARACTERS,
      );
      await requireCountedDown(a, SMALL_BURST);
    },
  },
  ...(['json', 'messagepack'] as const).map((protocol: HubProtocolName) => ({
    id: `up.${protocol}`,
    requires: `${BURST} messages of a ${protocol} client reach its app server each once and in order.`,
    source: 'service-protocol 7.3',
    async run(stage: Stage) {
      const server = await stage.server();
      const { client } = await stage.join(server, { protocol });
      climb(client, BURST);
      await requireCountedUp(server, client, BURST);
    },
  })),
  {
    id: 'both-ways',
    requires: 'Clients that talk at once while all are talked to lose nothing, either way.',
    source: 'service-protocol 8.2',
    async run(stage) {
      const server = await stage.server();
      const clients = await listeners(stage, server);
      for (const client of clients) climb(client, SMALL_BURST);
      for (const message of burst(SMALL_BURST, requests.toAll)) server.send(message);
      await Promise.all(
        clients.flatMap((client) => [
          requireCountedUp(server, client, SMALL_BURST),
          requireCountedDown(client, SMALL_BURST),
        ]),
      );
    },
  },
];

const FRAMES: readonly Check[] = [
  {
    id: 'frames.many-messages-in-one',
    requires: 'Service messages that come in one WebSocket message are all handled, in order.',
    source: 'service-protocol 4.1',
    async run(stage) {
      const server = await stage.server();
      const { client } = await stage.join(server);
      server.socket.send(Buffer.concat(burst(SMALL_BURST, requests.toAll).map(encodeServiceMessage)));
      await requireCountedDown(client, SMALL_BURST);
    },
  },
  {
    id: 'frames.one-message-in-many',
    requires: 'A service message may come in any number of WebSocket messages, a byte in each, its length included.',
    source: 'service-protocol 4.1',
    async run(stage) {
      const { server, a } = await trio(stage);
      const text = 'x'.repeat(300);
      const invocation = requests.payloadsOf({ type: 1, target: 'hello', arguments: [text] });
      for (const byte of encodeServiceMessage(requests.toAll(invocation))) server.socket.send(Uint8Array.of(byte));
      await requireReceived(server, a, ['hello']);
    },
  },
  {
    id: 'frames.cut-anywhere',
    requires: 'WebSocket messages that begin and end anywhere in the stream of service messages are read alike.',
    source: 'service-protocol 4.1',
    async run(stage) {
      const server = await stage.server();
      const { client } = await stage.join(server, { protocol: 'messagepack' });
      const stream = Buffer.concat(burst(SMALL_BURST, requests.toAll).map(encodeServiceMessage));
      for (let at = 0; at < stream.length; at += PIECE_BYTES) server.socket.send(stream.subarray(at, at + PIECE_BYTES));
      await requireCountedDown(client, SMALL_BURST);
    },
  },
];

export const ORDERING_CHECKS: readonly Check[] = area('ordering', { modes: ['Default', 'Classic'] }, [
  ...BURSTS,
  ...FRAMES,
]);
