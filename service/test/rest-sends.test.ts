// rest-api 5, 7.1; service-protocol 8.1: what clients receive of REST.

import { encode } from '@msgpack/msgpack';
import { writeBinaryFrame } from '@signalite/protocol';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { RawClient } from './support/raw-client.ts';
import { RestScene } from './support/rest-scene.ts';

const LAST = 'last';
const OCTETS = 'application/octet-stream';

let scene: RestScene;

beforeEach(async () => {
  scene = await RestScene.start();
});

afterEach(() => scene[Symbol.asyncDispose]());

async function accept(path: string, target: string): Promise<void> {
  expect((await scene.call(`POST ${path}`, { json: { Target: target, Arguments: null } })).status).toBe(202);
}

/** Targets of what each client got; all of them are in hub `chat`. */
async function received(...clients: readonly RawClient[]): Promise<unknown[][]> {
  await accept('/api/hubs/chat/:send', LAST);
  return Promise.all(clients.map(targetsOf));
}

async function targetsOf(client: RawClient): Promise<unknown[]> {
  const targets: unknown[] = [];
  for (;;) {
    const { target } = await client.message();
    if (target === LAST) return targets;
    targets.push(target);
  }
}

async function join(group: string, ...clients: readonly RawClient[]): Promise<void> {
  for (const { connectionId } of clients) {
    const path = `/api/hubs/chat/groups/${encodeURIComponent(group)}/connections/${connectionId}`;
    expect((await scene.call(`PUT ${path}`)).status).toBe(200);
  }
}

describe('receivers', () => {
  test('all but those who are excluded', async () => {
    const [a, b, c] = [await scene.client(), await scene.client(), await scene.client()];
    await accept(`/api/hubs/chat/:send?excluded=${a.connectionId}&Excluded=${b.connectionId}&excluded=no`, 'm');
    expect(await received(a, b, c)).toEqual([[], [], ['m']]);
  });

  test('a user, with all connections', async () => {
    const [phone, laptop] = [await scene.client({ userId: 'ann' }), await scene.client({ userId: 'ann' })];
    const other = await scene.client({ userId: 'Ann' });
    await accept(`/api/hubs/chat/users/ann/:send?excluded=${phone.connectionId}`, 'm');
    expect(await received(phone, laptop, other)).toEqual([['m'], ['m'], []]);
  });

  test('one connection', async () => {
    const [a, b] = [await scene.client(), await scene.client()];
    await accept(`/api/hubs/chat/connections/${a.connectionId}/:send`, 'm');
    expect(await received(a, b)).toEqual([['m'], []]);
  });

  test('a group but those who are excluded', async () => {
    const [a, b, out] = [await scene.client(), await scene.client(), await scene.client()];
    await join('g', a, b);
    await accept(`/api/hubs/chat/groups/g/:send?excluded=${a.connectionId}`, 'm');
    expect(await received(a, b, out)).toEqual([[], ['m'], []]);
  });

  test('lists of v1-preview: users once, groups once for each', async () => {
    const [ann, bob] = [await scene.client({ userId: 'ann' }), await scene.client({ userId: 'bob' })];
    await join('x', ann);
    await join('y', ann, bob);
    const preview = '/api/v1-preview/hub/chat';
    await accept(`${preview}/users/ann,ann,nobody`, 'users');
    await accept(`${preview}/groups/x,y`, 'groups');
    await accept(`${preview}/user/bob`, 'user');
    await accept(`${preview}/group/x`, 'group');
    expect(await received(ann, bob)).toEqual([
      ['users', 'groups', 'groups', 'group'],
      ['groups', 'user'],
    ]);
  });

  test.each(['a/b', 'a:b', '%', 'a b', 'a+b', '€ ü', ':send', '..', 'a?b#c', '%2F'])(
    'a user and a group named %s',
    async (name) => {
      const [one, other] = [await scene.client({ userId: name }), await scene.client({ userId: 'other' })];
      await join(name, other);
      const escaped = encodeURIComponent(name).replaceAll('.', '%2E');
      await accept(`/api/hubs/chat/users/${escaped}/:send`, 'to user');
      await accept(`/api/hubs/chat/groups/${escaped}/:send`, 'to group');
      expect(await received(one, other)).toEqual([['to user'], ['to group']]);
    },
  );

  test('hubs and applications are apart, whatever the case of their names', async () => {
    const plain = await scene.client();
    const app = await scene.client({ hub: 'app_chat' });
    const other = await scene.client({ hub: 'app2_chat' });
    await accept('/api/hubs/CHAT/:send', 'plain');
    await accept('/api/hubs/Chat/:send?application=App', 'app');
    await accept('/api/hubs/other/:send', 'nobody');
    expect(await plain.message()).toMatchObject({ target: 'plain' });
    expect(await app.message()).toMatchObject({ target: 'app' });
    await accept('/api/hubs/chat/:send?application=app2', 'app2');
    expect(await other.message()).toMatchObject({ target: 'app2' });
    expect([...plain.frames.rest, ...app.frames.rest]).toEqual([]);
  });
});

