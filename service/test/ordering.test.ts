// service-protocol 7.3, 8.2, 8.4, 14 item 10: order, whole messages, nothing lost. What a simple relay gets wrong.
import { setTimeout as stall } from 'node:timers/promises';
import { crc32 } from 'node:zlib';
import { jsonHubProtocol } from '@signalite/protocol';
import { messagePackHubProtocol } from '@signalite/protocol/messagepack';
import { encodeServiceMessage, type ServiceMessage } from '@signalite/protocol/service';
import { startService } from 'signalite';
import { describe, expect, test } from 'vitest';
import { type AppServerOptions, FakeAppServer } from './support/fake-app-server.ts';
import { messagesIn, targetsBefore } from './support/hub-messages.ts';
import { call } from './support/payloads.ts';
import { RawClient, type RawClientOptions } from './support/raw-client.ts';
import { RecordedEvents } from './support/recorded-events.ts';
import { type SocketClient, socketClients } from './support/socket-client.ts';

const ROUNDS = 10_000;
const STALL_MS = 200;
const MANY = 100_000;

const PROTOCOLS = [jsonHubProtocol, messagePackHubProtocol];
const GENERATIONS: readonly NonNullable<AppServerOptions['generation']>[] = ['old', 'new'];

function start(options: Parameters<typeof startService>[0] = {}) {
  return startService({ host: '127.0.0.1', port: 0, ...options });
}

/** A client with its app server. */
async function pair(
  service: Awaited<ReturnType<typeof start>>,
  server: AppServerOptions = {},
  client: RawClientOptions = {},
) {
  const own = await FakeAppServer.connect(service, server);
  const one = await RawClient.connect(service, client);
  await own.expect(4);
  return { own, one, connectionId: one.connectionId };
}

describe('everything for one client in one turn', () => {
  const splits = [
    { how: 'as one WebSocket message', size: Number.POSITIVE_INFINITY },
    { how: 'in pieces of 7 bytes', size: 7 },
    { how: 'byte by byte', size: 1 },
  ];

  test.each(splits.flatMap((split) => PROTOCOLS.map((protocol) => ({ ...split, protocol }))))(
    'keeps its order, and nothing follows the close: $protocol.name, $how',
    async ({ size, protocol }) => {
      await using service = await start();
      const { own, one, connectionId } = await pair(service, {}, { protocol: protocol.name });
      using _own = own;
      using _one = one;
      const data = (target: string): ServiceMessage => ({
        type: 6,
        connectionId,
        payload: protocol.encode({ type: 1, target, arguments: [] }),
        dataType: 2,
      });
      const group = { type: 13, group: 'g', excludedConnectionIds: [], excludedUserIds: [] } as const;
      const messages: ServiceMessage[] = [
        data('data 1'),
        { type: 7, connectionIds: [connectionId], payloads: call('multi 1') },
        { ...group, payloads: call('before the join') },
        { type: 11, connectionId, group: 'g' },
        { ...group, payloads: call('group') },
        { type: 3, values: ['status', '1'] },
        data('data 2'),
        { type: 10, excludedConnectionIds: [], payloads: call('all') },
        { type: 12, connectionId, group: 'g' },
        { ...group, payloads: call('after the leave') },
        { type: 7, connectionIds: [connectionId], payloads: call('multi 2') },
        { type: 5, connectionId, error: '', headers: [] },
        data('late data'),
        { type: 7, connectionIds: [connectionId], payloads: call('late multi') },
        { type: 10, excludedConnectionIds: [], payloads: call('late all') },
        { type: 18, connectionId, group: 'g', ackId: 1 },
      ];
      const bytes = Buffer.concat(messages.map((message) => encodeServiceMessage(message)));
      for (let at = 0; at < bytes.length; at += size) own.sendBytes(bytes.subarray(at, at + size));
      expect(await one.closed).toBe(1000);
      const received = one.frames.rest.flatMap((frame) => messagesIn(frame));
      expect(received.map((message) => (message.type === 1 ? message.target : message))).toEqual([
        'data 1',
        'multi 1',
        'group',
        'data 2',
        'all',
        'multi 2',
        { type: 7 },
      ]);
      expect(await own.expect(3)).toMatchObject({ values: expect.arrayContaining(['status']) });
      expect(await own.ack(1)).toBe(2);
    },
  );

  test('goes for what a client says too', async () => {
    await using service = await start();
    const { own, one, connectionId } = await pair(service);
    using _own = own;
    const said = Array.from({ length: 100 }, (_, index) => `{"type":3,"invocationId":"${index}"}\x1e`);
    for (const text of said) one.sendText(text);
    one.webSocket.close(1000);
    const heard: string[] = [];
    for (;;) {
      const message = await own.messages.next();
      if (message.type !== 6) {
        expect(message).toMatchObject({ type: 5, connectionId });
        break;
      }
      heard.push(Buffer.from(message.payload).toString());
    }
    expect(heard).toEqual(said);
    await own.settled();
    expect(own.messages.rest).toEqual([]);
  });
});

