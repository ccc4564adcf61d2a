// service-protocol 4.7, 7.4, 8.3, 8.4.
import { jsonHubProtocol } from '@signalite/protocol';
import { messagePackHubProtocol } from '@signalite/protocol/messagepack';
import { MessagePackReader, type ServiceMessage } from '@signalite/protocol/service';
import { type Service, startService } from 'signalite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type AppServerOptions, FakeAppServer } from './support/fake-app-server.ts';
import { messagesIn } from './support/hub-messages.ts';
import { call } from './support/payloads.ts';
import { RawClient, type RawClientOptions } from './support/raw-client.ts';

const OK = 1;
const NOT_FOUND = 2;

let service: Service;
let server: FakeAppServer;
const opened: Disposable[] = [];

beforeEach(async () => {
  service = await startService({ host: '127.0.0.1', port: 0 });
  server = await FakeAppServer.connect(service);
  opened.push(server);
});

afterEach(async () => {
  for (const one of opened.splice(0)) one[Symbol.dispose]();
  await service.close();
});

async function client(options: RawClientOptions = {}): Promise<RawClient> {
  const one = await RawClient.connect(service, options);
  opened.push(one);
  return one;
}

async function status(message: ServiceMessage & { readonly ackId: number }, from = server): Promise<number> {
  from.send(message);
  return from.ack(message.ackId);
}

test.each<[string, ServiceMessage & { ackId: number }, number]>([
  ['18 JoinGroupWithAck', { type: 18, connectionId: 'unknown', group: 'g', ackId: 5 }, NOT_FOUND],
  ['19 LeaveGroupWithAck', { type: 19, connectionId: 'unknown', group: 'g', ackId: 5 }, NOT_FOUND],
  ['19 of all groups', { type: 19, connectionId: 'unknown', ackId: 5 }, NOT_FOUND],
  ['21 CheckUserInGroupWithAck', { type: 21, userId: 'unknown', group: 'g', ackId: 5 }, NOT_FOUND],
  ['23 CheckGroupExistenceWithAck', { type: 23, group: 'unknown', ackId: 5 }, NOT_FOUND],
  ['24 CheckConnectionExistenceWithAck', { type: 24, connectionId: 'unknown', ackId: 5 }, NOT_FOUND],
  ['25 CheckUserExistenceWithAck', { type: 25, userId: 'unknown', ackId: 5 }, NOT_FOUND],
  ['26 UserJoinGroupWithAck', { type: 26, userId: 'unknown', group: 'g', ackId: 5 }, OK],
  ['27 UserLeaveGroupWithAck', { type: 27, userId: 'unknown', group: 'g', ackId: 5 }, OK],
  ['27 of all groups', { type: 27, userId: 'unknown', ackId: 5 }, OK],
  ['30 CloseConnectionWithAck', { type: 30, connectionId: 'unknown', ackId: 5 }, NOT_FOUND],
  ['31 CloseConnectionsWithAck', { type: 31, excludedConnectionIds: [], ackId: 5 }, OK],
  ['32 CloseUserConnectionsWithAck', { type: 32, userId: 'unknown', excludedConnectionIds: [], ackId: 5 }, OK],
  ['33 CloseGroupConnectionsWithAck', { type: 33, group: 'unknown', excludedConnectionIds: [], ackId: 5 }, OK],
])('%s about nobody is answered', async (_name, message, expected) => {
  server.send(message);
  expect(await server.messages.next()).toEqual({ type: 20, ackId: 5, status: expected, message: '' });
});

