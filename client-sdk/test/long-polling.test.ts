import { messagePackHubProtocol } from '@signalite/protocol/messagepack';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { bytesOf, openTo } from './support/opened.ts';
import { LONG_POLLING, ScriptedHttpServer } from './support/scripted-http-server.ts';

let server: ScriptedHttpServer;

beforeEach(async () => {
  server = await ScriptedHttpServer.listen();
});

afterEach(() => server[Symbol.asyncDispose]());

async function connected(options: Parameters<typeof openTo>[2] = {}) {
  const opening = openTo(server, {}, options);
  await server.negotiate([LONG_POLLING]);
  const first = await server.next('GET /chat');
  expect(first.query).toBe('?id=secret');
  first.respond(200);
  const connection = await opening.connection;
  return { ...opening, connection, poll: await server.next('GET /chat') };
}

test('polls follow one another; empty ones mean nothing', async () => {
  const { hearing, poll } = await connected();
  poll.respond(200, 'one');
  expect(await hearing.texts.take()).toBe('one');
  (await server.next('GET /chat')).respond(200);
  (await server.next('GET /chat')).respond(200, Buffer.from('twö'));
  expect(await hearing.texts.take()).toBe('twö');
  (await server.next('GET /chat')).respond(204);
  expect(await hearing.ends.take()).toEqual({ error: undefined });
  await server.allEnded();
  expect(server.requests.length).toBe(0);
});

test.each([404, 500])('a poll that is answered with %i ends the connection with an error', async (status) => {
  const { connection, hearing, poll } = await connected();
  poll.respond(status, 'No Connection with that ID');
  const { error } = await hearing.ends.take();
  expect(error).toMatchObject({ code: 'request-failed', status });
  expect(error?.message).not.toContain('secret');
  await connection.close();
  expect(server.requests.length).toBe(0);
});

test('a poll that breaks off ends the connection with an error', async () => {
  const { hearing, poll } = await connected();
  poll.stream({ 'Content-Length': '10' }).write('half');
  poll.drop();
  expect((await hearing.ends.take()).error).toMatchObject({ code: 'request-failed', status: undefined });
  expect(hearing.texts.length).toBe(0);
});

test('bytes of a binary hub protocol stay as they are', async () => {
  const { connection, hearing, poll } = await connected({ hubProtocol: messagePackHubProtocol });
  const sent = connection.send(bytesOf('packed'));
  const post = await server.next('POST /chat');
  expect(post.body).toBe('packed');
  post.respond(200);
  await sent;
  poll.respond(200, 'answer');
  expect(await hearing.texts.take()).toBe('answer');
  (await server.next('GET /chat')).respond(204);
});

test('close ends the pending poll, then tells the server', async () => {
  const { connection, hearing, poll } = await connected();
  const closed = connection.close();
  await poll.ended();
  const request = await server.next('DELETE /chat');
  expect(request.query).toBe('?id=secret');
  request.respond(202);
  await closed;
  await server.allEnded();
  expect(server.requests.length).toBe(0);
  expect(hearing.ends.length).toBe(0);
  await expect(connection.send(bytesOf('late'))).rejects.toMatchObject({ code: 'connection-closed' });
});

test('close does not mind that the server has forgotten the connection', async () => {
  const { connection } = await connected();
  const closed = connection.close();
  (await server.next('DELETE /chat')).respond(404);
  await closed;
});

test('close after the end does nothing', async () => {
  const { connection, hearing, poll } = await connected();
  poll.respond(204);
  await hearing.ends.take();
  await connection.close();
  expect(server.requests.length).toBe(0);
});

test('a first poll that is refused is no connection', async () => {
  const { connection, hearing } = openTo(server);
  await server.negotiate([LONG_POLLING]);
  (await server.next('GET /chat')).respond(204);
  await expect(connection).rejects.toMatchObject({ code: 'transport-failed', cause: { errors: [expect.any(Error)] } });
  expect(hearing.ends.length).toBe(0);
});