test(`a join acked on one connection, a send at once on another: ${ROUNDS} times, none missed`, async () => {
  await using service = await start();
  const { own, one, connectionId } = await pair(service);
  using _one = one;
  using joiner = own;
  using sender = await FakeAppServer.connect(service);
  const missing = new Set(Array.from({ length: ROUNDS }, (_, round) => `round ${round}`));
  let asked = 0;
  const join = () => {
    if (asked === ROUNDS) return;
    joiner.send({ type: 18, connectionId, group: `round ${asked}`, ackId: asked });
    asked += 1;
  };
  joiner.onMessage = (message) => {
    if (message.type !== 20) return;
    expect(message.status).toBe(1);
    const group = `round ${message.ackId}`;
    const payloads = [{ protocol: 'json', data: Buffer.from(`${JSON.stringify(group)}\x1e`) }];
    sender.send({ type: 13, group, excludedConnectionIds: [], excludedUserIds: [], payloads });
    join();
  };
  const allCame = new Promise<void>((resolve) => {
    one.webSocket.on('message', (data) => {
      for (const text of data.toString().split('\x1e').slice(0, -1)) missing.delete(String(JSON.parse(text)));
      if (missing.size === 0) resolve();
    });
  });
  for (let concurrent = 0; concurrent < 64; concurrent++) join();
  await allCame;
}, 60_000);

test(`a handshake answer racing sends on another connection: ${ROUNDS} times, nothing before it, nothing lost`, async () => {
  await using service = await start();
  using holder = await FakeAppServer.connect(service);
  using sender = await FakeAppServer.connect(service, { connectionType: 2 });
  const payloads = [{ protocol: 'json', data: Buffer.from('{"type":1,"target":"race","arguments":[]}\x1e') }];
  let round = 0;
  holder.onMessage = (message) => {
    if (message.type !== 4) return;
    const { connectionId } = message;
    const answer = () => holder.send({ type: 6, connectionId, payload: Buffer.from('{}\x1e'), dataType: 1 });
    const send = () => {
      sender.send({ type: 7, connectionIds: [connectionId], payloads });
      if (round % 8 === 0) sender.send({ type: 10, excludedConnectionIds: [], payloads });
    };
    round += 1;
    if (round % 3 === 0) answer();
    send();
    if (round % 3 === 1) answer();
    if (round % 3 === 2) setImmediate(answer);
  };
  const open = await socketClients(service);
  let left = ROUNDS;
  const play = async () => {
    while (left > 0) {
      left -= 1;
      const frames = await firstFrames(open, 2);
      if (frames[0] !== '{}\x1e' || frames[1]?.includes('race') !== true) throw new Error(`got ${frames.join(', ')}`);
    }
  };
  await Promise.all(Array.from({ length: 32 }, play));
  expect(round).toBe(ROUNDS);
}, 120_000);

/** The first WebSocket messages of a new client, as text. */
async function firstFrames(open: Awaited<ReturnType<typeof socketClients>>, count: number): Promise<string[]> {
  const frames: string[] = [];
  let allCame: (() => void) | undefined;
  const all = new Promise<void>((resolve) => {
    allCame = resolve;
  });
  using _client = await open((payload) => {
    frames.push(payload.toString());
    if (frames.length === count) allCame?.();
  });
  await all;
  return frames;
}

test('sends before the handshake answer are held, and forgotten when it is an error', async () => {
  await using service = await start();
  using holder = await FakeAppServer.connect(service, { answersHubHandshake: false });
  using client = await RawClient.connect(service, { handshake: false });
  client.sendText('{"protocol":"json","version":1}\x1e');
  const { connectionId } = await holder.expect(4);
  const error = '{"error":"No."}\x1e';
  holder.send(
    { type: 10, excludedConnectionIds: [], payloads: call('early') },
    { type: 6, connectionId, payload: Buffer.from(error), dataType: 1 },
    { type: 10, excludedConnectionIds: [], payloads: call('late') },
    { type: 5, connectionId, error: '', headers: [] },
  );
  expect(await client.closed).toBe(1000);
  expect(client.frames.rest.map(({ data }) => data.toString())).toEqual([error]);
});

