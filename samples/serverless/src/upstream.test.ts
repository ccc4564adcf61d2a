import { createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { Guest } from './guest-list.ts';
import { Refusal } from './refusal.ts';
import { upstreamRoute } from './upstream.ts';

const ACCESS_KEY = 'the key of the service';
const CONNECTION_ID = 'abc';
const ANN: Guest = { connectionId: CONNECTION_ID, name: 'ann' };

/** An upstream that writes down what it is told. */
function createScene() {
  const told: unknown[] = [];
  const app = upstreamRoute({
    hub: 'auction',
    accessKeys: [ACCESS_KEY],
    connected: async (guest) => void told.push(['connected', guest]),
    disconnected: async (guest) => void told.push(['disconnected', guest]),
    methods: {
      add: async (caller, args) => {
        told.push(['add', caller, args]);
        return args.length;
      },
      forget: async () => undefined,
      refuse: async () => {
        throw new Refusal('Not today.');
      },
      break: async () => {
        throw new Error('of no concern to clients');
      },
    },
  });
  app.onError((_error, c) => c.text('', 500));
  const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
    app.request(path, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-asrs-connection-id': CONNECTION_ID,
        'x-asrs-user-id': 'ann',
        'x-asrs-signature': `sha256=${createHmac('sha256', ACCESS_KEY).update(CONNECTION_ID).digest('hex')}`,
        ...headers,
      },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
  const call = (method: string, args: unknown[], invocationId?: string) =>
    post(`/upstream/auction/messages/${method}`, { type: 1, invocationId, target: method, arguments: args });
  return { told, post, call };
}

const CONNECTED = '/upstream/auction/connections/connected';

describe('events', () => {
  test('of connections are passed on', async () => {
    const { post, told } = createScene();
    expect((await post(CONNECTED, { type: 10 })).status).toBe(204);
    expect((await post('/upstream/Auction/connections/disconnected', { Type: 11 })).status).toBe(204);
    expect(told).toEqual([
      ['connected', ANN],
      ['disconnected', ANN],
    ]);
  });

  test('bring names in UTF-8', async () => {
    const { post, told } = createScene();
    await post(CONNECTED, { type: 10 }, { 'x-asrs-user-id': Buffer.from('Zoë').toString('latin1') });
    expect(told).toEqual([['connected', { ...ANN, name: 'Zoë' }]]);
  });

  test.each([
    { why: 'for another hub', path: '/upstream/other/connections/connected', status: 404 },
    { why: 'that nobody knows', path: '/upstream/auction/connections/constructor', status: 404 },
    { why: 'of an unknown category', path: '/upstream/auction/other/connected', status: 404 },
    { why: 'that are not JSON', headers: { 'content-type': 'application/x-msgpack' }, status: 415 },
    { why: 'without signature', headers: { 'x-asrs-signature': '' }, status: 401 },
    { why: 'with the signature of another', headers: { 'x-asrs-connection-id': 'abd' }, status: 401 },
    { why: 'of nobody', headers: { 'x-asrs-user-id': '' }, status: 400 },
    { why: 'that are too large', body: 'x'.repeat(70_000), status: 413 },
  ])('$why are refused', async ({ path = CONNECTED, headers = {}, body = '{}', status }) => {
    const { post, told } = createScene();
    expect((await post(path, body, { 'content-length': String(body.length), ...headers })).status).toBe(status);
    expect(told).toEqual([]);
  });
});

describe('invocations', () => {
  test('are answered by one framed Completion', async () => {
    const { call, told } = createScene();
    const response = await call('Add', ['x', { y: 1 }], '7');
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('application/json');
    expect(await response.text()).toBe('{"type":3,"invocationId":"7","result":2}\u001e');
    expect(told).toEqual([['add', ANN, ['x', { y: 1 }]]]);
  });

  test('that give nothing have null as their result', async () => {
    const { call } = createScene();
    expect(await (await call('forget', [], '7')).text()).toBe('{"type":3,"invocationId":"7","result":null}\u001e');
  });

  test('that are refused get the reason', async () => {
    const { call } = createScene();
    const response = await call('refuse', [], '7');
    expect(response.status).toBe(200);
    expect(await response.text()).toBe('{"type":3,"invocationId":"7","error":"Not today."}\u001e');
  });

  test('that break are a 500', async () => {
    const { call } = createScene();
    expect((await call('break', [], '7')).status).toBe(500);
  });

  test('without an id want no answer', async () => {
    const { call, told } = createScene();
    for (const method of ['add', 'refuse']) {
      const response = await call(method, []);
      expect(response.status).toBe(204);
      expect(await response.text()).toBe('');
    }
    expect(told).toEqual([['add', ANN, []]]);
  });

  test.each([
    { why: 'no JSON', body: '{', status: 400 },
    { why: 'another method', body: { type: 1, target: 'forget', arguments: [] }, status: 400 },
    { why: 'a stream', body: { type: 4, invocationId: '1', target: 'add', arguments: [] }, status: 400 },
    { why: 'no arguments', body: { type: 1, target: 'add' }, status: 400 },
  ])('whose body is $why are refused', async ({ body, status }) => {
    const { post, told } = createScene();
    expect((await post('/upstream/auction/messages/add', body)).status).toBe(status);
    expect(told).toEqual([]);
  });

  test('of what is no method are refused', async () => {
    const { call } = createScene();
    expect((await call('toString', [], '7')).status).toBe(404);
  });
});