test('what exists is found', async () => {
  const { connectionId } = await client({ userId: 'ann' });
  expect(await status({ type: 18, connectionId, group: 'g', ackId: 1 })).toBe(OK);
  expect(await status({ type: 18, connectionId, group: 'g', ackId: 2 })).toBe(OK);
  expect(await status({ type: 21, userId: 'ann', group: 'g', ackId: 3 })).toBe(OK);
  expect(await status({ type: 23, group: 'g', ackId: 4 })).toBe(OK);
  expect(await status({ type: 24, connectionId, ackId: 5 })).toBe(OK);
  expect(await status({ type: 25, userId: 'ann', ackId: 6 })).toBe(OK);
  expect(await status({ type: 19, connectionId, group: 'other', ackId: 7 })).toBe(OK);
  expect(await status({ type: 19, connectionId, ackId: 8 })).toBe(OK);
  expect(await status({ type: 23, group: 'g', ackId: 9 })).toBe(NOT_FOUND);
});

test('a remembered membership makes a user be in the group, but no group exist', async () => {
  expect(await status({ type: 26, userId: 'ann', group: 'g', ackId: 1 })).toBe(OK);
  expect(await status({ type: 21, userId: 'ann', group: 'g', ackId: 2 })).toBe(OK);
  expect(await status({ type: 23, group: 'g', ackId: 3 })).toBe(NOT_FOUND);
  expect(await status({ type: 25, userId: 'ann', ackId: 4 })).toBe(NOT_FOUND);
});

test('the ack comes on the connection that asked, also when all belong to one server', async () => {
  const { connectionId } = await client();
  const twins = [];
  for (let index = 0; index < 3; index++) {
    const twin = await FakeAppServer.connect(service, { serverId: 'same' });
    opened.push(twin);
    twins.push(twin);
  }
  for (const [index, twin] of twins.entries()) twin.send({ type: 18, connectionId, group: 'g', ackId: index });
  for (const [index, twin] of twins.entries()) expect(await twin.ack(index)).toBe(OK);
  for (const twin of twins) {
    await twin.settled();
    expect(twin.messages.rest).toEqual([]);
  }
});

test('every ack is given once, in order', async () => {
  const ids = Array.from({ length: 200 }, (_, index) => index + 1);
  server.send(...ids.map((ackId): ServiceMessage => ({ type: 24, connectionId: 'x', ackId })));
  for (const ackId of ids) expect(await server.messages.next()).toMatchObject({ type: 20, ackId });
  await server.settled();
  expect(server.messages.rest).toEqual([]);
});

test.each([0, -1, 2 ** 31 - 1, -(2 ** 31)])('the ack id %i comes back', async (ackId) => {
  expect(await status({ type: 25, userId: 'x', ackId })).toBe(NOT_FOUND);
});

test('an ack is five elements on the wire, whatever asked for it', async () => {
  const bytes = new Promise<string>((resolve) => {
    server.webSocket.once('message', (data) => resolve(Buffer.isBuffer(data) ? data.toString('hex') : ''));
  });
  // UserLeaveGroupWithAck of all groups, as seen on the wire.
  server.sendBytes(Buffer.from('07951ba175c00380', 'hex'));
  expect(await bytes).toBe('0695140301a080');
});