describe('an app server that sends parts of messages', () => {
  test.each(PROTOCOLS)('two messages and a half, a send of another server, the rest: $name', async (protocol) => {
    await using service = await start();
    const { own, one, connectionId } = await pair(service, { generation: 'old' }, { protocol: protocol.name });
    using _own = own;
    using _one = one;
    using other = await FakeAppServer.connect(service);
    const [m1, m2, m3, m4] = ['1', '2', '3', '4'].map((target) =>
      Buffer.from(protocol.encode({ type: 1, target, arguments: ['x'.repeat(200)] })),
    );
    if (m1 === undefined || m2 === undefined || m3 === undefined || m4 === undefined) throw new Error('four');
    own.send({ type: 6, connectionId, payload: Buffer.concat([m1, m2, m3.subarray(0, 50)]) });
    await own.settled();
    other.send({ type: 10, excludedConnectionIds: [], payloads: call('between') });
    await other.settled();
    own.send({ type: 6, connectionId, payload: m3.subarray(50, 60) });
    own.send({ type: 6, connectionId, payload: Buffer.concat([m3.subarray(60), m4]) });
    const frames = [await one.frames.next(), await one.frames.next(), await one.frames.next()];
    const targets = frames.map((frame) =>
      messagesIn(frame).map((message) => (message.type === 1 ? message.target : message)),
    );
    expect(targets).toEqual([['1', '2'], ['between'], ['3', '4']]);
    for (const { isBinary } of frames) expect(isBinary).toBe(protocol === messagePackHubProtocol);
  });

  test('the handshake answer and the first message in one piece', async () => {
    await using service = await start();
    using own = await FakeAppServer.connect(service, { generation: 'old', answersHubHandshake: false });
    using one = await RawClient.connect(service, { handshake: false });
    one.sendText('{"protocol":"json","version":1}\x1e');
    const { connectionId } = await own.expect(4);
    own.sendText(connectionId, '{}\x1e{"type":6}\x1e{"type"');
    own.sendText(connectionId, ':6}\x1e');
    expect(await one.message()).toEqual({});
    for (let ping = 0; ping < 2; ping++) expect(await one.message()).toEqual({ type: 6 });
  });
});

/** A hub message that shows whether it came whole and in turn. All of them are more than sockets hold: 60 MB. */
function checkedMessage(index: number): string {
  const filler = 'x'.repeat((index * 7919) % 1200);
  return `{"type":3,"invocationId":"${index}","result":"${filler}","crc":${crc32(filler, index)}}\x1e`;
}

/** Takes text in pieces; resolves when all messages came, rejects at the first that is not the next. */
function checkedMessages(count: number): { push: (text: string) => void; all: Promise<void> } {
  let index = 0;
  let rest = '';
  let settle: { resolve: () => void; reject: (error: Error) => void } | undefined;
  const all = new Promise<void>((resolve, reject) => {
    settle = { resolve, reject };
  });
  const push = (text: string) => {
    const parts = (rest + text).split('\x1e');
    rest = parts.pop() ?? '';
    for (const part of parts) {
      if (`${part}\x1e` !== checkedMessage(index)) settle?.reject(new Error(`message ${index} is not ${part}`));
      index += 1;
    }
    if (index === count) settle?.resolve();
  };
  return { push, all };
}

