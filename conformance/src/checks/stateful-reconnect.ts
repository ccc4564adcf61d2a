// Clients that come back on a new socket (client-protocol 4, service-protocol 10.1).

import { area, type Check } from '../check.ts';
import type { AppServer } from '../peers/app-server.ts';
import { json } from '../peers/http.ts';
import { HubClient } from '../peers/hub-client.ts';
import type { Negotiated } from '../peers/negotiated.ts';
import { openSocket, UpgradeRefused } from '../peers/web-socket.ts';
import { requireEqual, requireThat } from '../require.ts';
import type { Stage } from '../stage.ts';
import { requireInTime } from '../until.ts';
import { Violation } from '../violation.ts';
import { type HubMessage, type HubProtocolName, HubReader, RECORD_SEPARATOR } from '../wire/hub-protocol.ts';
import { joinGroupAcked, toGroup } from '../wire/hub-requests.ts';
import { ServiceType } from '../wire/service-message.ts';

const ASKED = 'useStatefulReconnect=true';
const AWAY_MS = 60_000;
const PING = 6;
const ACK = 8;
const SEQUENCE = 9;

/** A client that may come back, and its app server. */
interface Scene {
  readonly server: AppServer;
  readonly negotiated: Negotiated;
  readonly client: HubClient;
}

interface SceneOptions {
  readonly protocol?: HubProtocolName;
  /** Of the hub protocol; 2 asks for stateful reconnect. */
  readonly version?: number;
}

async function scene(stage: Stage, { protocol = 'json', version = 2 }: SceneOptions = {}): Promise<Scene> {
  const server = await stage.server({ allowStatefulReconnects: true });
  const negotiated = await stage.negotiated({ query: ASKED });
  const socket = await stage.socket(negotiated.url, negotiated.headers);
  const client = new HubClient(socket, { protocol, connectionId: negotiated.connectionId });
  client.sendHandshake(version);
  await server.nextOf(ServiceType.OpenConnection, client.connectionId);
  await server.nextOf(ServiceType.ConnectionData, client.connectionId);
  server.answerHandshake(client.connectionId);
  await client.shaken();
  return { server, negotiated, client };
}

/** Loses the socket as a network does, and comes back on another one. */
async function comeBack(stage: Stage, { negotiated, client }: Scene): Promise<HubClient> {
  client.socket.drop();
  await client.socket.ended;
  const { protocol, connectionId } = client;
  const socket = await stage.socket(negotiated.url, negotiated.headers).catch((error: unknown) => {
    if (error instanceof UpgradeRefused) throw new Violation('that the client may come back', error.message);
    throw error;
  });
  return new HubClient(socket, { protocol, connectionId, isShaken: true });
}

const news = (number: number): HubMessage => ({ type: 1, target: 'news', arguments: [number] });

function send({ server, client }: Scene, ...numbers: readonly number[]): void {
  for (const number of numbers) server.sendTo(client.connectionId, client.protocol, news(number));
}

/** Requires that these invocations come, and no other before the last of them. */
async function requireNews(client: HubClient, ...numbers: readonly number[]): Promise<void> {
  for (const number of numbers) {
    const message = await client.next(`invocation ${number}`, 1);
    requireEqual('the arguments', message['arguments'], [number]);
  }
}

/** The service's first word on a new socket. */
async function sequenceOf(client: HubClient): Promise<unknown> {
  const { type, sequenceId } = await client.next('the first message');
  requireEqual('the type of the first message', type, SEQUENCE);
  return sequenceId;
}

/** Invocations that an app server got of a client, in order, until the wanted number came. */
async function invocationsAt({ server, client }: Scene, count: number): Promise<readonly unknown[]> {
  const reader = new HubReader(client.protocol, true);
  const numbers: unknown[] = [];
  while (numbers.length < count) {
    const [, , bytes] = await server.nextOf(ServiceType.ConnectionData, client.connectionId);
    const messages = bytes instanceof Uint8Array ? reader.push(bytes) : [];
    for (const message of messages) {
      requireThat(
        message.type !== ACK && message.type !== SEQUENCE,
        'no Ack and no Sequence at the app server',
        message,
      );
      if (message.type !== PING) numbers.push((message['arguments'] as readonly unknown[])[0]);
    }
  }
  return numbers;
}

async function statusOfReturn({ negotiated }: Scene): Promise<number> {
  try {
    const socket = await openSocket(negotiated.url, negotiated.headers);
    socket.drop();
    return 101;
  } catch (error) {
    if (error instanceof UpgradeRefused) return error.status;
    throw error;
  }
}

async function offered(stage: Stage, query: string): Promise<unknown> {
  return json(await stage.negotiate({ query }))['useStatefulReconnect'];
}

const NEEDS = { needs: ['stateful-reconnect'], modes: ['Default', 'Classic'] } as const;

