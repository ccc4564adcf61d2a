// rest-api 4.1, 4.2, 4.3: every route with its status and its body, whoever is there.
import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { outline, RestScene } from './support/rest-scene.ts';

const MESSAGE = { target: 'm', arguments: [1] };
const NO_CONNECTION = 'Warning.Connection.NotExisted';
const NOBODY = 'Error.Connection.NotExisted';

let scene: RestScene;

beforeAll(async () => {
  scene = await RestScene.start();
});

afterAll(() => scene[Symbol.asyncDispose]());

/** Where the id of a connection that is there goes. */
async function withConnection(path: string): Promise<string> {
  if (!path.includes('HERE')) return path;
  const { connectionId } = await scene.client({ userId: 'ann' });
  return path.replace('HERE', connectionId);
}

interface Row {
  readonly what: string;
  readonly status: number;
  readonly json?: unknown;
  readonly code?: string;
  /** Body of the answer; default none. */
  readonly text?: string | RegExp;
}

async function expectRow({ what, status, json, code, text = '' }: Row): Promise<void> {
  const answer = await scene.call(await withConnection(what), json === undefined ? {} : { json });
  expect(outline(answer)).toEqual({ status, code });
  if (typeof text === 'string') expect(answer.text).toBe(text);
  else expect(answer.text).toMatch(text);
  if (status === 204) expect(answer.headers).not.toHaveProperty('content-type');
  else if (answer.text === '') expect(answer.headers['content-length']).toBe('0');
  else
    expect(answer.headers['content-type']).toMatch(
      code === undefined || !what.includes('/v1') ? /^application\/json; charset=utf-8$/ : /^text\/plain/,
    );
}

