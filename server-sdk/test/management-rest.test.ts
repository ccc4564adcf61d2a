// What REST calls look like, and what becomes of answers that nobody wants.
import { createServer } from 'node:net';
import {
  createManagementClient,
  type ManagementOptions,
  RequestRefusedError,
  SignalRServerError,
} from '@signalite/server';
import { decodeJwt, jwtVerify } from 'jose';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { FakeRestApi, type RestAnswerScript } from './support/fake-rest-api.ts';

let api: FakeRestApi;

beforeEach(async () => {
  api = await FakeRestApi.listen();
});

afterEach(() => api[Symbol.asyncDispose]());

function manage(options: Partial<ManagementOptions> = {}) {
  return createManagementClient({ connectionString: api.connectionString, hub: 'Chat', retryDelayMs: 1, ...options });
}

type Management = ReturnType<typeof manage>;

/** Every operation, and the call that it makes. */
const CALLS: readonly [name: string, run: (management: Management) => Promise<unknown>, call: string][] = [
  ['all', ({ clients }) => clients.all.send('m'), 'POST /:send'],
  ['allExcept', ({ clients }) => clients.allExcept(['a', 'b&c']).send('m'), 'POST /:send &excluded=a&excluded=b%26c'],
  ['client', ({ clients }) => clients.client('a/b').send('m'), 'POST /connections/a%2Fb/:send'],
  ['group', ({ clients }) => clients.group('ü %').send('m'), 'POST /groups/%C3%BC%20%25/:send'],
  ['groupExcept', ({ clients }) => clients.groupExcept('g', ['a']).send('m'), 'POST /groups/g/:send &excluded=a'],
  ['user', ({ clients }) => clients.user(':send').send('m'), 'POST /users/%3Asend/:send'],
  ['groups.add', ({ groups }) => groups.add('c', 'g'), 'PUT /groups/g/connections/c'],
  ['groups.remove', ({ groups }) => groups.remove('c', 'g'), 'DELETE /groups/g/connections/c'],
  ['groups.removeFromAllGroups', ({ groups }) => groups.removeFromAllGroups('c'), 'DELETE /connections/c/groups'],
  ['userGroups.add', ({ userGroups }) => userGroups.add('u', 'g'), 'PUT /users/u/groups/g'],
  ['… for a time', ({ userGroups }) => userGroups.add('u', 'g', { ttlSeconds: 0 }), 'PUT /users/u/groups/g &ttl=0'],
  ['userGroups.remove', ({ userGroups }) => userGroups.remove('u', 'g'), 'DELETE /users/u/groups/g'],
  ['userGroups.removeFromAll', ({ userGroups }) => userGroups.removeFromAll('u'), 'DELETE /users/u/groups'],
  ['userGroups.has', ({ userGroups }) => userGroups.has('u', 'g'), 'HEAD /users/u/groups/g'],
  ['connectionExists', ({ clientManager }) => clientManager.connectionExists('c'), 'HEAD /connections/c'],
  ['userExists', ({ clientManager }) => clientManager.userExists('u'), 'HEAD /users/u'],
  ['groupExists', ({ clientManager }) => clientManager.groupExists('g'), 'HEAD /groups/g'],
  [
    'closeConnection',
    ({ clientManager }) => clientManager.closeConnection('c', 'a b'),
    'DELETE /connections/c &reason=a%20b',
  ],
  [
    'closeUser',
    ({ clientManager }) => clientManager.closeUser('u', '', ['a']),
    'POST /users/u/:closeConnections &excluded=a',
  ],
  ['closeGroup', ({ clientManager }) => clientManager.closeGroup('g'), 'POST /groups/g/:closeConnections'],
  [
    'closeAll',
    ({ clientManager }) => clientManager.closeAll('r', ['a']),
    'POST /:closeConnections &reason=r&excluded=a',
  ],
];