describe('JSON', () => {
  const BIG = '12345678901234567890';

  test('numbers reach JSON clients digit for digit, and MessagePack clients as integers', async () => {
    const [json, binary] = [await scene.client(), await scene.client({ protocol: 'messagepack' })];
    const body = `{"Target":"m","Arguments":[${BIG}, -9007199254740993, 1.0, {"id": ${BIG}}]}`;
    expect((await scene.call('POST /api/hubs/chat/:send', { body })).status).toBe(202);
    expect(await json.frames.next()).toEqual({
      data: Buffer.from(`{"type":1,"target":"m","arguments":[${BIG}, -9007199254740993, 1.0, {"id": ${BIG}}]}\x1e`),
      isBinary: false,
    });
    const big = 'cfab54a98ceb1f0ad2';
    const values = `94${big}d3ffdfffffffffffffcb3ff000000000000081a26964${big}`;
    const data = writeBinaryFrame(Buffer.from(`960180c0a16d${values}90`, 'hex'));
    expect(await binary.frames.next()).toEqual({ data: Buffer.from(data), isBinary: true });
  });

  test('many arguments, of any kind', async () => {
    const client = await scene.client();
    const args = [...Array(20).keys(), null, true, 'text', [], {}, { a: { b: ['c'] } }, '\u001e\u2028'];
    await scene.call('POST /api/hubs/chat/:send', { json: { target: 'm', arguments: args } });
    expect(await client.message()).toEqual({ type: 1, target: 'm', arguments: args });
  });

  test('in pieces', async () => {
    const client = await scene.client();
    const headers = { 'transfer-encoding': 'chunked' };
    expect((await scene.call('POST /api/hubs/chat/:send', { json: { target: 'm' }, headers })).status).toBe(202);
    expect(await client.message()).toMatchObject({ target: 'm', arguments: [] });
  });
});

describe('ready messages', () => {
  const json = Buffer.from('{"arguments":[ 1 ],"target":"m","type":1}\x1e');
  const messagepack = Buffer.from(writeBinaryFrame(Buffer.from('950180c0a16d9101', 'hex')));

  test('go on byte for byte', async () => {
    const [text, binary] = [await scene.client(), await scene.client({ protocol: 'messagepack' })];
    const body = encode({ json, messagepack });
    expect((await scene.call('POST /api/hubs/chat/:send', { body, type: OCTETS })).status).toBe(202);
    expect(await text.frames.next()).toEqual({ data: json, isBinary: false });
    expect(await binary.frames.next()).toEqual({ data: messagepack, isBinary: true });
  });

  test('leave out those whose protocol is not among them, and tell so', async () => {
    const [text, binary] = [await scene.client(), await scene.client({ protocol: 'messagepack' })];
    await scene.call('POST /api/hubs/chat/:send', { body: encode({ messagepack }), type: OCTETS });
    expect((await binary.frames.next()).data).toEqual(messagepack);
    expect(scene.events.of('payloadMissing')).toMatchObject([{ hub: 'chat', hubProtocol: 'json' }]);
    expect(text.frames.rest).toEqual([]);
  });
});

test('MessagePack reaches clients of both protocols', async () => {
  const [text, binary] = [await scene.client(), await scene.client({ protocol: 'messagepack' })];
  const body = Buffer.from('82a6746172676574a16da9617267756d656e747392cfab54a98ceb1f0ad2c403010203', 'hex');
  const answer = await scene.call('POST /api/hubs/chat/:send', { body, type: 'application/x-msgpack' });
  expect(answer.status).toBe(202);
  expect((await text.frames.next()).data.toString()).toBe(
    '{"type":1,"target":"m","arguments":[12345678901234567890,"AQID"]}\x1e',
  );
  const expected = writeBinaryFrame(Buffer.from('960180c0a16d92cfab54a98ceb1f0ad2c40301020390', 'hex'));
  expect((await binary.frames.next()).data).toEqual(Buffer.from(expected));
});

test('in Default mode a message goes to clients and not to their app server', async () => {
  await using proxied = await RestScene.start({ appServers: [{}] });
  const client = await proxied.client();
  const [server] = proxied.appServers;
  await server?.expect(4);
  expect((await proxied.call('POST /api/hubs/chat/:send', { json: { target: 'm' } })).status).toBe(202);
  expect(await client.message()).toMatchObject({ target: 'm' });
  await server?.settled();
  expect(server?.messages.rest).toEqual([]);
});

test('a client gets nothing before the answer to its hub handshake', async () => {
  await using slow = await RestScene.start({ appServers: [{ answersHubHandshake: false }] });
  const client = await slow.client({ handshake: false });
  client.sendText('{"protocol":"json","version":1}\x1e');
  const [own] = slow.appServers;
  const opened = await own?.expect(4);
  await slow.call('POST /api/hubs/chat/:send', { json: { target: 'm' } });
  own?.sendText(opened?.connectionId ?? '', '{}\x1e');
  expect(await client.message()).toEqual({});
  expect(await client.message()).toMatchObject({ target: 'm' });
});

test('calls that follow each other arrive in order', async () => {
  const client = await scene.client();
  const targets = [...Array(20).keys()].map(String);
  for (const target of targets) await accept('/api/hubs/chat/:send', target);
  expect(await received(client)).toEqual([targets]);
});