const DETAIL = /^\{"code":"[\w.]+","message":"[^"]+"(,"target":"\w+")?\}$/;
const SENTENCE = /^[A-Z][^{}"]+\.$/;

describe('dated', () => {
  const accepted = { status: 202, json: MESSAGE, text: '{}' };
  const done = { status: 200, text: '{}' };
  test.each<Row>([
    { what: 'GET /api/health', status: 200 },
    { what: 'HEAD /api/health', status: 200 },
    { what: 'GET /api/auth/accessKey', status: 403, code: 'Error.Request.Invalid', text: DETAIL },
    { what: 'POST /api/hubs/chat/:send', ...accepted },
    { what: 'POST /api/hubs/chat', ...accepted },
    { what: 'POST /api/hubs/chat/:closeConnections', status: 204 },
    { what: 'POST /api/hubs/chat/:generateToken', status: 200, text: /^\{"token":"[\w.-]+"\}$/ },
    { what: 'POST /api/hubs/chat/:execute', status: 202, json: [] },
    { what: 'GET /api/hubs/chat/connections/HERE', status: 200 },
    { what: 'HEAD /api/hubs/chat/connections/HERE', status: 200 },
    { what: 'GET /api/hubs/chat/connections/no', status: 404, code: NO_CONNECTION, text: DETAIL },
    { what: 'HEAD /api/hubs/chat/connections/no', status: 404, code: NO_CONNECTION },
    { what: 'DELETE /api/hubs/chat/connections/HERE', ...done },
    { what: 'DELETE /api/hubs/chat/connections/no', status: 404, code: NO_CONNECTION, text: DETAIL },
    { what: 'POST /api/hubs/chat/connections/no/:send', ...accepted },
    { what: 'POST /api/hubs/chat/connections/no', ...accepted },
    { what: 'POST /api/hubs/chat/connections/no/:invoke', status: 404, json: MESSAGE, code: NOBODY, text: DETAIL },
    { what: 'DELETE /api/hubs/chat/connections/HERE/groups', ...done },
    { what: 'DELETE /api/hubs/chat/connections/no/groups', ...done },
    { what: 'POST /api/hubs/chat/connections/HERE/streams/s/:send', ...accepted },
    { what: 'POST /api/hubs/chat/connections/no/streams/s/:send', status: 404, json: 1, code: NOBODY, text: DETAIL },
    { what: 'POST /api/hubs/chat/connections/HERE/streams/s/:complete', status: 202, text: '{}' },
    { what: 'POST /api/hubs/chat/connections/no/streams/s/:complete', status: 404, code: NOBODY, text: DETAIL },
    { what: 'HEAD /api/hubs/chat/groups/no', status: 404, code: 'Warning.Group.NotExisted' },
    { what: 'GET /api/hubs/chat/groups/no', status: 404, code: 'Warning.Group.NotExisted', text: DETAIL },
    { what: 'POST /api/hubs/chat/groups/g/:send', ...accepted },
    { what: 'POST /api/hubs/chat/groups/g', ...accepted },
    { what: 'POST /api/hubs/chat/groups/g/:closeConnections', status: 204 },
    { what: 'GET /api/hubs/chat/groups/g/connections', status: 200, text: '{"value":[]}' },
    { what: 'PUT /api/hubs/chat/groups/g/connections/HERE', ...done },
    { what: 'PUT /api/hubs/chat/groups/g/connections/no', status: 404, code: NOBODY, text: DETAIL },
    { what: 'DELETE /api/hubs/chat/groups/g/connections/HERE', ...done },
    { what: 'DELETE /api/hubs/chat/groups/g/connections/no', ...done },
    { what: 'PUT /api/hubs/chat/connections/HERE/groups/g', ...done },
    { what: 'PUT /api/hubs/chat/connections/no/groups/g', status: 404, code: NOBODY, text: DETAIL },
    { what: 'DELETE /api/hubs/chat/connections/no/groups/g', ...done },
    { what: 'HEAD /api/hubs/chat/users/no', status: 404, code: 'Warning.User.NotExisted' },
    { what: 'GET /api/hubs/chat/users/no', status: 404, code: 'Warning.User.NotExisted', text: DETAIL },
    { what: 'POST /api/hubs/chat/users/u/:send', ...accepted },
    { what: 'POST /api/hubs/chat/users/u', ...accepted },
    { what: 'POST /api/hubs/chat/users/u/:closeConnections', status: 204 },
    { what: 'DELETE /api/hubs/chat/users/u/groups', status: 204 },
    { what: 'HEAD /api/hubs/chat/users/no/groups/g', status: 404, code: 'Info.User.NotInGroup' },
    { what: 'GET /api/hubs/chat/users/no/groups/g', status: 404, code: 'Info.User.NotInGroup', text: DETAIL },
    { what: 'GET /api/hubs/chat/groups/g/users/no', status: 404, code: 'Info.User.NotInGroup', text: DETAIL },
    { what: 'PUT /api/hubs/chat/users/u1/groups/g', ...done },
    { what: 'PUT /api/hubs/chat/groups/g/users/u1', ...done },
    { what: 'DELETE /api/hubs/chat/users/u2/groups/g', status: 204 },
    { what: 'DELETE /api/hubs/chat/groups/g/users/u2', status: 204 },
  ])('$what: $status', expectRow);
});

describe('v1', () => {
  const accepted = { status: 202, json: MESSAGE };
  test.each<Row>([
    { what: 'GET /api/v1/health', status: 200 },
    { what: 'HEAD /api/v1/health', status: 200 },
    { what: 'GET /api/v1/auth/accessKey', status: 403, code: 'Error.Request.Invalid', text: SENTENCE },
    { what: 'POST /api/v1/hubs/chat', ...accepted },
    { what: 'POST /api/v1/hubs/chat/:send', ...accepted },
    { what: 'POST /api/v1/hubs/chat/users/u', ...accepted },
    { what: 'POST /api/v1/hubs/chat/users/u/:send', ...accepted },
    { what: 'POST /api/v1/hubs/chat/connections/no', ...accepted },
    { what: 'POST /api/v1/hubs/chat/groups/g', ...accepted },
    { what: 'POST /api/v1/hubs/chat/groups/g/:closeConnections', status: 204 },
    { what: 'GET /api/v1/hubs/chat/connections/HERE', status: 200 },
    { what: 'HEAD /api/v1/hubs/chat/connections/no', status: 404, code: NO_CONNECTION },
    { what: 'DELETE /api/v1/hubs/chat/connections/HERE', status: 202 },
    { what: 'DELETE /api/v1/hubs/chat/connections/no', status: 202 },
    { what: 'GET /api/v1/hubs/chat/groups/no', status: 404, code: 'Warning.Group.NotExisted', text: SENTENCE },
    { what: 'HEAD /api/v1/hubs/chat/groups/no', status: 404, code: 'Warning.Group.NotExisted' },
    { what: 'GET /api/v1/hubs/chat/users/no', status: 404, code: 'Warning.User.NotExisted', text: SENTENCE },
    { what: 'HEAD /api/v1/hubs/chat/users/no', status: 404, code: 'Warning.User.NotExisted' },
    { what: 'PUT /api/v1/hubs/chat/groups/g/connections/HERE', status: 200 },
    {
      what: 'PUT /api/v1/hubs/chat/groups/g/connections/no',
      status: 404,
      code: NOBODY,
      text: /^Connection 'no' .+\.$/,
    },
    { what: 'DELETE /api/v1/hubs/chat/groups/g/connections/no', status: 200 },
    { what: 'GET /api/v1/hubs/chat/groups/g/users/no', status: 404, code: 'Info.User.NotInGroup', text: SENTENCE },
    { what: 'HEAD /api/v1/hubs/chat/groups/g/users/no', status: 404, code: 'Info.User.NotInGroup' },
    { what: 'PUT /api/v1/hubs/chat/groups/g/users/u3?ttl=5', status: 202 },
    { what: 'PUT /api/v1/hubs/chat/users/u3/groups/g', status: 202 },
    { what: 'DELETE /api/v1/hubs/chat/groups/g/users/u4', status: 202 },
    { what: 'DELETE /api/v1/hubs/chat/users/u4/groups', status: 200 },
    { what: 'POST /api/v1/hubs/chat/:generateToken', status: 200, text: /^\{"token"/ },
    { what: 'POST /api/v1/hubs/chat', status: 400, json: {}, code: 'Error.Request.Invalid', text: /^The "target" / },
  ])('$what: $status', expectRow);
});

describe('v1-preview', () => {
  const accepted = { status: 202, json: MESSAGE };
  const invalid = { status: 400, json: MESSAGE, code: 'Error.Request.Invalid', text: SENTENCE };
  test.each<Row>([
    { what: 'POST /api/v1-preview/hub/chat', ...accepted },
    { what: 'POST /api/v1-preview/hub/chat/user/u', ...accepted },
    { what: 'POST /api/v1-preview/hub/chat/users/a,b', ...accepted },
    { what: 'POST /api/v1-preview/hub/chat/group/g_1', ...accepted },
    { what: 'POST /api/v1-preview/hub/chat/groups/a,b', ...accepted },
    { what: 'POST /api/v1-preview/hub/chat/users/,', ...invalid },
    { what: 'POST /api/v1-preview/hub/chat/group/a-b', ...invalid },
    { what: 'POST /api/v1-preview/hub/chat/groups/a,b.c', ...invalid },
  ])('$what: $status', expectRow);
});

describe('what is no route', () => {
  test.each(['POST /api/hubs/chat/:nothing', 'GET /api', 'GET /api/', 'POST /api/hubs', 'GET /api/v1/nothing'])(
    '%s',
    async (what) => {
      const answer = await scene.call(what);
      expect(outline(answer)).toEqual({ status: 404, code: 'Error.Request.NotExisted' });
    },
  );

  test.each([
    ['GET /api/hubs/chat/:send', 'POST'],
    ['PATCH /api/hubs/chat/groups/g/connections/c', 'PUT, DELETE'],
    ['POST /api/health', 'GET, HEAD'],
    ['HEAD /api/hubs/chat/groups/g/connections', 'GET'],
    ['DELETE /api/v1-preview/hub/chat', 'POST'],
  ])('%s is 405', async (what, allow) => {
    const answer = await scene.call(what);
    expect(outline(answer)).toEqual({ status: 405, code: 'Error.Request.Invalid' });
    expect(answer.headers.allow).toBe(allow);
  });
});

test('pages of any origin may call, and ask before they do', async () => {
  const headers = { origin: 'https://page.example' };
  const answer = await scene.call('GET /api/hubs/chat/users/no', { headers });
  const granted = { 'access-control-allow-origin': 'https://page.example', 'access-control-allow-credentials': 'true' };
  expect(answer.headers).toMatchObject({ ...granted, vary: 'Origin' });
  const asking = { 'access-control-request-method': 'DELETE', 'access-control-request-headers': 'authorization' };
  const preflight = await scene.call('OPTIONS /api/hubs/chat/users/u/groups', {
    token: '',
    headers: { ...headers, ...asking },
  });
  expect(preflight.status).toBe(204);
  expect(preflight.headers).toMatchObject({
    ...granted,
    'access-control-allow-methods': 'DELETE',
    'access-control-allow-headers': 'authorization',
  });
});

describe('versions', () => {
  test.each(['', '?api-version=', '?api-version=2020-10-01', '?API-Version=nothing'])('"%s" will do', async (query) => {
    expect((await scene.call(`POST /api/hubs/chat/:send${query}`, { json: MESSAGE })).status).toBe(202);
  });

  test('strict: those of the table alone, in the dated API alone', async () => {
    await using strict = await RestScene.start({ strictApiVersion: true });
    const send = (path: string) => strict.call(`POST ${path}`, { json: MESSAGE });
    for (const version of ['2022-06-01', '2022-11-01', '2023-07-01', '2024-12-01']) {
      expect((await send(`/api/hubs/chat/:send?api-version=${version}`)).status).toBe(202);
    }
    for (const query of ['', '?api-version=', '?api-version=2020-10-01', '?api-version=2099-01-01']) {
      const answer = await send(`/api/hubs/chat/:send${query}`);
      expect(outline(answer)).toEqual({ status: 400, code: 'Error.Request.Invalid' });
      expect(JSON.parse(answer.text)).toMatchObject({ target: 'api-version' });
    }
    expect((await send('/api/v1/hubs/chat')).status).toBe(202);
    expect((await strict.call('GET /api/health')).status).toBe(200);
  });
});

test('a service that stops takes no new calls', async () => {
  const stopping = await RestScene.start();
  const authorization = `Authorization: Bearer ${await stopping.token('/api/hubs/chat/users/u')}`;
  const socket = connect(stopping.service.port, '127.0.0.1');
  // The answer to the first request is the proof that the first lines of the second were read.
  socket.write('GET /api/health HTTP/1.1\r\nHost: x\r\n\r\nGET /api/hubs/chat/users/u HTTP/1.1\r\nHost: x\r\n');
  await once(socket, 'data');
  const closing = stopping[Symbol.asyncDispose]();
  socket.write(`Connection: close\r\n${authorization}\r\n\r\n`);
  const [answer] = await once(socket, 'data');
  expect(String(answer)).toMatch(
    /^HTTP\/1\.1 503 Service Unavailable\r\n.*x-ms-error-code: Error\.Unknown\.Unknown\r\n/s,
  );
  await closing;
});