describe(`${MANY} messages past a reader that stalls`, () => {
  test('a client', async () => {
    await using service = await start({ limits: { clientQueueBytes: 128 * 1024 * 1024 } });
    const { own, one, connectionId } = await pair(service);
    using _own = own;
    using _one = one;
    const { push, all } = checkedMessages(MANY);
    one.webSocket.on('message', (data) => push(data.toString()));
    one.webSocket.pause();
    for (let index = 0; index < MANY; index += 100) {
      const messages = Array.from({ length: 100 }, (_, offset): ServiceMessage => {
        const payload = Buffer.from(checkedMessage(index + offset));
        return { type: 6, connectionId, payload, dataType: 2 };
      });
      own.send(...messages);
    }
    // The service holds it all now, but for what the sockets hold.
    own.send({ type: 24, connectionId, ackId: 1 });
    await own.messages.find((message) => message.type === 20, 30_000);
    await stall(STALL_MS);
    one.webSocket.resume();
    await all;
  });

  test('an app server: its clients are held back, and nothing is lost', async () => {
    const events = new RecordedEvents();
    await using service = await start({ limits: { serverQueueBytes: 256 * 1024 }, onEvent: events.listener });
    const { own, one } = await pair(service);
    using _own = own;
    using _one = one;
    const { push, all } = checkedMessages(MANY);
    own.onMessage = (message) => {
      if (message.type === 6) push(Buffer.from(message.payload).toString());
    };
    own.webSocket.pause();
    for (let index = 0; index < MANY; index++) {
      one.sendText(checkedMessage(index));
      if (index % 1000 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    const { queuedBytes } = await events.next('serverFlowStopped');
    await stall(STALL_MS);
    own.webSocket.resume();
    await all;
    await events.next('serverFlowResumed');
    // What one read of a client may add after the bound.
    expect(queuedBytes).toBeLessThan(256 * 1024 + 128 * 1024);
    expect(events.of('clientClosed')).toEqual([]);
  });
});

class OpenClients implements Disposable {
  readonly all: SocketClient[] = [];

  [Symbol.dispose](): void {
    for (const client of this.all) client[Symbol.dispose]();
  }
}

test('a thousand clients in one group get one send each', async () => {
  const count = 1000;
  await using service = await start();
  using server = await FakeAppServer.connect(service);
  const ids: string[] = [];
  server.onMessage = (message) => {
    if (message.type !== 4) return;
    ids.push(message.connectionId);
    server.send({ type: 6, connectionId: message.connectionId, payload: Buffer.from('{}\x1e'), dataType: 1 });
  };
  const open = await socketClients(service);
  using clients = new OpenClients();
  const received: string[][] = [];
  for (let index = 0; index < count; index++) {
    const frames: string[] = [];
    received.push(frames);
    clients.all.push(await open((payload) => frames.push(payload.toString())));
  }
  await expect.poll(() => ids.length, { interval: 5 }).toBe(count);
  for (const connectionId of ids) server.send({ type: 11, connectionId, group: 'g' });
  const payload = (text: string) => [{ protocol: 'json', data: Buffer.from(text) }];
  server.send(
    { type: 13, group: 'g', excludedConnectionIds: [], excludedUserIds: [], payloads: payload('once\x1e') },
    { type: 10, excludedConnectionIds: [], payloads: payload('end\x1e') },
  );
  await expect.poll(() => received.filter((frames) => frames.at(-1) === 'end\x1e').length, { interval: 5 }).toBe(count);
  for (const frames of received) expect(frames).toEqual(['{}\x1e', 'once\x1e', 'end\x1e']);
}, 60_000);

test.each(GENERATIONS)('a megabyte each way, past an app server of the %s generation', async (generation) => {
  await using service = await start();
  const { own, one, connectionId } = await pair(service, { generation });
  using _own = own;
  using _one = one;
  const large = Array.from({ length: 5 }, (_, index) =>
    Buffer.from(`{"type":3,"invocationId":"${index}","result":"${`${index}`.repeat(1024 * 1024)}"}\x1e`),
  );
  for (const payload of large) {
    own.send({ type: 6, connectionId, payload });
    one.webSocket.send(payload);
  }
  for (const payload of large) {
    expect((await one.frames.next()).data.equals(payload)).toBe(true);
    const data = await own.expect(6);
    expect(Buffer.from(data.payload).equals(payload)).toBe(true);
  }
  own.send({ type: 10, excludedConnectionIds: [], payloads: call('end') });
  expect(await targetsBefore(one, 'end')).toEqual([]);
});

test('a large message of one client and a small one of another arrive whole', async () => {
  await using service = await start();
  const { own, one, connectionId } = await pair(service);
  using _own = own;
  using _one = one;
  using two = await RawClient.connect(service);
  await own.expect(4);
  one.webSocket.send(Buffer.from(`"${'x'.repeat(4 * 1024 * 1024)}"\x1e`));
  two.sendText('"small"\x1e');
  expect(await own.expectText(two.connectionId)).toBe('"small"\x1e');
  expect(await own.expectText(connectionId)).toHaveLength(4 * 1024 * 1024 + 3);
});
