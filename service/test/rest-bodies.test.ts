// rest-api 2.1, 2.3, 5; service-protocol 12.6: every parameter at, over and under its limit, and bodies of any kind.
import { connect } from 'node:net';
import { text as textOf } from 'node:stream/consumers';
import { encode } from '@msgpack/msgpack';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { outline, RestScene } from './support/rest-scene.ts';

const MIB = 1024 * 1024;
const SEND = '/api/hubs/chat/:send';
const REFUSED = { status: 400, code: 'Error.Request.Invalid' };
const MESSAGE = { target: 'm' };

let scene: RestScene;

beforeAll(async () => {
  scene = await RestScene.start();
});

afterAll(() => scene[Symbol.asyncDispose]());

function bodyOf(bytes: number): string {
  const empty = JSON.stringify({ target: 'm', arguments: [''] });
  return JSON.stringify({ target: 'm', arguments: ['x'.repeat(bytes - empty.length)] });
}

describe('the size of a body', () => {
  test.each([{}, { 'transfer-encoding': 'chunked' }])('1 MiB is taken, one byte more is 413 %j', async (headers) => {
    expect((await scene.call(`POST ${SEND}`, { body: bodyOf(MIB), headers })).status).toBe(202);
    const answer = await scene.call(`POST ${SEND}`, { body: bodyOf(MIB + 1), headers });
    expect(outline(answer)).toEqual({ status: 413, code: 'Error.Request.Invalid' });
    expect(answer.text).toContain('1048576');
  });

  test('is a limit of its own', async () => {
    await using small = await RestScene.start({ limits: { restBodyBytes: 100 } });
    expect((await small.call(`POST ${SEND}`, { body: bodyOf(100) })).status).toBe(202);
    expect((await small.call(`POST ${SEND}`, { body: bodyOf(101) })).status).toBe(413);
  });

  test('does not count where nothing is read', async () => {
    const answer = await scene.call('POST /api/hubs/chat/:closeConnections', { body: bodyOf(2 * MIB) });
    expect(answer.status).toBe(204);
  });
});

describe('the type of a body', () => {
  const json = JSON.stringify(MESSAGE);
  test.each([
    ['application/json', json],
    ['Application/JSON; charset=UTF-8', json],
    ['application/json;charset="utf-8"', json],
    ['application/x-msgpack', encode(MESSAGE)],
    ['application/octet-stream', encode({ json: Buffer.from('{"type":1,"target":"m","arguments":[]}\x1e') })],
  ])('%s is taken', async (type, body) => {
    expect((await scene.call(`POST ${SEND}`, { body, type })).status).toBe(202);
  });

  test.each([
    ['text/plain', {}],
    ['application/x-www-form-urlencoded', {}],
    ['application/problem+json', {}],
    ['application/json; charset=utf-16', {}],
    ['application/json', { 'content-encoding': 'gzip' }],
  ])('%s %j is 415', async (type, headers) => {
    const answer = await scene.call(`POST ${SEND}`, { body: json, type, headers });
    expect(outline(answer)).toEqual({ status: 415, code: 'Error.Request.Invalid' });
    expect(answer.text).toMatch(/Send /);
  });

  test('JSON alone is taken of v1-preview and of commands', async () => {
    const body = { body: encode(['m', []]), type: 'application/x-msgpack' };
    expect((await scene.call('POST /api/v1-preview/hub/chat', body)).status).toBe(415);
    expect((await scene.call('POST /api/hubs/chat/:execute', body)).status).toBe(415);
  });

  test.each(['application/json', 'application/octet-stream', 'application/x-msgpack', 'text/plain'])(
    'nothing of type %s is 400',
    async (type) => {
      expect(outline(await scene.call(`POST ${SEND}`, { body: '', type }))).toEqual(REFUSED);
    },
  );
});

describe('a body that is cut off', () => {
  test.each([
    ['application/json', '{"target":"m","arguments":[1,{"a":"b"}'],
    ['application/x-msgpack', encode({ target: 'm', arguments: [1, 'abc'] }).subarray(0, -2)],
    [
      'application/octet-stream',
      encode({ json: Buffer.from('{"type":1,"target":"m","arguments":[]}\x1e') }).subarray(0, -9),
    ],
  ])('%s', async (type, body) => {
    const answer = await scene.call(`POST ${SEND}`, { body, type });
    expect(outline(answer)).toEqual(REFUSED);
    expect(JSON.parse(answer.text)).toMatchObject({ target: 'message', code: REFUSED.code });
  });

  test('by its sender, after the head', async () => {
    const before = scene.events.of('requestRefused').length;
    const socket = connect(scene.service.port, '127.0.0.1');
    const token = await scene.token(SEND);
    socket.write(
      `POST ${SEND} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\nExpect: 100-continue\r\n` +
        'Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{"target":',
      () => socket.end(),
    );
    expect(await textOf(socket)).toMatch(/^HTTP\/1\.1 100 Continue/);
    await expect.poll(() => scene.events.of('requestRefused').slice(before)).toMatchObject([{ status: 400 }]);
  });

  test('that never goes on', async () => {
    await using patient = await RestScene.start({ timers: { restBodyMs: 30 } });
    const socket = connect(patient.service.port, '127.0.0.1');
    const token = await patient.token(SEND);
    socket.write(
      `POST ${SEND} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\n` +
        'Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{"target":',
    );
    expect(await textOf(socket)).toMatch(/^HTTP\/1\.1 400 .*did not come in time/s);
  });
});

