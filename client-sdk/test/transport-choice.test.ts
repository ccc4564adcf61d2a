import { messagePackHubProtocol } from '@signalite/protocol/messagepack';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createOpenConnection } from '../src/connection/open-connection.ts';
import { openTo } from './support/opened.ts';
import { LONG_POLLING, ScriptedHttpServer, SERVER_SENT_EVENTS, WEB_SOCKETS } from './support/scripted-http-server.ts';

const ALL = [WEB_SOCKETS, SERVER_SENT_EVENTS, LONG_POLLING];

let server: ScriptedHttpServer;

beforeEach(async () => {
  server = await ScriptedHttpServer.listen();
});

afterEach(() => server[Symbol.asyncDispose]());

test('a transport that does not start is followed by a new negotiation and the next one', async () => {
  const { connection } = openTo(server);
  await server.negotiate(ALL, { connectionToken: 'one' });
  const webSocket = await server.next('UPGRADE /chat');
  expect(webSocket.query).toBe('?id=one');
  webSocket.respond(503);

  await server.negotiate(ALL, { connectionToken: 'two' });
  const events = await server.next('GET /chat');
  expect(events.query).toBe('?id=two');
  expect(events.headers.accept).toBe('text/event-stream');
  events.respond(404, 'no events here');

  await server.negotiate(ALL, { connectionId: 'third', connectionToken: 'three' });
  const poll = await server.next('GET /chat');
  expect(poll.query).toBe('?id=three');
  poll.respond(200);
  expect(await connection).toMatchObject({ transport: 'LongPolling', connectionId: 'third', keepsItselfAlive: true });
  (await server.next('GET /chat')).respond(204);
});

test('after a redirect the new negotiation stays with the service', async () => {
  const { connection } = openTo(server, { accessToken: () => 'app' });
  const answer = { negotiateVersion: 1, connectionId: 'c', connectionToken: 't', availableTransports: ALL };
  (await server.next('POST /chat/negotiate')).json({ url: '/client', accessToken: 'service' });
  (await server.next('POST /client/negotiate')).json(answer);
  (await server.next('UPGRADE /client')).respond(404);
  const again = await server.next('POST /client/negotiate');
  expect(again.headers.authorization).toBe('Bearer service');
  again.json({ error: 'not any more' });
  await expect(connection).rejects.toMatchObject({ code: 'transport-failed' });
});

test('when no transport starts, one error has the reasons of all', async () => {
  const { connection } = openTo(server);
  await server.negotiate(ALL);
  (await server.next('UPGRADE /chat')).respond(502);
  await server.negotiate(ALL);
  (await server.next('GET /chat')).respond(404, 'no events here');
  await server.negotiate(ALL);
  (await server.next('GET /chat')).respond(500, 'no polls either');
  const error = await connection.catch((reason: unknown) => reason);
  expect(error).toMatchObject({
    code: 'transport-failed',
    cause: {
      errors: [
        {
          code: 'transport-closed',
          status: 1006,
          cause: expect.objectContaining({ message: expect.stringContaining('502') }),
        },
        { code: 'request-failed', status: 404 },
        { code: 'request-failed', status: 500 },
      ],
    },
  });
  expect(error).toHaveProperty('message', expect.stringContaining('no events here'));
  await server.allEnded();
});

test('a negotiation that fails in between is the last reason', async () => {
  const { connection } = openTo(server);
  await server.negotiate([WEB_SOCKETS, LONG_POLLING]);
  (await server.next('UPGRADE /chat')).respond(502);
  (await server.next('POST /chat/negotiate')).respond(503);
  await expect(connection).rejects.toMatchObject({
    code: 'transport-failed',
    cause: { errors: [{ code: 'transport-closed' }, { code: 'negotiate-failed', status: 503 }] },
  });
  expect(server.requests.length).toBe(0);
});