describe('calls', () => {
  test.each(CALLS)('%s', async (_name, run, expected) => {
    await run(manage({ applicationName: 'App' }));
    const { headers, method, token, url } = await api.calls.take();
    const [verb, path, query = ''] = expected.split(' ');
    expect(`${method} ${url}`).toBe(`${verb} /api/hubs/chat${path}?application=app&api-version=2022-06-01${query}`);
    expect(headers['asrs-user-agent']).toMatch(/^@signalite\/server\//);
    const { payload } = await jwtVerify(token, api.accessKey, { audience: `${api.origin}/api/hubs/chat${path}` });
    expect(payload['nameid']).toMatch(/_[0-9a-f]{32}$/);
  });

  test('the audience is the endpoint, also where calls go elsewhere', async () => {
    const connectionString = `Endpoint=https://me.service.signalr.net;ServerEndpoint=${api.origin}/proxy;AccessKey=k;Version=1.0;`;
    await manage({ connectionString }).clients.all.send('m');
    const { token, url } = await api.calls.take();
    expect(url).toBe('/proxy/api/hubs/chat/:send?api-version=2022-06-01');
    expect(decodeJwt(token).aud).toBe('https://me.service.signalr.net/api/hubs/chat/:send');
  });

  test('a credential of Microsoft Entra is the token', async () => {
    const connectionString = `Endpoint=${api.origin};AuthType=azure;Version=1.0;`;
    await manage({ connectionString, credential: () => 'an-entra-token' }).clients.all.send('m');
    expect((await api.calls.take()).token).toBe('an-entra-token');
    const broken = manage({ connectionString, credential: () => Promise.reject(new Error('no identity')) });
    await expect(broken.clients.all.send('m')).rejects.toMatchObject({ code: 'sign-in-failed' });
  });

  test('one call for each id that is listed, and none for an empty list', async () => {
    const { clients } = manage();
    await clients.clients([]).send('m');
    await clients.users(['a', 'b', 'a']).send('m');
    expect(api.calls.rest.map(({ url }) => url.split('?')[0])).toEqual(
      expect.arrayContaining(['/api/hubs/chat/users/a/:send', '/api/hubs/chat/users/b/:send']),
    );
    expect(api.calls.rest).toHaveLength(2);
  });

  test('after a failure no more of a list are begun', async () => {
    api.answer({ status: 400 });
    const users = Array.from({ length: 100 }, (_, n) => `u${n}`);
    await expect(manage().clients.users(users).send('m')).rejects.toBeInstanceOf(RequestRefusedError);
    expect(api.calls.rest.length).toBeLessThanOrEqual(32);
  });

  test('what JSON says exactly goes as JSON, everything else as hub messages', async () => {
    const { clients } = manage();
    await clients.all.send('m', 1.5, { a: [null, 'ü'] });
    const json = await api.calls.take();
    expect(json.headers['content-type']).toBe('application/json; charset=utf-8');
    expect(json.body.toString()).toBe('{"target":"m","arguments":[1.5,{"a":[null,"ü"]}]}');
    for (const odd of [2n ** 60n, new Date(0), Uint8Array.of(1), Number.NaN, 2 ** 60, [undefined], { a: undefined }]) {
      await clients.all.send('m', odd);
      const framed = await api.calls.take();
      expect(framed.headers['content-type']).toBe('application/octet-stream');
      expect([framed.body[0], framed.body.subarray(2, 6).toString()]).toEqual([0x82, 'json']);
    }
    await manage({ supportedProtocols: ['messagepack'] }).clients.all.send('m', new Date(0));
    expect((await api.calls.take()).body[0]).toBe(0x81);
  });

  test('a message that is larger than a call takes is not sent', async () => {
    const { clients } = manage();
    const overhead = JSON.stringify({ target: 'm', arguments: [''] }).length;
    await clients.all.send('m', 'x'.repeat(2 ** 20 - overhead));
    const tooLarge = clients.all.send('m', 'x'.repeat(2 ** 20 - overhead + 1));
    await expect(tooLarge).rejects.toMatchObject({ code: 'message-too-large' });
    await expect(tooLarge).rejects.toThrow('The message has 1048577 bytes; a REST call takes 1048576.');
    expect(api.calls.rest).toHaveLength(1);
  });

  test.each(['.', '..'])('%s names nothing in a URL', async (name) => {
    await expect(manage().clientManager.userExists(name)).rejects.toThrow('Use the persistent transport.');
  });

  test('half of a character is no text', async () => {
    const { clientManager } = manage();
    await expect(clientManager.userExists('a\ud800')).rejects.toThrow(TypeError);
    await expect(clientManager.closeAll('\ud800')).rejects.toThrow(TypeError);
    expect(api.calls.rest).toEqual([]);
  });
});

describe('answers', () => {
  const exists = ({ clientManager }: Management) => clientManager.userExists('u');
  const send = ({ clients }: Management) => clients.all.send('m');
  const once = { maximumRetries: 0 };

  type Operation = (management: Management) => Promise<unknown>;

  async function refusalOf(answer: RestAnswerScript, run: Operation = send): Promise<unknown> {
    api.answer(answer);
    return run(manage(once)).then(
      () => 'nothing was refused',
      (error: unknown) => error,
    );
  }

  test('a refusal says what the service said, and what to do', async () => {
    const body = JSON.stringify({ code: 'Error.Request.Invalid', message: 'The hub has no such name' });
    const error = await refusalOf({ status: 400, body, headers: { 'x-ms-error-code': 'Error.Request.Invalid' } });
    expect(error).toBeInstanceOf(RequestRefusedError);
    expect(error).toMatchObject({
      code: 'request-refused',
      status: 400,
      serviceCode: 'Error.Request.Invalid',
      words: 'The hub has no such name',
      message: 'The service refused the request (400). The hub has no such name.',
    });
  });

  test.each([
    [
      {
        status: 401,
        headers: { 'WWW-Authenticate': 'Bearer error="invalid_token", error_description="The token is expired"' },
      },
      'The token is expired. Check the AccessKey',
    ],
    [{ status: 403 }, 'SignalR REST API Owner'],
    [{ status: 404 }, 'Check Endpoint in the connection string.'],
    [{ status: 413 }, 'persistent transport'],
    [{ status: 414 }, 'too long for a URL'],
    [{ status: 302, headers: { Location: 'http://127.0.0.1:1/' } }, '(302)'],
    [{ status: 418, body: 'short and stout' }, 'short and stout.'],
    [{ status: 400, body: '{"code":5,"message":["x"]}' }, '(400). {"code":5'],
    [{ status: 500, body: '<html>'.repeat(10_000) }, '<html>'],
  ])('%o', async (answer, words) => {
    const error = await refusalOf(answer);
    expect(error).toMatchObject({ code: 'request-refused', status: answer.status });
    expect(String(error)).toContain(words);
    expect(String(error).length).toBeLessThan(700);
  });

  test('no text holds a token, whatever the service repeats', async () => {
    const error = await refusalOf({ status: 400, body: '{"message":"bad token {token}"}' });
    expect(String(error)).toContain('bad token ….');
    const raw = await refusalOf({ status: 400, body: 'bad token {token}' });
    expect(String(raw)).not.toMatch(/ey[\w-]+\./);
  });

  test('only the code of an absence makes one', async () => {
    const no = (code: string) => ({ status: 404, headers: { 'x-ms-error-code': code } });
    api.answer(no('warning.user.notexisted'));
    expect(await exists(manage(once))).toBe(false);
    expect(await refusalOf(no('Warning.Group.NotExisted'), exists)).toMatchObject({ status: 404 });
    expect(await refusalOf({ status: 404 }, exists)).toMatchObject({ status: 404 });
  });

  test.each<[RestAnswerScript, string]>([
    ['cut', 'request-failed'],
    ['garbage', 'request-failed'],
    ['silence', 'request-timeout'],
  ])('%s', async (answer, code) => {
    api.answer(answer);
    const error = expect.objectContaining({ code, name: 'SignalRServerError' });
    await expect(send(manage({ requestTimeoutMs: 200, ...once }))).rejects.toEqual(error);
  });

  test('nobody there', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((listening) => server.once('listening', listening));
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : 0;
    await new Promise((closed) => server.close(closed));
    const connectionString = `Endpoint=http://127.0.0.1:${port};AccessKey=k;Version=1.0;`;
    const management = manage({ connectionString, ...once });
    await expect(send(management)).rejects.toThrow(/could not be reached: .*ECONNREFUSED.*Check that it runs/);
    expect(await management.isHealthy()).toBe(false);
  });

  test.each<RestAnswerScript>([{ status: 503 }, { status: 302, headers: { Location: '/' } }, 'cut', 'garbage'])(
    'a service that is not well: %o',
    async (answer) => {
      api.answer(answer);
      expect(await manage().isHealthy()).toBe(false);
      const { headers, method, url } = await api.calls.take();
      expect([method, url.split('?')[0], headers.authorization]).toEqual(['HEAD', '/api/health', undefined]);
    },
  );
});

