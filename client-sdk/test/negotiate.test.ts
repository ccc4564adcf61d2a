import { afterEach, beforeEach, expect, test } from 'vitest';
import { openTo } from './support/opened.ts';
import { LONG_POLLING, ScriptedHttpServer, WEB_SOCKETS } from './support/scripted-http-server.ts';

let server: ScriptedHttpServer;

beforeEach(async () => {
  server = await ScriptedHttpServer.listen();
});

afterEach(() => server[Symbol.asyncDispose]());

/** Counts what the app gives out: `t1`, `t2`, … */
function numberedTokens(): () => string {
  let count = 0;
  return () => {
    count += 1;
    return `t${count}`;
  };
}

test('negotiate asks for version 1 at the path below the hub', async () => {
  const { connection } = openTo(server);
  const request = await server.negotiate([WEB_SOCKETS]);
  expect(request.query).toBe('?negotiateVersion=1');
  expect(request.headers).toMatchObject({ 'content-length': '0', 'x-requested-with': 'XMLHttpRequest' });
  expect(request.headers['user-agent']).toMatch(/^@signalite\/client\/\d+\.\d+\.\d+ \(Node\.js v[\d.]+; \w+; \w+\)$/);
  expect(request.headers.authorization).toBeUndefined();

  const upgrade = await server.next('UPGRADE /chat');
  expect(upgrade.query).toBe('?id=secret');
  await upgrade.accept();
  expect(await connection).toMatchObject({ connectionId: 'public', transport: 'WebSockets', isStateful: false });
  await (await connection).close();
});

test('version 0 knows one id', async () => {
  const { connection } = openTo(server);
  const request = await server.next('POST /chat/negotiate');
  request.json({ negotiateVersion: 0, connectionId: 'only', availableTransports: [WEB_SOCKETS] });
  const upgrade = await server.next('UPGRADE /chat');
  expect(upgrade.query).toBe('?id=only');
  await upgrade.accept();
  expect((await connection).connectionId).toBe('only');
  await (await connection).close();
});

test('a redirect to the service replaces url and token, and what its query holds already is not added', async () => {
  const { connection } = openTo(server, { accessToken: numberedTokens(), useStatefulReconnect: true });
  const app = await server.next('POST /chat/negotiate');
  expect(app.query).toBe('?negotiateVersion=1&useStatefulReconnect=true');
  expect(app.headers.authorization).toBe('Bearer t1');
  const query = 'hub=chat&asrs.op=%2Fchat&negotiateVersion=1&useStatefulReconnect=true';
  app.json({
    negotiateVersion: 0,
    url: `${server.origin}/client/?${query}`,
    accessToken: 'service',
    availableTransports: [],
  });

  const service = await server.next('POST /client/negotiate');
  expect(service.query).toBe(`?${query}`);
  expect(service.headers.authorization).toBe('Bearer service');
  const ids = { connectionId: 'public', connectionToken: 'a+b/c=' };
  service.json({ negotiateVersion: 1, ...ids, useStatefulReconnect: true, availableTransports: [WEB_SOCKETS] });

  const upgrade = await server.next('UPGRADE /client/');
  expect(upgrade.query).toBe(`?${query}&id=a%2Bb%2Fc%3D`);
  expect(upgrade.headers.authorization).toBe('Bearer service');
  await upgrade.accept();
  expect((await connection).isStateful).toBe(true);
  await (await connection).close();
});

test('a redirect without a token keeps the one in use, and may be relative', async () => {
  const { connection } = openTo(server, { accessToken: numberedTokens() });
  (await server.next('POST /chat/negotiate')).json({ url: '/elsewhere?hub=chat' });
  const second = await server.next('POST /elsewhere/negotiate');
  expect(second.query).toBe('?hub=chat&negotiateVersion=1');
  expect(second.headers.authorization).toBe('Bearer t2');
  second.respond(404);
  await expect(connection).rejects.toMatchObject({ code: 'negotiate-failed', status: 404 });
});

test('the next start begins with the hub and asks the app for tokens again', async () => {
  const options = { accessToken: numberedTokens() };
  for (const token of ['Bearer t1', 'Bearer t2']) {
    const { connection } = openTo(server, options);
    const app = await server.next('POST /chat/negotiate');
    expect(app.headers.authorization).toBe(token);
    app.json({ url: `${server.origin}/client`, accessToken: 'service' });
    (await server.next('POST /client/negotiate')).respond(500);
    await expect(connection).rejects.toMatchObject({ status: 500 });
  }
});

test.each([
  [99, 'connects', 'POST /chat/negotiate'],
  [100, 'gives up', undefined],
])('after %i redirects the client %s', async (redirects, _outcome, next) => {
  const { connection } = openTo(server);
  for (let count = 0; count < redirects; count++) {
    (await server.next('POST /chat/negotiate')).json({ url: `${server.origin}/chat` });
  }
  if (next) (await server.next(next)).json({ error: 'got here' });
  const code = next ? 'negotiate-failed' : 'too-many-redirects';
  await expect(connection).rejects.toMatchObject({ name: 'SignalRClientError', code });
  expect(server.requests.length).toBe(0);
});

