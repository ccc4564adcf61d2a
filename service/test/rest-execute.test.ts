// rest-api 7.7, 7.8.
import { claimsFromJwt, userIdOf } from '@signalite/protocol';
import { decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { httpRequest } from './support/http-request.ts';
import type { RawClient } from './support/raw-client.ts';
import { outline, PRIMARY_KEY, RestScene } from './support/rest-scene.ts';

const EXECUTE = '/api/hubs/chat/:execute';

let scene: RestScene;

beforeEach(async () => {
  scene = await RestScene.start();
});

afterEach(() => scene[Symbol.asyncDispose]());

async function execute(json: unknown, filter?: string): Promise<void> {
  const query = filter === undefined ? '' : `?filter=${encodeURIComponent(filter)}`;
  const answer = await scene.call(`POST ${EXECUTE}${query}`, { json });
  expect({ status: answer.status, text: answer.text }).toEqual({ status: 202, text: '' });
}

const say = (target: string) => ({ type: 'SendMessage', message: { target } });

/** Targets that come before the one of `last`. */
async function targetsBefore(last: string, client: RawClient): Promise<unknown[]> {
  const targets: unknown[] = [];
  for (;;) {
    const { target } = await client.message();
    if (target === last) return targets;
    targets.push(target);
  }
}

describe('commands', () => {
  test('for those that the filter selects', async () => {
    const [ann, listener] = [await scene.client({ userId: 'ann' }), await scene.client({ userId: 'listener-1' })];
    await execute([say('m')], "startswith(userId, 'listener-')");
    await execute([say('last')]);
    expect(await targetsBefore('last', ann)).toEqual([]);
    expect(await targetsBefore('last', listener)).toEqual(['m']);
  });

  test('one after the other, for the same connections', async () => {
    const [a, b] = [await scene.client(), await scene.client()];
    await scene.call(`PUT /api/hubs/chat/groups/g/connections/${a.connectionId}`);
    await execute(
      [say('one'), { type: 'LeaveGroup', group: 'g' }, { type: 'JoinGroup', group: 'h' }, say('two')],
      "'g' in groups",
    );
    await execute([say('in h')], "'h' in groups");
    await execute([say('in g')], "'g' in groups");
    await execute([say('last')], '');
    expect(await targetsBefore('last', a)).toEqual(['one', 'two', 'in h']);
    expect(await targetsBefore('last', b)).toEqual([]);
  });

  test('that close, with a reason and without', async () => {
    const [a, b] = [await scene.client({ userId: 'a' }), await scene.client({ userId: 'b' })];
    await execute([say('bye'), { type: 'CloseConnection', reason: 'over' }], "userId eq 'a'");
    expect(await a.message()).toMatchObject({ target: 'bye' });
    expect(await a.message()).toEqual({ type: 7, error: 'over', allowReconnect: true });
    await execute([{ type: 'CloseConnection', reason: null }]);
    expect(await b.message()).toEqual({ type: 7, allowReconnect: true });
  });

  test('in an application', async () => {
    const [app, plain] = [await scene.client({ hub: 'app_chat' }), await scene.client()];
    await scene.call(`POST ${EXECUTE}?application=app`, { json: [say('m')] });
    expect(await app.message()).toMatchObject({ target: 'm' });
    expect(plain.frames.rest).toEqual([]);
  });

  test('whose names are written in any case, with numbers as they are', async () => {
    const client = await scene.client();
    const body = '[ {"Type":"SendMessage","Message":{"Target":"m","Arguments":[ 12345678901234567890 ]}} ]';
    await scene.call(`POST ${EXECUTE}`, { body });
    expect((await client.frames.next()).data.toString()).toContain('"arguments":[ 12345678901234567890 ]}');
  });

  test.each([
    ['no list', {}, 'The body must be a list of commands.'],
    ['another type', [say('m'), { type: 'Nothing' }], 'Command 2: The "type" must be SendMessage,'],
    ['no command', [5], 'Command 1: '],
    ['no message', [say('m'), { type: 'SendMessage' }], 'Command 2: A "message" is needed.'],
    ['no target', [say('m'), { type: 'SendMessage', message: {} }], 'The "target" must be the name of a method.'],
    ['an empty target', [say('m'), say('')], 'The "target" must not be empty.'],
    ['no group', [say('m'), say('m'), { type: 'JoinGroup' }], 'Command 3: A "group" is needed.'],
    ['an empty group', [say('m'), { type: 'LeaveGroup', group: '' }], 'Command 2: A "group" is needed.'],
    ['a long group', [say('m'), { type: 'JoinGroup', group: 'g'.repeat(1025) }], 'at most 1024 characters'],
    ['a reason that is no text', [say('m'), { type: 'CloseConnection', reason: 5 }], 'The "reason" must be a text.'],
  ])('with %s: none of them', async (_kind, json, message) => {
    const client = await scene.client();
    const answer = await scene.call(`POST ${EXECUTE}`, { json });
    expect(outline(answer)).toEqual({ status: 400, code: 'Error.Request.Invalid' });
    expect(JSON.parse(answer.text)).toMatchObject({ message: expect.stringContaining(message) });
    await execute([say('last')]);
    expect(await targetsBefore('last', client)).toEqual([]);
  });

  test('with a filter that cannot be understood: none of them', async () => {
    const answer = await scene.call(`POST ${EXECUTE}?filter=userId%20like%20'a'`, { json: [say('m')] });
    expect(outline(answer)).toEqual({ status: 400, code: 'Error.Request.Invalid' });
    expect(JSON.parse(answer.text)).toMatchObject({
      target: 'filter',
      message: expect.stringContaining('at character 8'),
    });
  });

  test('a group of the greatest length', async () => {
    await scene.client();
    const group = 'g'.repeat(1024);
    await execute([{ type: 'JoinGroup', group }]);
    expect((await scene.call(`GET /api/hubs/chat/groups/${group}`)).status).toBe(200);
  });
});

describe('a token for a client', () => {
  async function generate(query = '', headers: Record<string, string> = {}): Promise<string> {
    const answer = await scene.call(`POST /api/hubs/Chat/:generateToken${query}`, { headers });
    expect(answer.status).toBe(200);
    return z.strictObject({ token: z.string() }).parse(JSON.parse(answer.text)).token;
  }

  test('lets it in, as the user', async () => {
    const token = await generate('?userId=ann%20b&api-version=2022-11-01', { 'content-type': 'application/json' });
    expect(userIdOf(claimsFromJwt(decodeJwt(token)))).toBe('ann b');
    const answer = await httpRequest(scene.service, {
      method: 'POST',
      path: '/client/negotiate?hub=chat&negotiateVersion=1',
      headers: { authorization: `Bearer ${token}` },
    });
    expect(answer.status).toBe(200);
  });

  test('is signed with the primary key, for the address that the caller used', async () => {
    const token = await generate('?application=App', { host: 'signalr.example:99', 'x-forwarded-proto': 'https' });
    expect(decodeProtectedHeader(token)).toEqual({ alg: 'HS256', typ: 'JWT' });
    const audience = 'https://signalr.example:99/client/?hub=app_chat';
    const { payload } = await jwtVerify(token, Buffer.from(PRIMARY_KEY), { audience });
    expect(payload).not.toHaveProperty('nameid');
  });

  test.each([
    ['', 60],
    ['?minutesToExpire=', 60],
    ['?MinutesToExpire=5', 5],
  ])('"%s" is good for %d minutes', async (query, minutes) => {
    const { exp = 0, iat = 0 } = decodeJwt(await generate(query));
    expect(exp - iat).toBe(minutes * 60);
    expect(Math.abs(iat - Date.now() / 1000)).toBeLessThan(30);
  });

  test('opens nothing else', async () => {
    const token = await generate();
    expect((await scene.call('POST /api/hubs/chat/:send', { token, json: { target: 'm' } })).status).toBe(401);
  });
});