describe('retries', () => {
  const send = ({ clients }: Management) => clients.all.send('m');
  const join = ({ groups }: Management) => groups.add('c', 'g');

  /** How often a call is made, when every answer is this one. */
  async function attempts(
    run: (management: Management) => Promise<unknown>,
    answer: RestAnswerScript,
  ): Promise<number> {
    api.answer(answer);
    await run(manage({ requestTimeoutMs: 100 })).catch((error: unknown) =>
      expect(error).toBeInstanceOf(SignalRServerError),
    );
    return api.calls.rest.length;
  }

  test.each<[RestAnswerScript, sends: number, joins: number]>([
    [{ status: 429 }, 4, 4],
    [{ status: 503 }, 4, 4],
    [{ status: 500 }, 1, 4],
    [{ status: 502 }, 1, 4],
    [{ status: 408 }, 1, 4],
    ['cut', 1, 4],
    ['silence', 1, 4],
    [{ status: 400 }, 1, 1],
    [{ status: 401 }, 1, 1],
    [{ status: 404 }, 1, 1],
    [{ status: 413 }, 1, 1],
  ])('%o: a send is tried %i times, a join %i times', async (answer, sends, joins) => {
    expect(await attempts(send, answer)).toBe(sends);
    expect((await attempts(join, answer)) - sends).toBe(joins);
  });

  test('a later answer counts', async () => {
    api.answer({ status: 503 }, { status: 503 }, { status: 202 });
    await send(manage());
    expect(api.calls.rest).toHaveLength(3);
  });

  test('who is told to wait longer than it would gives up', async () => {
    api.answer({ status: 503, headers: { 'Retry-After': '11' } });
    await expect(send(manage())).rejects.toMatchObject({ status: 503 });
    expect(api.calls.rest).toHaveLength(1);
  });

  test('waiting ends with the signal, and with close', async () => {
    const reason = new Error('enough');
    const controller = new AbortController();
    api.answer({ status: 503, headers: { 'Retry-After': '5' } });
    const management = manage();
    const first = management.withSignal(controller.signal).clients.all.send('m');
    const second = management.clients.all.send('m');
    await api.calls.take();
    await api.calls.take();
    controller.abort(reason);
    await expect(first).rejects.toBe(reason);
    await management.close();
    await expect(second).rejects.toMatchObject({ code: 'closed' });
  });

  test('a call under way ends with the signal', async () => {
    api.answer('silence');
    const controller = new AbortController();
    const waiting = manage().withSignal(controller.signal).clientManager.userExists('u');
    await api.calls.take();
    controller.abort();
    await expect(waiting).rejects.toBe(controller.signal.reason);
  });
});