test.each([
  { name: 'an error in the answer', answer: [200, '{"error":"nope"}'], text: /^nope$/ },
  {
    name: 'a refusal with a reason',
    answer: [401, 'token bad'],
    text: /\/chat\/negotiate was answered with 401: token bad$/,
  },
  { name: 'a refusal without one', answer: [429, ''], text: /answered with 429/ },
  { name: 'no JSON', answer: [200, '<html>'], text: /Error reading JSON/ },
  { name: 'nothing at all', answer: [200, ''], text: /Error reading JSON/ },
  { name: 'another success', answer: [204, ''], text: /Error reading JSON/ },
  { name: 'the old ASP.NET SignalR', answer: [200, '{"ProtocolVersion":"1.4"}'], text: /ASP\.NET Core/ },
  { name: 'an impossible redirect', answer: [200, '{"url":"http://"}'], text: /Invalid URL/ },
] as const)('start fails for $name', async ({ answer, text }) => {
  const { connection } = openTo(server, { accessToken: () => 'hush' });
  const [status, body] = answer;
  (await server.next('POST /chat/negotiate')).respond(status, body);
  const error = await connection.catch((reason: unknown) => reason);
  expect(error).toMatchObject({ name: 'SignalRClientError', code: 'negotiate-failed' });
  expect(error).toHaveProperty('status', status < 300 ? undefined : status);
  expect(error).toHaveProperty('message', expect.stringMatching(text));
  expect(String(error)).not.toContain('hush');
  expect(server.requests.length).toBe(0);
});

test('start fails when the server hangs up', async () => {
  const { connection } = openTo(server);
  (await server.next('POST /chat/negotiate')).drop();
  await expect(connection).rejects.toMatchObject({
    code: 'negotiate-failed',
    status: undefined,
    cause: expect.anything(),
  });
});

test('start fails when the app has no token', async () => {
  const cause = new Error('signed out');
  const { connection } = openTo(server, { accessToken: () => Promise.reject(cause) });
  await expect(connection).rejects.toMatchObject({ code: 'negotiate-failed', cause });
  expect(server.requests.length).toBe(0);
});

test('an answer that takes too long ends the start, and the request', async () => {
  const { connection } = openTo(server, { requestTimeoutMs: 30 });
  const request = await server.next('POST /chat/negotiate');
  await expect(connection).rejects.toMatchObject({ code: 'request-timeout' });
  await request.ended();
});

test('an app that never gives its token does not hold the start for ever', async () => {
  const { connection } = openTo(server, { requestTimeoutMs: 30, accessToken: () => new Promise(() => {}) });
  await expect(connection).rejects.toMatchObject({ code: 'request-timeout' });
});

test('aborting during negotiation rejects with the reason and ends the request', async () => {
  const { connection, abort } = openTo(server);
  const request = await server.next('POST /chat/negotiate');
  const reason = new Error('changed my mind');
  abort.abort(reason);
  await expect(connection).rejects.toBe(reason);
  await request.ended();
  await server.allEnded();
  expect(server.requests.length).toBe(0);
});

test('a token of the app is used for every request, until a 401 asks for a new one', async () => {
  const { connection } = openTo(server, { accessTokenFactory: numberedTokens() });
  expect((await server.negotiate([LONG_POLLING])).headers.authorization).toBe('Bearer t1');
  const first = await server.next('GET /chat');
  expect(first.headers.authorization).toBe('Bearer t1');
  first.respond(200);
  await connection;
  const expired = await server.next('GET /chat');
  expect(expired.headers.authorization).toBe('Bearer t1');
  expired.respond(401);
  const renewed = await server.next('GET /chat');
  expect(renewed.headers.authorization).toBe('Bearer t2');
  renewed.respond(200);
  const closing = server.next('GET /chat').then((poll) => poll.respond(204));
  await closing;
});

test('a second 401 in a row is final', async () => {
  const { connection, hearing } = openTo(server, { accessToken: numberedTokens() });
  await server.negotiate([LONG_POLLING]);
  (await server.next('GET /chat')).respond(200);
  await connection;
  (await server.next('GET /chat')).respond(401);
  (await server.next('GET /chat')).respond(401, 'expired');
  const { error } = await hearing.ends.take();
  expect(error).toMatchObject({ code: 'request-failed', status: 401 });
  expect(server.requests.length).toBe(0);
});

test.each([
  ['the token of a redirect', { url: '/chat', accessToken: 'service' }, () => 'app'],
  ['no token at all', { url: '/chat' }, undefined],
])('a 401 to %s is not tried again', async (_name, redirect, accessToken) => {
  const { connection, hearing } = openTo(server, accessToken ? { accessToken } : {});
  (await server.next('POST /chat/negotiate')).json(redirect);
  await server.negotiate([LONG_POLLING]);
  (await server.next('GET /chat')).respond(200);
  await connection;
  (await server.next('GET /chat')).respond(401);
  expect((await hearing.ends.take()).error).toMatchObject({ status: 401 });
  expect(server.requests.length).toBe(0);
});

test('headers of the app go with every request; a token goes before an Authorization header', async () => {
  const headers = { 'X-Tenant': 'blue', authorization: 'Basic abc', 'User-Agent': 'mine' };
  const { connection } = openTo(server, { headers });
  const app = await server.next('POST /chat/negotiate');
  expect(app.headers).toMatchObject({ 'x-tenant': 'blue', authorization: 'Basic abc', 'user-agent': 'mine' });
  app.json({ url: '/chat', accessToken: 'service' });
  const service = await server.negotiate([WEB_SOCKETS]);
  expect(service.headers).toMatchObject({ 'x-tenant': 'blue', authorization: 'Bearer service' });
  const upgrade = await server.next('UPGRADE /chat');
  expect(upgrade.headers).toMatchObject({ 'x-tenant': 'blue', authorization: 'Bearer service', 'user-agent': 'mine' });
  await upgrade.accept();
  await (await connection).close();
});

test('a server cannot make a connection stateful that was not asked for', async () => {
  const { connection } = openTo(server);
  await server.negotiate([WEB_SOCKETS], { useStatefulReconnect: true });
  await (await server.next('UPGRADE /chat')).accept();
  expect((await connection).isStateful).toBe(false);
  await (await connection).close();
});
