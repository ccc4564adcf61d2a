import { afterEach, beforeEach, expect, test } from 'vitest';
import type { OpenConnectionOptions } from '../src/connection/connection-options.ts';
import { bytesOf, openTo } from './support/opened.ts';
import { ScriptedHttpServer, SERVER_SENT_EVENTS } from './support/scripted-http-server.ts';

let server: ScriptedHttpServer;

beforeEach(async () => {
  server = await ScriptedHttpServer.listen();
});

afterEach(() => server[Symbol.asyncDispose]());

async function connected(options: OpenConnectionOptions = {}) {
  const opening = openTo(server, options);
  await server.negotiate([SERVER_SENT_EVENTS]);
  const request = await server.next('GET /chat');
  const stream = request.stream();
  stream.write(':\r\n');
  return { ...opening, connection: await opening.connection, request, stream };
}

test('the stream is asked for with the token in a header', async () => {
  const { connection, request } = await connected({ accessToken: () => 'app' });
  expect(connection).toMatchObject({ transport: 'ServerSentEvents', keepsItselfAlive: false, isStateful: false });
  expect(request.query).toBe('?id=secret');
  expect(request.headers).toMatchObject({ accept: 'text/event-stream', authorization: 'Bearer app' });
  await connection.close();
});

test('events arrive, however they are cut', async () => {
  const { connection, hearing, stream } = await connected();
  const bytes = Buffer.from('data: {"a":"ü€"}\u001e\r\n\r\n: comment\r\ndata: one\r\ndata: two\r\n\r\n');
  for (const byte of bytes) await new Promise((written) => stream.write(Buffer.of(byte), written));
  expect(await hearing.texts.take()).toBe('{"a":"ü€"}\u001e');
  expect(await hearing.texts.take()).toBe('one\ntwo');
  stream.write('data: three\r\n\r\ndata: four\r\n\r\n');
  expect(await hearing.texts.take()).toBe('three');
  expect(await hearing.texts.take()).toBe('four');
  await connection.close();
});

test('sends are POSTs, one after the other; what waits meanwhile goes together', async () => {
  const { connection } = await connected({ accessToken: () => 'app' });
  const first = connection.send(bytesOf('a'));
  const post = await server.next('POST /chat');
  expect(post.query).toBe('?id=secret');
  expect(post.headers).toMatchObject({ authorization: 'Bearer app' });
  expect(post.body).toBe('a');

  const later = ['b', 'ü', 'd'].map((text) => connection.send(bytesOf(text)));
  expect(server.requests.length).toBe(0);
  post.respond(200);
  await first;
  const next = await server.next('POST /chat');
  expect(next.body).toBe('büd');
  next.respond(202);
  await Promise.all(later);
  await connection.close();
});

test('no more is joined than servers take in one request', async () => {
  const { connection } = await connected();
  const first = connection.send(bytesOf('first'));
  const post = await server.next('POST /chat');
  const sizes = [30_000, 30_000, 30_000, 200_000, 10];
  const later = sizes.map((size) => connection.send(bytesOf('x'.repeat(size))));
  post.respond(200);
  await first;
  for (const size of [60_000, 30_000, 200_000, 10]) {
    const request = await server.next('POST /chat');
    expect(request.body.length).toBe(size);
    request.respond(200);
  }
  await Promise.all(later);
  await connection.close();
});

test('a refused send rejects alone', async () => {
  const { connection, hearing } = await connected();
  const refused = connection.send(bytesOf('a'));
  (await server.next('POST /chat')).respond(413, 'too much');
  await expect(refused).rejects.toMatchObject({ code: 'request-failed', status: 413 });
  const sent = connection.send(bytesOf('b'));
  (await server.next('POST /chat')).respond(200);
  await sent;
  expect(hearing.ends.length).toBe(0);
  await connection.close();
});

test('the end of the stream is the end of the connection', async () => {
  const { connection, hearing, stream } = await connected();
  stream.end('data: last\r\n\r\ndata: cut off');
  expect(await hearing.texts.take()).toBe('last');
  expect(await hearing.ends.take()).toEqual({ error: undefined });
  await expect(connection.send(bytesOf('late'))).rejects.toMatchObject({ code: 'connection-closed' });
  await connection.close();
  await server.allEnded();
});

test('a stream that breaks is an error, and sends that wait reject', async () => {
  const { connection, hearing, request } = await connected();
  const waiting = connection.send(bytesOf('a'));
  const post = await server.next('POST /chat');
  request.drop();
  expect((await hearing.ends.take()).error).toMatchObject({ code: 'request-failed' });
  await expect(waiting).rejects.toMatchObject({ code: 'request-failed' });
  await post.ended();
  await server.allEnded();
});

test('close drops the stream without a word to the listener, and sends no DELETE', async () => {
  const { connection, hearing, request } = await connected();
  await connection.close();
  await request.ended();
  await server.allEnded();
  expect(server.requests.length).toBe(0);
  expect(hearing.ends.length).toBe(0);
});

test('an answer that is no event stream is not taken for one', async () => {
  const { connection } = openTo(server);
  await server.negotiate([SERVER_SENT_EVENTS]);
  const request = await server.next('GET /chat');
  request.stream({ 'Content-Type': 'text/html' }).write('<html>');
  await expect(connection).rejects.toMatchObject({ cause: { errors: [{ code: 'request-failed' }] } });
  await request.ended();
});
