// service-protocol 7.3, 8.1, 8.6: who gets what an app server sends.
import { jsonHubProtocol } from '@signalite/protocol';
import { messagePackHubProtocol } from '@signalite/protocol/messagepack';
import type { ServiceMessage } from '@signalite/protocol/service';
import { type Service, type ServiceOptions, startService } from 'signalite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { FakeAppServer } from './support/fake-app-server.ts';
import { targetsBefore } from './support/hub-messages.ts';
import { call } from './support/payloads.ts';
import { RawClient, type RawClientOptions } from './support/raw-client.ts';
import { RecordedEvents } from './support/recorded-events.ts';

let events: RecordedEvents;
let service: Service;
let server: FakeAppServer;
const opened: Disposable[] = [];

beforeEach(async () => {
  events = new RecordedEvents();
  const options: ServiceOptions = { host: '127.0.0.1', port: 0, onEvent: events.listener };
  service = await startService(options);
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

/** Sends, then a last message to everybody: gives what each client got before it. */
async function received(clients: readonly RawClient[], ...messages: readonly ServiceMessage[]): Promise<string[][]> {
  server.send(...messages, { type: 10, excludedConnectionIds: [], payloads: call('end') });
  return Promise.all(clients.map((one) => targetsBefore(one, 'end')));
}

/** Puts clients into groups; the sends that follow on the same connection see it. */
function join(group: string, ...members: readonly RawClient[]): void {
  for (const { connectionId } of members) server.send({ type: 11, connectionId, group });
}

describe('to connections (7)', () => {
  test('those that are named, each once', async () => {
    const [a, b, c] = [await client(), await client(), await client()];
    const ids = [b.connectionId, a.connectionId, b.connectionId, 'unknown'];
    expect(await received([a, b, c], { type: 7, connectionIds: ids, payloads: call('m') })).toEqual([['m'], ['m'], []]);
  });

  test('an empty list is nobody', async () => {
    const a = await client();
    expect(await received([a], { type: 7, connectionIds: [], payloads: call('m') })).toEqual([[]]);
  });
});

describe('to users (8, 9)', () => {
  test('all connections of a user, and nobody else', async () => {
    const [phone, laptop] = [await client({ userId: 'ann' }), await client({ userId: 'ann' })];
    const [bob, upper, anonymous] = [await client({ userId: 'bob' }), await client({ userId: 'ANN' }), await client()];
    const all = [phone, laptop, bob, upper, anonymous];
    const send: ServiceMessage = { type: 8, userId: 'ann', payloads: call('m') };
    expect(await received(all, send)).toEqual([['m'], ['m'], [], [], []]);
    expect(await received(all, { ...send, userId: '' })).toEqual([[], [], [], [], []]);
  });

  test('several users, ids repeated count once', async () => {
    const [ann, bob, cyd] = [await client({ userId: 'ann' }), await client({ userId: 'bob' }), await client()];
    const send: ServiceMessage = { type: 9, userIds: ['bob', 'ann', 'nobody', 'bob'], payloads: call('m') };
    expect(await received([ann, bob, cyd], send)).toEqual([['m'], ['m'], []]);
  });
});

describe('to all (10)', () => {
  test('but the excluded', async () => {
    const [a, b, c] = [await client(), await client(), await client()];
    const excludedConnectionIds = [a.connectionId, 'unknown', c.connectionId];
    expect(await received([a, b, c], { type: 10, excludedConnectionIds, payloads: call('m') })).toEqual([
      [],
      ['m'],
      [],
    ]);
  });

  test('a client that left is no obstacle', async () => {
    const [a, b] = [await client(), await client()];
    a.webSocket.terminate();
    await events.next('clientClosed');
    expect(await received([b], { type: 10, excludedConnectionIds: [], payloads: call('m') })).toEqual([['m']]);
  });
});

describe('to groups (13, 14)', () => {
  const group = { type: 13, group: 'g', excludedConnectionIds: [], excludedUserIds: [] } as const;

  test('members only', async () => {
    const [a, b, out] = [await client(), await client(), await client()];
    join('g', a, b);
    join('G', out);
    expect(await received([a, b, out], { ...group, payloads: call('m') })).toEqual([['m'], ['m'], []]);
  });

  test('but excluded connections and users; the caller is a name only', async () => {
    const [a, ann, bob] = [await client(), await client({ userId: 'ann' }), await client({ userId: 'bob' })];
    join('g', a, ann, bob);
    const excluded = { excludedConnectionIds: [a.connectionId], excludedUserIds: ['ann'], callerUserId: 'bob' };
    expect(await received([a, ann, bob], { ...group, ...excluded, payloads: call('m') })).toEqual([[], [], ['m']]);
  });

  test.each([
    ['4 elements', '940da1679081a46a736f6ec4077b7d2020207d1e'],
    ['5 elements', '950da1679081a46a736f6ec4077b7d2020207d1e80'],
  ])('the older form of %s is understood', async (_form, hex) => {
    const a = await client();
    join('g', a);
    const body = Buffer.from(hex, 'hex');
    server.sendBytes(Buffer.concat([Buffer.from([body.length]), body]));
    expect((await a.frames.next()).data.toString()).toBe('{}   }\x1e');
  });

  test('several groups: one copy for each listed group that a client is in, repeated ones too', async () => {
    const [both, one, none] = [await client(), await client(), await client()];
    join('x', both, one);
    join('y', both);
    const send: ServiceMessage = { type: 14, groups: ['x', 'y', 'unknown'], payloads: call('m') };
    expect(await received([both, one, none], send)).toEqual([['m', 'm'], ['m'], []]);
    expect(await received([both, one], { ...send, groups: ['x', 'x'] })).toEqual([
      ['m', 'm'],
      ['m', 'm'],
    ]);
  });
});

describe('hub protocols', () => {
  test('each client gets the payload of its protocol: JSON as text, others as binary', async () => {
    const json = await client();
    const binary = await client({ protocol: 'messagepack' });
    const payloads = call('m', 1, 'ä', null);
    server.send({ type: 10, excludedConnectionIds: [], payloads });
    const text = await json.frames.next();
    expect(text.isBinary).toBe(false);
    expect(text.data).toEqual(Buffer.from(payloads[0]?.data ?? []));
    const frame = await binary.frames.next();
    expect(frame.isBinary).toBe(true);
    expect(frame.data).toEqual(Buffer.from(payloads[1]?.data ?? []));
  });

  test('names compare without case, in handshakes and in payloads', async () => {
    const upper = await client({ protocol: 'JSON' });
    const lower = await client({ protocol: 'messagepack' });
    const payloads = call('m').map(({ protocol, data }) => ({ protocol: protocol.toUpperCase(), data }));
    server.send({ type: 10, excludedConnectionIds: [], payloads });
    expect((await upper.frames.next()).isBinary).toBe(false);
    expect((await lower.frames.next()).isBinary).toBe(true);
  });

  test('a client whose protocol has no payload is left out, and the service says so', async () => {
    const json = await client();
    const blazor = await client({ protocol: 'blazorpack' });
    server.send({ type: 10, excludedConnectionIds: [], payloads: call('m') });
    expect(await events.next('payloadMissing')).toEqual({
      name: 'payloadMissing',
      hub: 'chat',
      hubProtocol: 'blazorpack',
    });
    const own = { protocol: 'blazorpack', data: messagePackHubProtocol.encode({ type: 6 }) };
    server.send({ type: 10, excludedConnectionIds: [], payloads: [...call('next'), own] });
    expect((await blazor.frames.next()).data).toEqual(Buffer.from(own.data));
    expect(await targetsBefore(json, 'next')).toEqual(['m']);
  });

  test('nil for a payload counts as none', async () => {
    const [json, binary] = [await client(), await client({ protocol: 'messagepack' })];
    const [first, second] = call('m');
    if (first === undefined || second === undefined) throw new Error('two payloads');
    const payloads = [{ protocol: first.protocol, data: new Uint8Array() }, second];
    const sent = await received([json, binary], { type: 10, excludedConnectionIds: [], payloads });
    expect(sent).toEqual([[], ['m']]);
  });

  test.each([0, 1, 125, 126, 65_535, 65_536, 200_000])('a payload of about %i bytes arrives whole', async (size) => {
    const [json, binary] = [await client(), await client({ protocol: 'messagepack' })];
    const payloads = call('m', 'x'.repeat(size));
    server.send({ type: 10, excludedConnectionIds: [], payloads });
    expect((await json.frames.next()).data.equals(payloads[0]?.data ?? Buffer.alloc(0))).toBe(true);
    expect((await binary.frames.next()).data.equals(payloads[1]?.data ?? Buffer.alloc(0))).toBe(true);
  });

  test('data for one client passes unchanged in both protocols', async () => {
    const [json, binary] = [await client(), await client({ protocol: 'messagepack' })];
    const ping = { type: 6 } as const;
    for (const [one, protocol] of [
      [json, jsonHubProtocol],
      [binary, messagePackHubProtocol],
    ] as const) {
      const payload = protocol.encode(ping);
      server.send({ type: 6, connectionId: one.connectionId, payload, dataType: 3 });
      const frame = await one.frames.next();
      expect(frame).toEqual({ data: Buffer.from(payload), isBinary: protocol === messagePackHubProtocol });
      one.webSocket.send(payload);
      const back = await server.messages.find(
        (message) => message.type === 6 && message.connectionId === one.connectionId,
      );
      expect(back).toMatchObject({ type: 6, payload: Buffer.from(payload) });
    }
  });
});

test.each<[string, (filter: string, ids: string[]) => ServiceMessage]>([
  ['7', (filter, connectionIds) => ({ type: 7, connectionIds, payloads: call('m'), filter })],
  ['10', (filter) => ({ type: 10, excludedConnectionIds: [], payloads: call('m'), filter })],
  ['14', (filter) => ({ type: 14, groups: ['g'], payloads: call('m'), filter })],
])(
  'a filter on a send of type %s: to those that it selects, and to nobody when it cannot be understood',
  async (_type, make) => {
    const a = await client({ userId: 'ann' });
    join('g', a);
    expect(await received([a], make("userId ne 'ann'", [a.connectionId]))).toEqual([[]]);
    expect(await received([a], make("startswith(userId, 'an')", [a.connectionId]))).toEqual([['m']]);
    expect(events.of('filterMalformed')).toEqual([]);
    expect(await received([a], make('userId', [a.connectionId]))).toEqual([[]]);
    expect(events.of('filterMalformed')).toHaveLength(1);
  },
);

test('a tracing id changes nothing', async () => {
  const a = await client();
  const send: ServiceMessage = { type: 10, excludedConnectionIds: [], payloads: call('m'), tracingId: 2n ** 60n };
  expect(await received([a], send)).toEqual([['m']]);
});

test('the same names in other hubs and applications never meet', async () => {
  const hubs = ['chat', 'other', 'app1_chat', 'app2_chat'];
  const places = await Promise.all(
    hubs.map(async (hub) => {
      const own = await FakeAppServer.connect(service, { hub, serverId: 'same' });
      const one = await RawClient.connect(service, { hub, userId: 'ann' });
      opened.push(own, one);
      return { hub, own, one };
    }),
  );
  const ids = places.map(({ one }) => one.connectionId);
  for (const { own, one } of places) {
    own.send({ type: 18, connectionId: one.connectionId, group: 'g', ackId: 1 });
    expect(await own.ack(1)).toBe(1);
  }
  for (const { hub, own } of places) {
    own.send(
      { type: 10, excludedConnectionIds: [], payloads: call(`all ${hub}`) },
      { type: 8, userId: 'ann', payloads: call(`user ${hub}`) },
      { type: 13, group: 'g', excludedConnectionIds: [], excludedUserIds: [], payloads: call(`group ${hub}`) },
      { type: 7, connectionIds: ids, payloads: call(`connections ${hub}`) },
    );
    await own.settled();
  }
  for (const { hub, own, one } of places) {
    own.send({ type: 10, excludedConnectionIds: [], payloads: call('end') });
    expect(await targetsBefore(one, 'end')).toEqual([
      `all ${hub}`,
      `user ${hub}`,
      `group ${hub}`,
      `connections ${hub}`,
    ]);
  }
});

test('hub names do not differ by case', async () => {
  const upper = await FakeAppServer.connect(service, { hub: 'CHAT' });
  opened.push(upper);
  const a = await client({ hub: 'Chat' });
  upper.send({ type: 10, excludedConnectionIds: [], payloads: call('m') });
  await upper.settled();
  expect(await received([a])).toEqual([['m']]);
});