test("the app's list limits the transports and sets their order", async () => {
  const { connection } = openTo(server, { transports: ['LongPolling', 'WebSockets'] });
  await server.negotiate(ALL);
  (await server.next('GET /chat')).respond(500);
  await server.negotiate(ALL);
  await (await server.next('UPGRADE /chat')).accept();
  expect((await connection).transport).toBe('WebSockets');
  await (await connection).close();
});

test('MessagePack skips Server-Sent Events', async () => {
  const { connection } = openTo(server, {}, { hubProtocol: messagePackHubProtocol });
  await server.negotiate([SERVER_SENT_EVENTS, LONG_POLLING]);
  const poll = await server.next('GET /chat');
  expect(poll.headers.accept).not.toBe('text/event-stream');
  poll.respond(200);
  expect((await connection).transport).toBe('LongPolling');
  (await server.next('GET /chat')).respond(204);
});

test.each([
  ['the server offers none', [], {}],
  ['the server offers only strangers', [{ transport: 'WebTransport', transferFormats: ['Text'] }], {}],
  ['the app allows none of them', [LONG_POLLING], { transports: ['WebSockets'] }],
] as const)('start fails when %s', async (_name, offered, options) => {
  const { connection } = openTo(server, options);
  await server.negotiate(offered);
  await expect(connection).rejects.toMatchObject({ code: 'transport-failed', cause: { errors: [] } });
  expect(server.requests.length).toBe(0);
});

test('without negotiation the first request is the WebSocket', async () => {
  const { connection } = openTo(server, { skipNegotiation: true, accessToken: () => 'app' }, { path: '/chat?room=1' });
  const upgrade = await server.next('UPGRADE /chat');
  expect(upgrade.query).toBe('?room=1');
  expect(upgrade.headers.authorization).toBe('Bearer app');
  await upgrade.accept();
  const { connectionId, transport, isStateful } = await connection;
  expect({ connectionId, transport, isStateful }).toEqual({
    connectionId: undefined,
    transport: 'WebSockets',
    isStateful: false,
  });
  await (await connection).close();
});

test('without negotiation there is no second try', async () => {
  const { connection } = openTo(server, { skipNegotiation: true });
  (await server.next('UPGRADE /chat')).respond(401);
  await expect(connection).rejects.toMatchObject({ code: 'transport-failed' });
  expect(server.requests.length).toBe(0);
});

test.each([
  ['WebSockets', WEB_SOCKETS, 'UPGRADE /chat'],
  ['ServerSentEvents', SERVER_SENT_EVENTS, 'GET /chat'],
  ['LongPolling', LONG_POLLING, 'GET /chat'],
])('aborting while %s start rejects with the reason and tries nothing else', async (name, transport, first) => {
  const { connection, abort, hearing } = openTo(server);
  await server.negotiate([transport, LONG_POLLING]);
  const request = await server.next(first);
  const reason = new Error('changed my mind');
  abort.abort(reason);
  await expect(connection).rejects.toBe(reason);
  await request.ended();
  // The server may know of a poll already: it is told not to wait for more.
  if (name === 'LongPolling') (await server.next('DELETE /chat')).respond(202);
  await server.allEnded();
  expect(server.requests.length).toBe(0);
  expect(hearing.ends.length).toBe(0);
});

test.each([
  ['WebSockets', WEB_SOCKETS, 'UPGRADE /chat'],
  ['ServerSentEvents', SERVER_SENT_EVENTS, 'GET /chat'],
  ['LongPolling', LONG_POLLING, 'GET /chat'],
])('%s that are not accepted in time are given up', async (name, transport, first) => {
  const { connection } = openTo(server, { requestTimeoutMs: 50 });
  await server.negotiate([transport]);
  const request = await server.next(first);
  await expect(connection).rejects.toMatchObject({ cause: { errors: [{ code: 'request-timeout' }] } });
  await request.ended();
  if (name === 'LongPolling') (await server.next('DELETE /chat')).respond(202);
  await server.allEnded();
});

test.each(['/chat', 'chat', ''])('outside of a page the URL %j has no meaning', (url) => {
  expect(() => createOpenConnection(url, {})).toThrow(expect.objectContaining({ code: 'invalid-options' }));
});