export const STATEFUL_RECONNECT_CHECKS: readonly Check[] = [
  ...area('stateful-reconnect', NEEDS, [
    {
      id: 'offer.asked-and-allowed',
      requires: 'Negotiate offers it when the client asks and the app servers allow it.',
      source: 'client-protocol 4.1',
      async run(stage) {
        await stage.server({ allowStatefulReconnects: true });
        requireEqual('useStatefulReconnect', await offered(stage, ASKED), true);
        requireEqual('useStatefulReconnect unasked', await offered(stage, ''), undefined);
      },
    },
    {
      id: 'offer.one-server-does-not-allow',
      requires: 'It is not offered when one app server of the hub does not allow it.',
      source: 'service-protocol 10.1',
      async run(stage) {
        await stage.server({ allowStatefulReconnects: true });
        await stage.server({ allowStatefulReconnects: false });
        requireEqual('useStatefulReconnect', await offered(stage, ASKED), undefined);
      },
    },
    {
      id: 'offer.old-server',
      requires: 'It is not offered when an app server is too old to speak of it.',
      source: 'service-protocol 10.1',
      async run(stage) {
        await stage.server({ generation: 'old' });
        requireEqual('useStatefulReconnect', await offered(stage, ASKED), undefined);
      },
    },
    {
      id: 'handshake.version-is-forwarded',
      requires: 'The app server gets the handshake request with version 2.',
      source: 'service-protocol 10.1',
      async run(stage) {
        const server = await stage.server({ allowStatefulReconnects: true });
        const { url, headers, connectionId } = await stage.negotiated({ query: ASKED });
        const client = new HubClient(await stage.socket(url, headers), { protocol: 'json', connectionId });
        client.sendHandshake(2);
        const [, , bytes] = await server.nextOf(ServiceType.ConnectionData, connectionId);
        const text = bytes instanceof Uint8Array ? Buffer.from(bytes).toString() : '';
        requireEqual('the request', text, `{"protocol":"json","version":2}${RECORD_SEPARATOR}`);
      },
    },
    {
      id: 'version-1.a-drop-is-final',
      requires: 'A client that asked for version 1 is gone when its socket is.',
      source: 'client-protocol 4.1',
      async run(stage) {
        const all = await scene(stage, { version: 1 });
        all.client.socket.drop();
        await all.server.nextOf(ServiceType.CloseConnection, all.client.connectionId);
        requireEqual('the status of its return', await statusOfReturn(all), 404);
      },
    },
    {
      id: 'return.server-hears-of-it',
      requires: 'The app server hears ConnectionReconnect, and neither an end nor another OpenConnection.',
      source: 'service-protocol 10.1',
      async run(stage) {
        const all = await scene(stage);
        const client = await comeBack(stage, all);
        await all.server.nextOf(ServiceType.ConnectionReconnect, client.connectionId);
        const ends: readonly number[] = [ServiceType.CloseConnection, ServiceType.OpenConnection];
        const others = all.server.serviceMessages.untaken.filter(([type]) => ends.includes(type));
        requireEqual('other messages', others, []);
      },
    },
    {
      id: 'return.sequence-comes-first',
      requires: 'The first message on the new socket is Sequence, without a word of the client.',
      source: 'client-protocol 4.2',
      async run(stage) {
        requireEqual('the sequence id', await sequenceOf(await comeBack(stage, await scene(stage))), 1);
      },
    },
    ...(['json', 'messagepack'] as const).map((protocol) => ({
      id: `replay.${protocol}`,
      requires: 'What was sent while the client was away comes after Sequence, in order.',
      source: 'client-protocol 4.2',
      async run(stage: Stage) {
        const all = await scene(stage, { protocol });
        all.client.socket.drop();
        await all.client.socket.ended;
        send(all, 1, 2, 3);
        const client = await comeBack(stage, all);
        requireEqual('the sequence id', await sequenceOf(client), 1);
        await requireNews(client, 1, 2, 3);
      },
    })),
    {
      id: 'replay.unacknowledged',
      requires: 'What the client got and did not acknowledge comes again; Sequence names the first of it.',
      source: 'client-protocol 4.3',
      async run(stage) {
        const all = await scene(stage);
        send(all, 1, 2, 3);
        await requireNews(all.client, 1, 2, 3);
        all.client.send({ type: ACK, sequenceId: 2 });
        // The Ack was read when a message behind it arrives.
        all.client.send(news(0));
        await invocationsAt(all, 1);
        const client = await comeBack(stage, all);
        requireEqual('the sequence id', await sequenceOf(client), 3);
        await requireNews(client, 3);
      },
    },
    {
      id: 'replay.pings-do-not-count',
      requires: 'Pings have no number, and do not come again.',
      source: 'client-protocol 4.3',
      async run(stage) {
        const all = await scene(stage);
        all.server.sendTo(all.client.connectionId, 'json', { type: PING });
        await all.client.pings.next('a ping');
        send(all, 1);
        await requireNews(all.client, 1);
        const client = await comeBack(stage, all);
        requireEqual('the sequence id', await sequenceOf(client), 1);
        await requireNews(client, 1);
        requireEqual('pings', client.pings.untaken, []);
      },
    },
    {
      id: 'replay.many-in-order',
      requires: 'A hundred messages across two returns come in order, none lost and none doubled but by their numbers.',
      source: 'client-protocol 4.3',
      async run(stage) {
        const all = await scene(stage);
        const numbers = Array.from({ length: 50 }, (_, index) => index + 1);
        send(all, ...numbers);
        await requireNews(all.client, ...numbers);
        all.client.send({ type: ACK, sequenceId: 50 });
        all.client.send(news(0));
        await invocationsAt(all, 1);
        const first = await comeBack(stage, all);
        requireEqual('the first sequence id', await sequenceOf(first), 51);
        first.send({ type: SEQUENCE, sequenceId: 2 });
        const more = numbers.map((number) => number + 50);
        send(all, ...more);
        await requireNews(first, ...more);
        const second = await comeBack(stage, { ...all, client: first });
        requireEqual('the second sequence id', await sequenceOf(second), 51);
        await requireNews(second, ...more);
      },
    },
    {
      id: 'ack.of-the-service',
      requires: 'The service acknowledges what the client sent, soon.',
      source: 'client-protocol 4.3',
      async run(stage) {
        const { client } = await scene(stage);
        client.send(news(1));
        client.send(news(2));
        let sequenceId: unknown = 0;
        while (sequenceId !== 2) ({ sequenceId } = await client.next('an Ack', ACK));
      },
    },
    {
      id: 'resent.once-at-the-server',
      requires:
        'What the client sends again is forwarded once: the app server gets each message once, and no Ack or Sequence.',
      source: 'client-protocol 4.3',
      async run(stage) {
        const all = await scene(stage);
        all.client.send(news(1));
        all.client.send(news(2));
        requireEqual('the first two', await invocationsAt(all, 2), [1, 2]);
        const client = await comeBack(stage, all);
        await sequenceOf(client);
        client.send({ type: SEQUENCE, sequenceId: 1 });
        for (const number of [1, 2, 3, 4]) client.send(news(number));
        requireEqual('the next two', await invocationsAt(all, 2), [3, 4]);
      },
    },
    {
      id: 'sequence.too-high',
      requires: 'A Sequence behind messages that never came is an end with an error.',
      source: 'client-protocol 4.3',
      async run(stage) {
        const client = await comeBack(stage, await scene(stage));
        await sequenceOf(client);
        client.send({ type: SEQUENCE, sequenceId: 5 });
        const close = await client.next('a Close message', 7);
        requireEqual('the Close message', close, {
          type: 7,
          error: 'Connection closed with an error.',
          allowReconnect: true,
        });
      },
    },
    {
      id: 'close.graceful-is-final',
      requires: 'A client that closes its socket properly is gone: its return gets 404.',
      source: 'client-protocol 4.2',
      async run(stage) {
        const all = await scene(stage);
        all.client.socket.close();
        await all.server.nextOf(ServiceType.CloseConnection, all.client.connectionId);
        requireEqual('the status of its return', await statusOfReturn(all), 404);
      },
    },
    {
      id: 'close.by-the-server-is-final',
      requires: 'A client that its app server closed is gone: its return gets 404.',
      source: 'client-protocol 4.3',
      async run(stage) {
        const all = await scene(stage);
        all.server.send([ServiceType.CloseConnection, all.client.connectionId, 'enough', null, null]);
        await all.client.next('a Close message', 7);
        await all.client.ended;
        await requireInTime('the status of its return', () => statusOfReturn(all), 404);
      },
    },
    {
      id: 'groups.stay',
      requires: 'A client that comes back is in its groups still, and got what they were sent meanwhile.',
      source: 'client-protocol 4.2',
      async run(stage) {
        const all = await scene(stage);
        await all.server.acked(joinGroupAcked(all.client.connectionId, 'crew'));
        all.client.socket.drop();
        await all.client.socket.ended;
        all.server.send(toGroup('crew', 'meanwhile'));
        const client = await comeBack(stage, all);
        await sequenceOf(client);
        requireEqual('the target', (await client.next('the invocation', 1))['target'], 'meanwhile');
      },
    },
    {
      id: 'away.too-long',
      requires: 'A client that does not come back in time is gone: the app server hears of it.',
      source: 'client-protocol 4.4',
      cost: 'minutes',
      async run(stage) {
        const all = await scene(stage);
        all.client.socket.drop();
        const { connectionId } = all.client;
        await all.server.next(ServiceType.CloseConnection, ([, id]) => id === connectionId, AWAY_MS);
        requireEqual('the status of its return', await statusOfReturn(all), 404);
      },
    },
  ]),
  ...area('stateful-reconnect', { modes: ['Serverless'] }, [
    {
      id: 'offer.not-in-serverless',
      requires: 'It is not offered in Serverless mode.',
      source: 'client-protocol 4.4',
      severity: 'should',
      run: async (stage) => requireEqual('useStatefulReconnect', await offered(stage, ASKED), undefined),
    },
  ]),
];