describe('members of a group', () => {
  async function list(management = manage()): Promise<unknown[]> {
    const members: unknown[] = [];
    for await (const member of management.clientManager.groupMembers('g h', { pageSize: 2 })) members.push(member);
    return members;
  }

  function page(ids: readonly string[], nextLink?: string | null): RestAnswerScript {
    return { status: 200, body: JSON.stringify({ value: ids.map((connectionId) => ({ connectionId })), nextLink }) };
  }

  test('the token of the next link is used, not its address', async () => {
    const elsewhere = 'https://proxy.example/x?top=1&continuationToken=a%2Fb&api-version=2024-12-01';
    api.answer(page(['a', 'b'], elsewhere), page([], 'https://h/?ContinuationToken=z'), page(['c'], null));
    expect(await list()).toEqual(['a', 'b', 'c'].map((connectionId) => ({ connectionId, userId: undefined })));
    const path = '/api/hubs/chat/groups/g%20h/connections?api-version=2024-12-01&maxpagesize=2';
    expect(api.calls.rest.map(({ url }) => url)).toEqual([
      path,
      `${path}&continuationToken=a%2Fb`,
      `${path}&continuationToken=z`,
    ]);
  });

  test('pages are asked for as they are needed', async () => {
    api.answer(page(['a', 'b'], 'https://h/?continuationToken=b'), { status: 400 });
    for await (const { connectionId } of manage().clientManager.groupMembers('g')) if (connectionId === 'b') break;
    expect(api.calls.rest).toHaveLength(1);
  });

  test.each([
    '',
    'null',
    '[]',
    '{}',
    '{"value":{}}',
    '{"value":[null]}',
    '{"value":[{}]}',
    '{"value":[{"connectionId":5}]}',
    '{"value":[],"nextLink":5}',
    '{"value":[],"nextLink":"https://h/?top=5"}',
  ])('what cannot be read: %s', async (body) => {
    api.answer({ status: 200, body });
    await expect(list()).rejects.toMatchObject({ code: 'request-failed' });
  });

  test('a page that leads to itself', async () => {
    api.answer(page(['a'], 'https://h/?continuationToken=same'));
    await expect(list()).rejects.toThrow('The service gave the same page of the group twice.');
    expect(api.calls.rest).toHaveLength(2);
  });
});

