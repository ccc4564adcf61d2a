// rest-api 7.6, 7.9; service-protocol 9.

import { encode } from '@msgpack/msgpack';
import { jsonHubProtocol, writeBinaryFrame } from '@signalite/protocol';
import { messagePackHubProtocol } from '@signalite/protocol/messagepack';
import { describe, expect, test } from 'vitest';
import { messagesIn } from './support/hub-messages.ts';
import type { RawClient } from './support/raw-client.ts';
import { outline, type RestCallOptions, RestScene } from './support/rest-scene.ts';

const QUESTION = { target: 'ask', arguments: ['q'] };

function invoke(scene: RestScene, { connectionId }: RawClient, options: RestCallOptions = { json: QUESTION }) {
  return scene.call(`POST /api/hubs/chat/connections/${connectionId}/:invoke`, options);
}

/** What the client was asked. */
async function question(client: RawClient) {
  const [message] = messagesIn(await client.frames.next());
  if (message?.type !== 1) throw new Error('an invocation was expected');
  return { ...message, invocationId: message.invocationId ?? '' };
}

describe('the result of a client', () => {
  test.each([jsonHubProtocol, messagePackHubProtocol])('in $name', async (protocol) => {
    await using scene = await RestScene.start();
    const client = await scene.client({ protocol: protocol.name });
    const answer = invoke(scene, client);
    const { invocationId, ...rest } = await question(client);
    expect(rest).toEqual({ type: 1, target: 'ask', arguments: ['q'] });
    client.webSocket.send(protocol.encode({ type: 3, invocationId, result: { a: [1, null] } }));
    expect(await answer).toMatchObject({ status: 200, text: '{"result":{"a":[1,null]}}' });
  });

  test('keeps its numbers', async () => {
    await using scene = await RestScene.start();
    const [json, binary] = [await scene.client(), await scene.client({ protocol: 'messagepack' })];
    const answers = [invoke(scene, json), invoke(scene, binary)];
    const { invocationId } = await question(json);
    json.sendText(`{"type":3,"invocationId":"${invocationId}","result":12345678901234567890}\x1e`);
    const id = Buffer.from((await question(binary)).invocationId);
    const parts = [Buffer.from([0x95, 3, 0x80, 0xd9, id.length]), id, Buffer.from('03d3ffdfffffffffffff', 'hex')];
    binary.webSocket.send(writeBinaryFrame(Buffer.concat(parts)));
    const texts = (await Promise.all(answers)).map(({ text }) => text);
    expect(texts).toEqual(['{"result":12345678901234567890}', '{"result":-9007199254740993}']);
  });

  test('may be nothing, or an error', async () => {
    await using scene = await RestScene.start();
    const client = await scene.client();
    const nothing = invoke(scene, client);
    const first = await question(client);
    client.sendText(`{"type":3,"invocationId":"${first.invocationId}"}\x1e`);
    expect(await nothing).toMatchObject({ status: 200, text: '{}' });
    const failed = invoke(scene, client);
    const second = await question(client);
    expect(second.invocationId).not.toBe(first.invocationId);
    client.sendText(`{"type":3,"invocationId":"${second.invocationId}","error":"I do not know."}\x1e`);
    const answer = await failed;
    expect(outline(answer)).toEqual({ status: 400, code: 'Error.Connection.Invalid' });
    expect(JSON.parse(answer.text)).toMatchObject({ message: 'I do not know.' });
  });

  test('of a ready message', async () => {
    await using scene = await RestScene.start();
    const clients = [await scene.client(), await scene.client({ protocol: 'messagepack' })];
    const message = { type: 1, target: 'ask', arguments: ['q'] } as const;
    const body = encode({ json: jsonHubProtocol.encode(message), messagepack: messagePackHubProtocol.encode(message) });
    for (const [index, client] of clients.entries()) {
      const answer = invoke(scene, client, { body, type: 'application/octet-stream' });
      const { invocationId, ...rest } = await question(client);
      expect(rest).toEqual(message);
      const protocol = index === 0 ? jsonHubProtocol : messagePackHubProtocol;
      client.webSocket.send(Buffer.from(protocol.encode({ type: 3, invocationId, result: index })));
      expect(await answer).toMatchObject({ status: 200, text: `{"result":${index}}` });
    }
  });
});

describe('no result', () => {
  test('from a connection that does not exist', async () => {
    await using scene = await RestScene.start();
    const answer = await scene.call('POST /api/hubs/chat/connections/no/:invoke', { json: QUESTION });
    expect(outline(answer)).toEqual({ status: 404, code: 'Error.Connection.NotExisted' });
  });

  test('from a client that leaves', async () => {
    await using scene = await RestScene.start();
    const client = await scene.client();
    const answer = invoke(scene, client);
    await question(client);
    client.webSocket.close(1000);
    expect(outline(await answer)).toEqual({ status: 404, code: 'Error.Connection.NotExisted' });
  });

  test('in time', async () => {
    await using scene = await RestScene.start({ timers: { restInvokeMs: 30 } });
    const client = await scene.client();
    const answer = await invoke(scene, client);
    expect(outline(answer)).toEqual({ status: 504, code: 'Error.Connection.Unknown' });
    // A late one is nobody's, and harms nobody.
    const { invocationId } = await question(client);
    client.sendText(`{"type":3,"invocationId":"${invocationId}","result":1}\x1e`);
    expect((await scene.call(`GET /api/hubs/chat/connections/${client.connectionId}`)).status).toBe(200);
  });

  test('of a message that is not in the protocol of the client', async () => {
    await using scene = await RestScene.start();
    const client = await scene.client();
    const body = encode({ messagepack: messagePackHubProtocol.encode({ type: 1, target: 'ask', arguments: [] }) });
    const answer = await invoke(scene, client, { body, type: 'application/octet-stream' });
    expect(outline(answer)).toEqual({ status: 400, code: 'Error.Connection.Invalid' });
    expect(client.frames.rest).toEqual([]);
  });

  test('when too many are asked at once', async () => {
    await using scene = await RestScene.start({ limits: { pendingClientResults: 1 }, timers: { restInvokeMs: 200 } });
    const client = await scene.client();
    const first = invoke(scene, client);
    await question(client);
    expect((await invoke(scene, client)).status).toBe(503);
    expect((await first).status).toBe(504);
  });
});