describe('closes', () => {
  const CASES: readonly [string, (connectionId: string, reason?: string) => ServiceMessage & { ackId: number }][] = [
    ['30', (connectionId, reason) => ({ type: 30, connectionId, ackId: 1, ...withReason(reason) })],
    ['31', (_id, reason) => ({ type: 31, excludedConnectionIds: ['x'], ackId: 1, ...withReason(reason) })],
    ['32', (_id, reason) => ({ type: 32, userId: 'ann', excludedConnectionIds: [], ackId: 1, ...withReason(reason) })],
    ['33', (_id, reason) => ({ type: 33, group: 'g', excludedConnectionIds: [], ackId: 1, ...withReason(reason) })],
  ];

  function withReason(reason: string | undefined): { reason?: string } {
    return reason === undefined ? {} : { reason };
  }

  describe.each(CASES)('of type %s', (_type, close) => {
    test.each([
      { reason: 'bye', frame: { type: 7, error: 'bye', allowReconnect: true } },
      { reason: undefined, frame: { type: 7, allowReconnect: true } },
      { reason: '', frame: { type: 7, allowReconnect: true } },
    ])('with reason $reason', async ({ reason, frame }) => {
      const other = await FakeAppServer.connect(service);
      opened.push(other);
      const json = await client({ userId: 'ann' });
      server.send({ type: 11, connectionId: json.connectionId, group: 'g' });
      await server.settled();
      const asks = close(json.connectionId, reason);
      expect(await status(asks, other)).toBe(OK);
      expect(await json.message()).toEqual(frame);
      expect(await json.closed).toBe(1000);
      const owner = server.messages.rest.some((message) => message.type === 4) ? server : other;
      expect(await owner.expect(5)).toMatchObject({ connectionId: json.connectionId, error: reason ?? '' });
    });
  });

  test('a MessagePack client gets its Close in MessagePack', async () => {
    const binary = await client({ protocol: 'messagepack' });
    server.send({ type: 30, connectionId: binary.connectionId, reason: 'bye', ackId: 1 });
    const frame = await binary.frames.next();
    expect(frame.isBinary).toBe(true);
    expect(messagesIn(frame)).toEqual([{ type: 7, error: 'bye', allowReconnect: true }]);
    expect(await binary.closed).toBe(1000);
  });

  test('excluded connections stay', async () => {
    const [a, b, c] = [await client({ userId: 'ann' }), await client({ userId: 'ann' }), await client()];
    for (const { connectionId } of [a, b, c]) server.send({ type: 11, connectionId, group: 'g' });
    const excludedConnectionIds = [b.connectionId];
    expect(await status({ type: 32, userId: 'ann', excludedConnectionIds, ackId: 1 })).toBe(OK);
    expect(await a.closed).toBe(1000);
    expect(await status({ type: 33, group: 'g', excludedConnectionIds, ackId: 2 })).toBe(OK);
    expect(await c.closed).toBe(1000);
    expect(await status({ type: 31, excludedConnectionIds, ackId: 3 })).toBe(OK);
    server.send({ type: 10, excludedConnectionIds: [], payloads: call('still here') });
    expect(await b.message()).toMatchObject({ target: 'still here' });
  });

  test('a group is gone when its last member has seen the close', async () => {
    const a = await client({ userId: 'ann' });
    const { connectionId } = a;
    expect(await status({ type: 18, connectionId, group: 'g', ackId: 1 })).toBe(OK);
    server.send({ type: 33, group: 'g', excludedConnectionIds: [], ackId: 2 });
    expect(await a.message()).toMatchObject({ type: 7 });
    expect(await status({ type: 23, group: 'g', ackId: 3 })).toBe(NOT_FOUND);
    expect(await status({ type: 24, connectionId, ackId: 4 })).toBe(NOT_FOUND);
    expect(await status({ type: 25, userId: 'ann', ackId: 5 })).toBe(NOT_FOUND);
  });

  test('a client whose handshake is not answered yet gets the reason as handshake error', async () => {
    server.answersHubHandshake = false;
    const early = await client({ handshake: false });
    early.sendText('{"protocol":"json","version":1}\x1e');
    const { connectionId } = await server.expect(4);
    expect(await status({ type: 30, connectionId, reason: 'bye', ackId: 1 })).toBe(OK);
    expect(await early.message()).toEqual({ error: 'bye' });
    expect(await early.closed).toBe(1000);
  });
});

