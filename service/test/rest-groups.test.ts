// rest-api 7.2, 7.4, 7.5.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Clock } from './support/clock.ts';
import type { RawClient } from './support/raw-client.ts';
import { outline, RestScene } from './support/rest-scene.ts';

const HUB = '/api/hubs/chat';
const OK = { status: 200, code: undefined };
const NOT_IN_GROUP = { status: 404, code: 'Info.User.NotInGroup' };

let clock: Clock;
let scene: RestScene;

beforeEach(async () => {
  clock = new Clock();
  scene = await RestScene.start({ timers: { keepAliveMs: 10 ** 9, clientTimeoutMs: 10 ** 9 } });
});

afterEach(async () => {
  await scene[Symbol.asyncDispose]();
  clock[Symbol.dispose]();
});

async function put(path: string): Promise<void> {
  expect(outline(await scene.call(`PUT ${HUB}${path}`))).toEqual(OK);
}

async function asked(path: string) {
  const [get, head] = await Promise.all(['GET', 'HEAD'].map((method) => scene.call(`${method} ${HUB}${path}`)));
  if (get === undefined || head === undefined) throw new Error('two answers were expected');
  expect(outline(head)).toEqual(outline(get));
  expect(head.text).toBe('');
  return outline(get);
}

/** Which clients get a message to a group. */
async function reached(group: string, ...clients: readonly RawClient[]): Promise<boolean[]> {
  await scene.call(`POST ${HUB}/groups/${group}/:send`, { json: { target: 'group' } });
  await scene.call(`POST ${HUB}/:send`, { json: { target: 'all' } });
  return Promise.all(
    clients.map(async (client) => {
      const { target } = await client.message();
      if (target === 'all') return false;
      await client.message();
      return true;
    }),
  );
}

describe('what exists', () => {
  test('a connection, its user and its group, while it is there', async () => {
    const client = await scene.client({ userId: 'ann' });
    const paths = [`/connections/${client.connectionId}`, '/users/ann', '/groups/g', '/users/ann/groups/g'];
    await put(`/groups/g/connections/${client.connectionId}`);
    for (const path of paths) expect(await asked(path)).toEqual(OK);
    client.webSocket.close(1000);
    await scene.events.next('clientClosed');
    expect(await Promise.all(paths.map(asked))).toEqual([
      { status: 404, code: 'Warning.Connection.NotExisted' },
      { status: 404, code: 'Warning.User.NotExisted' },
      { status: 404, code: 'Warning.Group.NotExisted' },
      NOT_IN_GROUP,
    ]);
  });

  test('nothing in a hub that nobody named', async () => {
    const answer = await scene.call('GET /api/hubs/never/users/ann');
    expect(outline(answer)).toEqual({ status: 404, code: 'Warning.User.NotExisted' });
  });

  test('misses are no refusals', async () => {
    await asked('/users/no');
    expect(scene.events.of('requestRefused')).toEqual([]);
  });
});

describe('connections in groups', () => {
  test.each([
    ['groups first', (id: string) => `/groups/g/connections/${id}`],
    ['connections first', (id: string) => `/connections/${id}/groups/g`],
  ])('%s', async (_order, path) => {
    const [a, b] = [await scene.client(), await scene.client()];
    await put(path(a.connectionId));
    expect(await reached('g', a, b)).toEqual([true, false]);
    expect(outline(await scene.call(`DELETE ${HUB}${path(a.connectionId)}`))).toEqual(OK);
    expect(await reached('g', a, b)).toEqual([false, false]);
  });

  test('out of all groups', async () => {
    const client = await scene.client();
    for (const group of ['x', 'y']) await put(`/groups/${group}/connections/${client.connectionId}`);
    expect(outline(await scene.call(`DELETE ${HUB}/connections/${client.connectionId}/groups`))).toEqual(OK);
    expect([await reached('x', client), await reached('y', client)]).toEqual([[false], [false]]);
  });
});

describe('users in groups', () => {
  test('with connections of now and later, until they are taken out', async () => {
    const now = await scene.client({ userId: 'ann' });
    await put('/users/ann/groups/g');
    const later = await scene.client({ userId: 'ann' });
    const other = await scene.client({ userId: 'bob' });
    expect(await reached('g', now, later, other)).toEqual([true, true, false]);
    const answer = await scene.call(`DELETE ${HUB}/users/ann/groups/g`);
    expect(answer.status).toBe(204);
    expect(await reached('g', now, later)).toEqual([false, false]);
    expect(await asked('/users/ann/groups/g')).toEqual(NOT_IN_GROUP);
  });

  test('who have no connection yet', async () => {
    await put('/groups/g/users/ann');
    expect(await asked('/users/ann/groups/g')).toEqual(OK);
    expect(await asked('/groups/g')).toMatchObject({ status: 404 });
    expect(await reached('g', await scene.client({ userId: 'ann' }))).toEqual([true]);
  });

  test('without ttl, for a year', async () => {
    await put('/users/ann/groups/g');
    clock.advance(364 * 24 * 3_600_000);
    expect((await scene.call(`GET ${HUB}/users/ann/groups/g`)).status).toBe(200);
    clock.advance(2 * 24 * 3_600_000);
    expect((await scene.call(`GET ${HUB}/users/ann/groups/g`)).status).toBe(404);
  });

  test('with ttl 0: connections of now, and nothing is remembered', async () => {
    const now = await scene.client({ userId: 'ann' });
    await put('/users/ann/groups/g?ttl=0');
    const later = await scene.client({ userId: 'ann' });
    expect(await reached('g', now, later)).toEqual([true, false]);
  });

  test('with a ttl: until it is over, but for connections that joined by themselves', async () => {
    const [a, b] = [await scene.client({ userId: 'ann' }), await scene.client({ userId: 'ann' })];
    await put('/users/ann/groups/g?TTL=2');
    await put(`/groups/g/connections/${b.connectionId}`);
    expect(await reached('g', a, b)).toEqual([true, true]);
    clock.advance(2_000);
    await expect.poll(() => reached('g', a, b)).toEqual([false, true]);
    expect(await reached('g', await scene.client({ userId: 'ann' }))).toEqual([false]);
  });

  test('a new call replaces the ttl', async () => {
    await put('/users/ann/groups/g?ttl=2');
    await put('/users/ann/groups/g?ttl=100');
    clock.advance(50_000);
    expect((await scene.call(`GET ${HUB}/users/ann/groups/g`)).status).toBe(200);
  });

  test('the hundred that were named last are kept', async () => {
    for (let index = 0; index <= 100; index++) await put(`/users/ann/groups/g${index}`);
    expect(await asked('/users/ann/groups/g0')).toEqual(NOT_IN_GROUP);
    expect(await asked('/users/ann/groups/g1')).toEqual(OK);
    expect(await asked('/users/ann/groups/g100')).toEqual(OK);
  });

  test('out of all groups', async () => {
    const client = await scene.client({ userId: 'ann' });
    for (const group of ['x', 'y']) await put(`/users/ann/groups/${group}`);
    expect((await scene.call(`DELETE ${HUB}/users/ann/groups`)).status).toBe(204);
    expect(await reached('x', client)).toEqual([false]);
    expect(await asked('/users/ann/groups/y')).toEqual(NOT_IN_GROUP);
  });
});