describe('in Default mode', () => {
  test.each([jsonHubProtocol, messagePackHubProtocol])(
    'the app server hands the result on: $name',
    async (protocol) => {
      await using scene = await RestScene.start({ appServers: [{ serverId: 's1' }] });
      const [server] = scene.appServers;
      if (server === undefined) throw new Error('there is no app server');
      const client = await scene.client({ protocol: protocol.name });
      const { connectionId } = client;
      const { headers } = await server.expect(4);
      const answer = invoke(scene, client);
      const { invocationId } = await question(client);
      const instanceId = headers.find(({ name }) => name === 'Asrs-Instance-Id')?.values[0];
      const told = { type: 34, invocationId, connectionId, callerServerId: instanceId, payloads: [] };
      expect(await server.messages.next()).toEqual(told);
      const completion = protocol.encode({ type: 3, invocationId, result: 'r' });
      client.webSocket.send(protocol.name === 'json' ? Buffer.from(completion).toString() : completion);
      expect(await server.messages.next()).toMatchObject({ type: 6, connectionId, payload: Buffer.from(completion) });
      server.send({
        type: 35,
        invocationId,
        connectionId,
        callerServerId: 's1',
        protocol: protocol.name,
        payload: completion,
      });
      expect(await answer).toMatchObject({ status: 200, text: '{"result":"r"}' });
    },
  );

  test('the error that the app server reports', async () => {
    await using scene = await RestScene.start({ appServers: [{ serverId: 's1' }] });
    const [server] = scene.appServers;
    const client = await scene.client();
    const { connectionId } = client;
    const answer = invoke(scene, client);
    const { invocationId } = await question(client);
    server?.send({ type: 36, invocationId, connectionId, callerServerId: 's1', error: 'no luck' });
    expect(await answer).toMatchObject({ status: 400, text: expect.stringContaining('no luck') });
  });

  test('a report that cannot be read', async () => {
    await using scene = await RestScene.start({ appServers: [{ serverId: 's1' }] });
    const [server] = scene.appServers;
    const client = await scene.client();
    const { connectionId } = client;
    const answer = invoke(scene, client);
    const { invocationId } = await question(client);
    const report = { type: 35, invocationId, connectionId, callerServerId: 's1', protocol: 'json' } as const;
    server?.send({ ...report, payload: Buffer.from('nothing') });
    expect((await answer).status).toBe(500);
  });
});

describe('streams', () => {
  const send = (scene: RestScene, { connectionId }: RawClient, rest: string, options: RestCallOptions = {}) =>
    scene.call(`POST /api/hubs/chat/connections/${connectionId}/streams/a%2Fb/${rest}`, options);

  test('items in order, then the end', async () => {
    await using scene = await RestScene.start();
    const client = await scene.client();
    for (const item of [1, null, 'x', { a: [] }])
      expect((await send(scene, client, ':send', { json: item })).status).toBe(202);
    expect((await send(scene, client, ':complete')).status).toBe(202);
    const invocationId = 'a/b';
    for (const item of [1, null, 'x', { a: [] }])
      expect(await client.message()).toEqual({ type: 2, invocationId, item });
    expect(await client.message()).toEqual({ type: 3, invocationId });
  });

  test('the last item may end it', async () => {
    await using scene = await RestScene.start();
    const clients = [await scene.client(), await scene.client({ protocol: 'messagepack' })];
    for (const client of clients) {
      await send(scene, client, ':send?completed=true', { body: '9007199254740993' });
      const frames = [await client.frames.next()];
      if (messagesIn(frames[0] ?? { data: Buffer.alloc(0), isBinary: false }).length < 2)
        frames.push(await client.frames.next());
      const [item, end] = frames.flatMap(messagesIn);
      expect(item).toMatchObject({ type: 2, invocationId: 'a/b' });
      expect(end).toEqual({ type: 3, invocationId: 'a/b' });
      const all = Buffer.concat(frames.map(({ data }) => data));
      expect(
        all.includes(client === clients[0] ? '"item":9007199254740993' : Buffer.from('cf0020000000000001', 'hex')),
      ).toBe(true);
    }
  });

  test.each(['reason', 'error'])('an end with an error, called %s', async (name) => {
    await using scene = await RestScene.start();
    const client = await scene.client();
    await send(scene, client, `:complete?${name}=no%20more`);
    expect(await client.message()).toEqual({ type: 3, invocationId: 'a/b', error: 'no more' });
  });

  test('ready items go on as they are', async () => {
    await using scene = await RestScene.start();
    const client = await scene.client();
    const json = Buffer.from('{ "type":2,"invocationId":"a/b","item":[] }\x1e');
    await send(scene, client, ':send', { body: encode({ json }), type: 'application/octet-stream' });
    expect((await client.frames.next()).data).toEqual(json);
  });

  test('to nobody: 404', async () => {
    await using scene = await RestScene.start();
    for (const rest of [':send', ':complete']) {
      const answer = await scene.call(`POST /api/hubs/chat/connections/no/streams/s/${rest}`, { json: 1 });
      expect(outline(answer)).toEqual({ status: 404, code: 'Error.Connection.NotExisted' });
    }
  });
});
