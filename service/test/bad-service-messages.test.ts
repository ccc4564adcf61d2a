// service-protocol 4.1-4.3, 7.3, 12.6: what a bad app server can do, and to whom.
import { encodeServiceMessage, type ServiceMessage } from '@signalite/protocol/service';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Clock } from './support/clock.ts';
import { FakeAppServer } from './support/fake-app-server.ts';
import { targetsBefore } from './support/hub-messages.ts';
import { call } from './support/payloads.ts';
import { goesOn, opened, scene, staysOpen } from './support/scene.ts';

const LOST = { type: 7, error: 'Connection closed with an error.', allowReconnect: true };

function framed(hex: string): Buffer {
  const body = Buffer.from(hex, 'hex');
  const prefix = body.length < 0x80 ? [body.length] : [(body.length & 0x7f) | 0x80, body.length >>> 7];
  return Buffer.concat([Buffer.from(prefix), body]);
}

describe('what cannot be read', () => {
  test.each([
    ['no array', framed('80')],
    ['an empty array', framed('90')],
    ['a type that is no number', framed('91a26162')],
    ['too few elements', framed('9206a161')],
    ['an array shorter than it says', framed('9506a161c40100')],
    ['a text longer than the message', framed('9306d9ff6162')],
    ['a payload that is no bytes', framed('9306a1612a')],
    ['nil where an id must be', framed('9306c0c40100')],
    ['an ack id that is text', framed('9418a161a13180')],
    ['ids that are no list', framed('9407a16180' + '80')],
    ['a list longer than the message', framed('9407dd7fffffff8080')],
    ['payloads that are no map', framed('940a909080')],
    ['a reserved byte', framed('c1')],
    ['no message at all', Buffer.from([0])],
    ['a prefix of more than 31 bits', Buffer.from([0xff, 0xff, 0xff, 0xff, 0x0f])],
  ])('%s ends that server connection, and nothing else', async (_what, bytes) => {
    const all = await scene();
    const { bad, badClient, events } = all;
    bad.sendBytes(Buffer.concat([bytes, encodeServiceMessage({ type: 7, connectionIds: [], payloads: [] })]));
    // Whatever comes later is nobody's.
    bad.send({ type: 10, excludedConnectionIds: [], payloads: call('late') });
    bad.sendBytes(bytes);
    const { message } = await bad.expect(15);
    expect(message).toMatch(/\./);
    expect(await bad.closed).toBe(1000);
    expect(await badClient.message()).toEqual(LOST);
    expect(await badClient.closed).toBe(1000);
    await goesOn(all);
    expect(events.of('serverMessageMalformed')).toEqual([
      { name: 'serverMessageMalformed', hub: 'chat', serverConnectionId: bad.cid, reason: message },
    ]);
    expect(events.of('serverClosed')).toMatchObject([{ serverConnectionId: bad.cid, clients: 1 }]);
  });

  test('what came before it counts', async () => {
    const all = await scene();
    const { bad, good, goodClient } = all;
    const send = encodeServiceMessage({ type: 10, excludedConnectionIds: [], payloads: call('before') });
    bad.sendBytes(Buffer.concat([send, framed('c1')]));
    expect(await bad.closed).toBe(1000);
    good.send({ type: 10, excludedConnectionIds: [], payloads: call('end') });
    expect(await targetsBefore(goodClient, 'end')).toEqual(['before']);
    await goesOn(all);
  });

  test('one that does not answer the close is dropped in the end', async () => {
    using clock = new Clock();
    const all = await scene({ timers: { sweepMs: 5 } });
    const { bad, badClient, events, service } = all;
    bad.webSocket.pause();
    bad.sendBytes(framed('c1'));
    await events.next('serverClosed');
    expect(await badClient.message()).toEqual(LOST);
    await badClient.closed;
    expect(service.counts.serverConnections).toBe(2);
    clock.advance(5000);
    await expect.poll(() => service.counts.serverConnections, { interval: 5 }).toBe(1);
    await goesOn(all);
  });

  test('during the handshake', async () => {
    const all = await scene();
    const other = await FakeAppServer.connect(all.service, { handshake: false });
    opened.push(other);
    other.sendBytes(framed('9201a131'));
    await other.expect(15);
    expect(await other.closed).toBe(1000);
    expect(all.events.of('serverMessageMalformed')).toMatchObject([{ serverConnectionId: other.cid }]);
    await goesOn(all);
    await staysOpen(all);
  });

  test('text frames are read as the bytes that they are', async () => {
    const all = await scene();
    all.bad.webSocket.send('\u0001A');
    expect(await all.bad.closed).toBe(1000);
    expect(await all.badClient.message()).toEqual(LOST);
    await goesOn(all);
  });
});