describe('results of clients', () => {
  const ask = (options: Partial<ManagementOptions> = {}) => manage(options).clients.client('c').invoke('ask', 1);
  const no = (status: number, code: string, message: string) => ({
    status,
    headers: { 'x-ms-error-code': code },
    body: JSON.stringify({ code, message }),
  });

  test('the call', async () => {
    api.answer({ status: 200, body: '{"result":{"a":1}}' });
    expect(await ask()).toEqual({ a: 1 });
    const { body, method, url } = await api.calls.take();
    expect([method, url]).toEqual(['POST', '/api/hubs/chat/connections/c/:invoke?api-version=2024-12-01']);
    expect(JSON.parse(body.toString())).toEqual({ target: 'ask', arguments: [1] });
  });

  test.each<[RestAnswerScript, object]>([
    [
      { status: 200, body: '{}' },
      { name: 'HubException', message: "Client didn't provide a result." },
    ],
    [{ status: 200, body: 'no' }, { code: 'request-failed' }],
    [{ status: 200 }, { code: 'request-failed' }],
    [no(400, 'Error.Connection.Invalid', 'oh no'), { name: 'HubException', message: 'oh no' }],
    [no(404, 'Error.Connection.NotExisted', 'gone'), { code: 'client-result-failed', message: 'gone' }],
    [no(404, 'Error.Request.NotExisted', 'no route'), { code: 'request-refused', status: 404 }],
    [no(400, 'Error.Request.Invalid', 'bad'), { code: 'request-refused', status: 400 }],
    [{ status: 504 }, { code: 'client-result-timeout' }],
    ['silence', { code: 'client-result-timeout' }],
    ['cut', { code: 'request-failed' }],
  ])('%o', async (answer, error) => {
    api.answer(answer);
    await expect(ask({ clientResultTimeoutMs: 200 })).rejects.toMatchObject(error);
    expect(api.calls.rest).toHaveLength(1);
  });
});