describe('the end of a client by its own app server (5)', () => {
  test.each([
    { error: '', frame: { type: 7 } },
    { error: 'boom', frame: { type: 7, error: 'boom' } },
  ])('with the text $error and no Close of its own', async ({ error, frame }) => {
    for (const protocol of [jsonHubProtocol, messagePackHubProtocol]) {
      const one = await client({ protocol: protocol.name });
      server.send({ type: 5, connectionId: one.connectionId, error, headers: [] });
      expect(messagesIn(await one.frames.next())).toEqual([frame]);
      expect(await one.closed).toBe(1000);
    }
    await server.settled();
    expect(server.messages.rest.filter((message) => message.type === 5)).toEqual([]);
  });

  test.each<NonNullable<AppServerOptions['generation']>>(['old', 'new'])(
    'its own Close frame is the last word, from the %s generation',
    async (generation) => {
      const hub = `${generation}_hub`;
      const own = await FakeAppServer.connect(service, { generation, hub });
      opened.push(own);
      for (const protocol of [jsonHubProtocol, messagePackHubProtocol]) {
        const one = await client({ protocol: protocol.name, hub });
        const { connectionId } = await own.expect(4);
        const payload = protocol.encode({ type: 7, error: 'mine' });
        own.send(
          { type: 6, connectionId, payload, ...(generation === 'new' ? { dataType: 4 } : {}) },
          { type: 10, excludedConnectionIds: [], payloads: call('late') },
          { type: 5, connectionId, error: 'theirs', headers: [] },
        );
        expect(await one.closed).toBe(1000);
        expect(one.frames.rest.flatMap((frame) => messagesIn(frame))).toEqual([{ type: 7, error: 'mine' }]);
      }
    },
  );
});

describe('members of a group (40)', () => {
  interface Page {
    readonly members: [string, string | undefined][];
    readonly token: string | undefined;
  }

  async function page(message: Partial<Extract<ServiceMessage, { type: 40 }>>): Promise<Page> {
    server.send({ type: 40, group: 'g', ackId: 9, ...message });
    const ack = await server.expect(20);
    expect(ack).toMatchObject({ ackId: 9, status: OK });
    const reader = new MessagePackReader(ack.payload ?? new Uint8Array());
    expect(reader.arrayHeader()).toBe(2);
    const members: Page['members'] = [];
    for (let left = reader.arrayHeader(); left > 0; left--) {
      expect(reader.arrayHeader()).toBe(2);
      members.push([reader.string(), reader.nullableString() ?? undefined]);
    }
    return { members, token: reader.nullableString() ?? undefined };
  }

  async function fill(count: number): Promise<string[]> {
    const ids: string[] = [];
    for (let index = 0; index < count; index++) {
      const { connectionId } = await client(index % 2 === 0 ? {} : { userId: `user ${index}` });
      server.send({ type: 11, connectionId, group: 'g' });
      ids.push(connectionId);
    }
    return ids.toSorted((a, b) => (a < b ? -1 : 1));
  }

  test('an unknown group is an empty list', async () => {
    expect(await page({ group: 'unknown' })).toEqual({ members: [], token: undefined });
  });

  test('ids with their users', async () => {
    const ann = await client({ userId: 'ann' });
    server.send({ type: 11, connectionId: ann.connectionId, group: 'g' });
    expect(await page({})).toEqual({ members: [[ann.connectionId, 'ann']], token: undefined });
  });

  test.each([
    { ask: { max: 3 }, sizes: [3, 3, 1] },
    { ask: { top: 4 }, sizes: [4, 3] },
    { ask: { max: 5, top: 2 }, sizes: [2, 2, 2, 1] },
    { ask: { max: 0 }, sizes: [1, 1, 1, 1, 1, 1, 1] },
    { ask: {}, sizes: [7] },
  ])('$ask gives pages of $sizes', async ({ ask, sizes }) => {
    const ids = await fill(7);
    const pages: Page[] = [];
    let continuationToken: string | undefined;
    do {
      const next: Page = await page({ ...ask, ...(continuationToken === undefined ? {} : { continuationToken }) });
      pages.push(next);
      continuationToken = next.token;
    } while (continuationToken !== undefined);
    expect(pages.map(({ members }) => members.length)).toEqual(sizes);
    expect(pages.flatMap(({ members }) => members.map(([id]) => id))).toEqual(ids);
  });

  test('a foreign token fails the question, not the connection', async () => {
    server.send({ type: 40, group: 'g', ackId: 9, continuationToken: 'foreign' });
    const ack = await server.expect(20);
    expect(ack).toMatchObject({ ackId: 9, status: 4 });
    expect(ack.payload).toBeUndefined();
    await server.settled();
  });
});