describe('what is too large', () => {
  const limits = { serviceMessageBytes: 1000 };

  function broadcast(bodyBytes: number): Buffer {
    const empty = encodeServiceMessage({ type: 10, excludedConnectionIds: [], payloads: [json('')] }).length;
    // Longer headers of a larger payload: 2 for its length, 1 for the prefix.
    const bytes = encodeServiceMessage({
      type: 10,
      excludedConnectionIds: [],
      payloads: [json('x'.repeat(bodyBytes - empty))],
    });
    return Buffer.from(bytes);
  }

  function json(text: string) {
    return { protocol: 'json', data: Buffer.from(text) };
  }

  test('a message at the limit passes', async () => {
    const all = await scene({ limits });
    let bytes = broadcast(1000);
    while (bytes.length - 2 !== 1000) bytes = broadcast(1000 + 1000 - (bytes.length - 2));
    all.bad.sendBytes(bytes);
    expect((await all.badClient.frames.next()).data.length).toBeGreaterThan(900);
    await all.goodClient.frames.next();
    await staysOpen(all);
    await goesOn(all);
  });

  test('a message over it is refused on its prefix, before its body comes', async () => {
    const all = await scene({ limits });
    const { bad, badClient, events } = all;
    bad.sendBytes(Buffer.from([0xe9, 0x07]));
    expect(await bad.expect(15)).toEqual({
      type: 15,
      message: 'A service message of 1001 bytes is over the limit of 1000.',
    });
    expect(await bad.closed).toBe(1000);
    expect(await badClient.message()).toEqual(LOST);
    expect(events.of('serverMessageMalformed')).toHaveLength(1);
    await goesOn(all);
  });

  test('many messages in one frame are not one message', async () => {
    const all = await scene({ limits });
    const send = broadcast(900);
    all.bad.sendBytes(Buffer.concat(Array.from({ length: 500 }, () => send)));
    for (let message = 0; message < 500; message++) await all.badClient.frames.next();
    for (let message = 0; message < 500; message++) await all.goodClient.frames.next();
    await staysOpen(all);
    await goesOn(all);
  });

  test('a frame over the limit of frames ends the connection, once and named', async () => {
    const all = await scene({ limits });
    const { bad, badClient, events } = all;
    bad.sendBytes(Buffer.alloc(17 * 1024 * 1024, 0x91));
    expect(await badClient.message()).toEqual(LOST);
    await bad.closed;
    expect(events.of('serverMessageMalformed')).toMatchObject([{ serverConnectionId: bad.cid }]);
    expect(events.of('serverClosed')).toMatchObject([{ serverConnectionId: bad.cid }]);
    await goesOn(all);
  });
});

test('a message that is cut off by the end of its connection comes to nothing', async () => {
  const all = await scene();
  const { bad, badClient, good, goodClient, events } = all;
  const bytes = encodeServiceMessage({ type: 10, excludedConnectionIds: [], payloads: call('cut') });
  bad.sendBytes(bytes.subarray(0, bytes.length - 1));
  bad.close();
  expect(await badClient.message()).toEqual(LOST);
  good.send({ type: 10, excludedConnectionIds: [], payloads: call('end') });
  expect(await targetsBefore(goodClient, 'end')).toEqual([]);
  expect(events.of('serverMessageMalformed')).toEqual([]);
  await goesOn(all);
});

