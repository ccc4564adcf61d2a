// rest-api 7.5.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { RawClient } from './support/raw-client.ts';
import { type RestCallOptions, RestScene } from './support/rest-scene.ts';
import { type SocketClient, socketClients } from './support/socket-client.ts';

const PAGE = z.strictObject({
  value: z.array(z.strictObject({ connectionId: z.string(), userId: z.string().optional() })),
  nextLink: z.string().optional(),
});
const MEMBERS = '/api/hubs/chat/groups/g/connections';

let scene: RestScene;
let ids: string[];

beforeAll(async () => {
  scene = await RestScene.start();
  const clients: RawClient[] = [];
  for (let index = 0; index < 45; index++) clients.push(await scene.client(index === 0 ? {} : { userId: `u${index}` }));
  for (const { connectionId } of clients) await scene.call(`PUT ${MEMBERS}/${connectionId}`);
  ids = clients.map(({ connectionId }) => connectionId).sort();
});

afterAll(() => scene[Symbol.asyncDispose]());

async function page(path: string, options: RestCallOptions = {}) {
  const answer = await scene.call(`GET ${path}`, options);
  expect(answer.status).toBe(200);
  return PAGE.parse(JSON.parse(answer.text));
}

/** Follows the links, as SDKs do. */
async function pages(path: string) {
  const all = [await page(path)];
  for (let link = all[0]?.nextLink; link !== undefined; link = all.at(-1)?.nextLink) {
    const { origin, pathname, search } = new URL(link);
    expect(origin).toBe(scene.service.url);
    all.push(await page(`${pathname}${search}`));
  }
  return all.map(({ value }) => value.map(({ connectionId }) => connectionId));
}

test('all at once, with their users', async () => {
  const { value, nextLink } = await page(MEMBERS);
  expect(value.map(({ connectionId }) => connectionId)).toEqual(ids);
  expect(value.filter(({ userId }) => userId === undefined)).toHaveLength(1);
  expect(nextLink).toBeUndefined();
});

test('page by page, in a stable order', async () => {
  const all = await pages(`${MEMBERS}?maxpagesize=20&api-version=2024-12-01`);
  expect(all.map((one) => one.length)).toEqual([20, 20, 5]);
  expect(all.flat()).toEqual(ids);
});

describe('top', () => {
  test.each([
    ['top=5&maxPageSize=2', [2, 2, 1]],
    ['top=4&maxPageSize=2', [2, 2]],
    ['top=3', [3]],
    ['top=1000&maxPageSize=40', [40, 5]],
  ])('%s', async (query, lengths) => {
    const all = await pages(`${MEMBERS}?${query}`);
    expect(all.map((one) => one.length)).toEqual(lengths);
    expect(all.flat()).toEqual(
      ids.slice(
        0,
        lengths.reduce((sum, length) => sum + length, 0),
      ),
    );
  });
});

describe('the link', () => {
  test('is the address that the caller used, with everything that it asked for', async () => {
    const path = '/api/hubs/Chat/groups/g/connections?maxPageSize=2&top=5&Api-Version=2024-12-01';
    const { nextLink = '' } = await page(path, { headers: { host: 'signalr.example:1234' } });
    const url = new URL(nextLink);
    expect(`${url.origin}${url.pathname}`).toBe('http://signalr.example:1234/api/hubs/Chat/groups/g/connections');
    expect(Object.fromEntries(url.searchParams)).toEqual({
      maxpagesize: '2',
      top: '3',
      'api-version': '2024-12-01',
      continuationToken: expect.any(String),
    });
  });

  test('goes through the proxy that the caller came by', async () => {
    const headers = { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'public.example' };
    const { nextLink } = await page(`${MEMBERS}?maxpagesize=1`, { headers });
    expect(nextLink).toMatch(/^https:\/\/public\.example\/api\/hubs\/chat\/groups\/g\/connections\?/);
  });

  test('keeps the application and what is escaped', async () => {
    const hub = 'app_chat';
    const two = [await scene.client({ hub }), await scene.client({ hub })];
    const path = (rest: string) => `/api/hubs/chat/groups/a%2Fb/connections${rest}?application=app`;
    for (const { connectionId } of two) await scene.call(`PUT ${path(`/${connectionId}`)}`);
    const { nextLink = '' } = await page(`${path('')}&maxpagesize=1`);
    const { pathname, search } = new URL(nextLink);
    expect(pathname).toBe('/api/hubs/chat/groups/a%2Fb/connections');
    expect((await page(`${pathname}${search}`)).value).toHaveLength(1);
  });
});

test('a group that nobody is in has no members', async () => {
  expect(await page('/api/hubs/never/groups/g/connections')).toEqual({ value: [] });
});

test('450 members: three pages', async () => {
  const open = await socketClients(scene.service, 'many');
  let answered = 0;
  const sockets: SocketClient[] = [];
  for (let index = 0; index < 450; index++) sockets.push(await open(() => answered++));
  await expect.poll(() => answered).toBe(450);
  const json = [{ type: 'JoinGroup', group: 'g' }];
  expect((await scene.call('POST /api/hubs/many/:execute', { json })).status).toBe(202);
  const all = await pages('/api/hubs/many/groups/g/connections');
  expect(all.map((one) => one.length)).toEqual([200, 200, 50]);
  expect(new Set(all.flat()).size).toBe(450);
  for (const socket of sockets) socket[Symbol.dispose]();
});
