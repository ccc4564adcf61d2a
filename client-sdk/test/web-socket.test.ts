import { messagePackHubProtocol } from '@signalite/protocol/messagepack';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { OpenConnectionOptions } from '../src/connection/connection-options.ts';
import { bytesOf, openTo } from './support/opened.ts';
import { ScriptedHttpServer, WEB_SOCKETS } from './support/scripted-http-server.ts';

let server: ScriptedHttpServer;

beforeEach(async () => {
  server = await ScriptedHttpServer.listen();
});

afterEach(() => server[Symbol.asyncDispose]());

async function connected(options: OpenConnectionOptions = {}) {
  const opening = openTo(server, options);
  await server.negotiate([WEB_SOCKETS], options.useStatefulReconnect ? { useStatefulReconnect: true } : {});
  const socket = await (await server.next('UPGRADE /chat')).accept();
  return { ...opening, connection: await opening.connection, socket };
}

test('text travels both ways in text messages', async () => {
  const { connection, hearing, socket } = await connected();
  await connection.send(bytesOf('grüße'));
  expect(await socket.messages.take()).toBe('grüße');
  expect(socket.opcodes).toEqual(['text']);
  socket.webSocket.send('{}');
  socket.webSocket.send(Buffer.from('more'));
  expect(await hearing.texts.take()).toBe('{}');
  expect(await hearing.texts.take()).toBe('more');
  await connection.close();
});

test('a binary hub protocol sends binary messages', async () => {
  const { connection: opening } = openTo(server, {}, { hubProtocol: messagePackHubProtocol });
  await server.negotiate([WEB_SOCKETS]);
  const socket = await (await server.next('UPGRADE /chat')).accept();
  const connection = await opening;
  await connection.send(bytesOf('packed'));
  expect(await socket.messages.take()).toBe('packed');
  expect(socket.opcodes).toEqual(['binary']);
  await connection.close();
});

test('much is sent in order', async () => {
  const { connection, socket } = await connected();
  const texts = Array.from({ length: 200 }, (_, index) => `${index}:${'x'.repeat(10_000)}`);
  await Promise.all(texts.map((text) => connection.send(bytesOf(text))));
  for (const text of texts) expect(await socket.messages.take()).toBe(text);
  await connection.close();
});

test('close ends the WebSocket without a word to the listener', async () => {
  const { connection, hearing, socket } = await connected();
  await connection.close();
  expect(await socket.closed).toBe(1005);
  await server.allEnded();
  expect(hearing.ends.length).toBe(0);
  await expect(connection.send(bytesOf('late'))).rejects.toMatchObject({ code: 'connection-closed' });
  await connection.close();
});

test('what was sent before close still arrives', async () => {
  const { connection, socket } = await connected();
  void connection.send(bytesOf('goodbye'));
  await connection.close();
  expect(await socket.messages.take()).toBe('goodbye');
});

test('a normal end of the server is no error', async () => {
  const { connection, hearing, socket } = await connected();
  socket.webSocket.close(1000);
  expect(await hearing.ends.take()).toEqual({ error: undefined });
  await expect(connection.send(bytesOf('late'))).rejects.toMatchObject({ code: 'connection-closed' });
  await connection.close();
  await server.allEnded();
});

test.each([
  [1001, 'going', /1001 \(going\)/],
  [1011, '', /1011/],
])('close code %i is an error', async (code, reason, text) => {
  const { hearing, socket } = await connected();
  socket.webSocket.close(code, reason);
  const { error } = await hearing.ends.take();
  expect(error).toMatchObject({ code: 'transport-closed', status: code });
  expect(error?.message).toMatch(text);
});

test('a socket that breaks is an error', async () => {
  const { hearing, socket } = await connected();
  socket.webSocket.terminate();
  expect((await hearing.ends.take()).error).toMatchObject({ code: 'transport-closed', status: 1006 });
});

test('each WebSocket gets a new token of the app', async () => {
  let count = 0;
  const opening = openTo(server, { accessToken: () => `t${++count}` });
  expect((await server.negotiate([WEB_SOCKETS])).headers.authorization).toBe('Bearer t1');
  const upgrade = await server.next('UPGRADE /chat');
  expect(upgrade.headers.authorization).toBe('Bearer t2');
  await upgrade.accept();
  await (await opening.connection).close();
});

test('a stateful connection opens its next socket with the same id', async () => {
  const { connection, hearing, socket } = await connected({ useStatefulReconnect: true });
  expect(connection.isStateful).toBe(true);
  socket.webSocket.terminate();
  await hearing.ends.take();

  const reopened = connection.reopen(new AbortController().signal);
  const upgrade = await server.next('UPGRADE /chat');
  expect(upgrade.query).toBe('?id=secret');
  const next = await upgrade.accept();
  await reopened;
  await connection.send(bytesOf('again'));
  expect(await next.messages.take()).toBe('again');
  next.webSocket.send('welcome back');
  expect(await hearing.texts.take()).toBe('welcome back');
  next.webSocket.close(1000);
  expect(await hearing.ends.take()).toEqual({ error: undefined });
});

test('a server that has forgotten the connection refuses the next socket', async () => {
  const { connection, hearing, socket } = await connected({ useStatefulReconnect: true });
  socket.webSocket.terminate();
  await hearing.ends.take();
  const reopened = connection.reopen(new AbortController().signal);
  (await server.next('UPGRADE /chat')).respond(404, 'No Connection with that ID');
  await expect(reopened).rejects.toMatchObject({ code: 'transport-closed' });
  expect(hearing.ends.length).toBe(0);
  await connection.close();
});

test('reopening can be aborted', async () => {
  const { connection, hearing, socket } = await connected({ useStatefulReconnect: true });
  socket.webSocket.terminate();
  await hearing.ends.take();
  const abort = new AbortController();
  const reopened = connection.reopen(abort.signal);
  const upgrade = await server.next('UPGRADE /chat');
  const reason = new Error('enough');
  abort.abort(reason);
  await expect(reopened).rejects.toBe(reason);
  await upgrade.ended();
  await server.allEnded();
});