describe('what is ignored', () => {
  test.each([41, 42, 43, 127, 128, 70_000, 0, -1])('type %i, which nobody knows', async (type) => {
    const all = await scene();
    const { bad, events } = all;
    const body = type >= 0 ? Buffer.from([0x95, 0xce, 0, 0, 0, 0]) : Buffer.from([0x95, 0xff]);
    if (type >= 0) body.writeUInt32BE(type, 2);
    bad.sendBytes(framed(`${body.toString('hex')}a5746f6b656ec08082a161a162c0c0`));
    await staysOpen(all);
    expect(events.of('serverMessageIgnored')).toEqual([
      {
        name: 'serverMessageIgnored',
        hub: 'chat',
        serverConnectionId: bad.cid,
        messageType: type,
        reason: 'The type is not known.',
      },
    ]);
    await goesOn(all);
  });

  test.each<[number, (connectionId: string) => ServiceMessage]>([
    [2, () => ({ type: 2, error: 'no' })],
    [4, (connectionId) => ({ type: 4, connectionId, claims: [], headers: [], queryString: '' })],
    [15, () => ({ type: 15, message: 'no' })],
    [20, () => ({ type: 20, ackId: 1, status: 1, message: '' })],
    [22, (id) => ({ type: 22, objectType: 1, id, kind: 1, message: '' })],
    [29, () => ({ type: 29, kid: 'k', accessKey: 'a' })],
    [37, (connectionId) => ({ type: 37, invocationId: 'i', connectionId, instanceId: 'x' })],
    [38, (connectionId) => ({ type: 38, connectionId })],
    [39, (connectionId) => ({ type: 39, connectionId, target: 1, operation: 2 })],
  ])('type %i, which only the service sends, or which nobody asked for', async (messageType, make) => {
    const all = await scene();
    all.bad.send(make(all.goodClient.connectionId), make(all.badClient.connectionId));
    await staysOpen(all);
    expect(all.events.of('serverMessageIgnored')).toMatchObject([{ messageType }]);
    await goesOn(all);
  });

  test('data for a client of another server, also when that is its own other connection', async () => {
    const all = await scene();
    const { good, goodClient, bad } = all;
    const twin = await FakeAppServer.connect(all.service, { serverId: good.serverId });
    opened.push(twin);
    for (const stranger of [bad, twin]) {
      stranger.sendText(goodClient.connectionId, '{"type":1,"target":"stolen","arguments":[]}\x1e');
      await stranger.settled();
    }
    good.send({ type: 10, excludedConnectionIds: [], payloads: call('end') });
    expect(await targetsBefore(goodClient, 'end')).toEqual([]);
  });

  test('everything about connections of another hub', async () => {
    const all = await scene();
    const { connectionId } = all.goodClient;
    const foreign = await FakeAppServer.connect(all.service, { hub: 'foreign' });
    opened.push(foreign);
    foreign.send(
      { type: 6, connectionId, payload: Buffer.from('{"type":7}\x1e') },
      { type: 7, connectionIds: [connectionId], payloads: call('stolen') },
      { type: 11, connectionId, group: 'g' },
      { type: 5, connectionId, error: 'stolen', headers: [] },
      { type: 35, invocationId: 'i', connectionId, callerServerId: 's', protocol: 'json', payload: Buffer.from('x') },
      { type: 36, invocationId: 'i', connectionId, callerServerId: 's', error: 'stolen' },
      { type: 18, connectionId, group: 'g', ackId: 1 },
      { type: 24, connectionId, ackId: 2 },
      { type: 30, connectionId, reason: 'stolen', ackId: 3 },
    );
    for (const ackId of [1, 2, 3]) expect(await foreign.ack(ackId)).toBe(2);
    all.good.send({ type: 10, excludedConnectionIds: [], payloads: call('end') });
    expect(await targetsBefore(all.goodClient, 'end')).toEqual([]);
    await goesOn(all);
  });

  test('extensions that nobody knows, whatever they hold', async () => {
    const all = await scene();
    const { bad, badClient } = all;
    const id = Buffer.from(badClient.connectionId);
    // 99: a map of lists, 7: text, then 5 as known, then -1: nil.
    const extensions = Buffer.from('846381a1619201c0' + '07a3787878' + '0502' + 'ffc0', 'hex');
    const payload = Buffer.from('{"type":6}\x1e');
    const data = Buffer.concat([
      Buffer.from([0x94, 6, 0xa0 | id.length]),
      id,
      Buffer.from([0xc4, payload.length]),
      payload,
      extensions,
    ]);
    bad.sendBytes(framed(data.toString('hex')));
    expect(await badClient.message()).toEqual({ type: 6 });
    const check = Buffer.concat([Buffer.from([0x94, 0x18, 0xa1, 0x78, 9]), extensions]);
    bad.sendBytes(framed(check.toString('hex')));
    expect(await bad.ack(9)).toBe(2);
    await staysOpen(all);
    await goesOn(all);
  });

  test('a request for an access key gets an answer, and changes nothing', async () => {
    const all = await scene();
    all.bad.send({ type: 28, token: 'an Entra token' });
    const answer = await all.bad.expect(29);
    expect(answer.accessKey).toBeUndefined();
    expect(answer.errorMessage).toMatch(/AccessKey/);
    await staysOpen(all);
  });
});