describe('names', () => {
  const user = (name: string) => `/api/hubs/chat/users/${name}/:closeConnections`;
  test.each([
    ['POST', `/api/hubs/${'h'.repeat(128)}/:closeConnections`],
    ['POST', '/api/hubs/My_Hub%601,.[x]/:closeConnections'],
    ['POST', `/api/hubs/chat/:closeConnections?application=${'a'.repeat(128)}`],
    ['POST', '/api/hubs/chat/:closeConnections?application='],
    ['POST', `/api/hubs/chat/groups/${'g'.repeat(1024)}/:closeConnections`],
    ['POST', user('u'.repeat(1024))],
    ['PUT', `/api/hubs/chat/users/${'u'.repeat(1025)}/groups/g`],
    ['PUT', '/api/hubs/chat/users/%20/groups/g'],
    ['POST', '/api/hubs/chat/groups/%20/:send'],
    ['DELETE', '/api/hubs/chat/groups/%20/connections/c'],
    ['GET', '/api/hubs/chat/groups/g/connections?maxpagesize=200&top=2147483647'],
    ['GET', '/api/hubs/chat/groups/g/connections?maxPageSize=1&Top=1'],
    ['PUT', '/api/hubs/chat/users/u/groups/g?ttl=2147483647'],
    ['POST', '/api/hubs/chat/:generateToken?minutesToExpire=1'],
    ['POST', '/api/hubs/chat/:generateToken?minutesToExpire=2147483647'],
  ])('%s %s is fine', async (method, path) => {
    const json = path.endsWith('/:send') ? { json: MESSAGE } : {};
    expect((await scene.call(`${method} ${path}`, json)).status).toBeLessThan(300);
  });

  test.each([
    ['POST', `/api/hubs/${'h'.repeat(129)}/:closeConnections`, 'hub'],
    ['POST', '/api/hubs/1chat/:closeConnections', 'hub'],
    ['POST', '/api/hubs/ch-at/:closeConnections', 'hub'],
    ['POST', '/api/hubs/ch%20at/:closeConnections', 'hub'],
    ['POST', `/api/hubs/chat/:closeConnections?application=${'a'.repeat(129)}`, 'application'],
    ['POST', '/api/hubs/chat/:closeConnections?application=a-b', 'application'],
    ['POST', `/api/hubs/chat/groups/${'g'.repeat(1025)}/:send`, 'group'],
    ['POST', '/api/hubs/chat/groups/%20%09/:closeConnections', 'group'],
    ['GET', '/api/hubs/chat/groups/%20', 'group'],
    ['PUT', '/api/hubs/chat/groups/%20/connections/c', 'group'],
    ['PUT', '/api/hubs/chat/users/u/groups/%20', 'group'],
    ['DELETE', `/api/hubs/chat/groups/${'g'.repeat(1025)}/connections/c`, 'group'],
    ['POST', user('u'.repeat(1025)), 'user'],
    ['POST', '/api/hubs/chat/connections/c/streams/%20/:complete', 'streamId'],
    ['POST', `/api/hubs/chat/connections/c/streams/${'s'.repeat(101)}/:complete`, 'streamId'],
    ['GET', '/api/hubs/chat/groups/g/connections?maxpagesize=201', 'maxpagesize'],
    ['GET', '/api/hubs/chat/groups/g/connections?maxpagesize=0', 'maxpagesize'],
    ['GET', '/api/hubs/chat/groups/g/connections?top=0', 'top'],
    ['GET', '/api/hubs/chat/groups/g/connections?top=2147483648', 'top'],
    ['GET', '/api/hubs/chat/groups/g/connections?continuationToken=x', 'continuationToken'],
    ['PUT', '/api/hubs/chat/users/u/groups/g?ttl=-1', 'ttl'],
    ['PUT', '/api/hubs/chat/users/u/groups/g?ttl=1.5', 'ttl'],
    ['PUT', '/api/hubs/chat/users/u/groups/g?ttl=2147483648', 'ttl'],
    ['POST', '/api/hubs/chat/:generateToken?minutesToExpire=0', 'minutesToExpire'],
    ['POST', '/api/hubs/chat/connections/c/streams/s/:send?completed=maybe', 'completed'],
  ])('%s %s is refused', async (method, path, target) => {
    const answer = await scene.call(`${method} ${path}`, path.includes(':send') ? { json: MESSAGE } : {});
    expect(outline(answer)).toEqual(REFUSED);
    expect(JSON.parse(answer.text)).toMatchObject({ target, code: REFUSED.code });
  });

  test('a broken escape is refused', async () => {
    expect(outline(await scene.call('GET /api/hubs/chat/users/%zz', { token: '' }))).toEqual(REFUSED);
  });

  test('a path of empty pieces is none', async () => {
    expect((await scene.call('GET /api/hubs/chat/users//groups/g')).status).toBe(404);
  });
});

test('refusals do not repeat what was sent', async () => {
  const secret = 'a-secret-of-the-body';
  for (const body of [`{"target":"${secret}`, `{"target":["${secret}"]}`, `{"target":"m","arguments":"${secret}"}`]) {
    const answer = await scene.call(`POST ${SEND}`, { body });
    expect(answer.status).toBe(400);
    expect(answer.text).not.toContain(secret);
  }
  expect(JSON.stringify(scene.events.all)).not.toContain(secret);
});