test('no bytes whatever disturb others', async () => {
  const all = await scene();
  const samples: ServiceMessage[] = [
    { type: 3, values: ['status', '1'] },
    { type: 5, connectionId: 'a', error: '', headers: [{ name: 'h', values: ['v'] }] },
    { type: 6, connectionId: 'a', payload: Buffer.from('x') },
    { type: 7, connectionIds: ['a', 'b'], payloads: call('x') },
    { type: 11, connectionId: 'a', group: 'g' },
    { type: 13, group: 'g', excludedConnectionIds: ['a'], excludedUserIds: ['u'], payloads: call('x') },
    { type: 18, connectionId: 'a', group: 'g', ackId: 1 },
    { type: 26, userId: 'u', group: 'g', ttlSeconds: 5, ackId: 1 },
    { type: 33, group: 'g', excludedConnectionIds: [], reason: 'r', ackId: 1 },
    { type: 34, invocationId: 'i', connectionId: 'a', callerServerId: 's', payloads: call('x') },
    {
      type: 35,
      invocationId: 'i',
      connectionId: 'a',
      callerServerId: 's',
      protocol: 'json',
      payload: Buffer.from('x'),
    },
    { type: 40, group: 'g', ackId: 1, max: 5, continuationToken: 't' },
  ];
  const spoilt = fc
    .tuple(
      fc.array(fc.constantFrom(...samples), { minLength: 1, maxLength: 4 }),
      fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { maxLength: 4 }),
    )
    .map(([messages, changes]) => {
      const bytes = Buffer.concat(messages.map((message) => encodeServiceMessage(message)));
      for (const [at, value] of changes) bytes[at % bytes.length] = value;
      return bytes;
    });
  const anyBytes = fc.oneof(
    spoilt,
    fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes)),
  );
  await fc.assert(
    fc.asyncProperty(anyBytes, async (bytes) => {
      const connectionType = 2;
      using thrower = await FakeAppServer.connect(all.service, { connectionType });
      thrower.sendBytes(bytes);
      thrower.close();
      await thrower.closed;
      await goesOn(all);
    }),
    { numRuns: 200 },
  );
}, 60_000);
