// client-protocol 2.2, 2.4, 2.5; service-protocol 12.6: what clients without a WebSocket send.
import { describe, expect, test } from 'vitest';
import { Clock } from './support/clock.ts';
import { HANDSHAKE, type HttpClient } from './support/http-client.ts';
import type { HttpAnswer } from './support/http-request.ts';
import { HttpScene } from './support/http-scene.ts';
import { RawClient } from './support/raw-client.ts';
import { opened } from './support/scene.ts';
import { makeToken, sdkAudience } from './support/tokens.ts';

const KIB = 1024;
const ORIGIN = 'https://page.example';
const TOO_LARGE = 'The body of a POST is too large. Send less at once, or use WebSockets.';
const TOO_SLOW = 'The body of the POST did not come in time. Send it again.';
const TOO_MANY = 'Too many POSTs wait on this connection. Send one after the other.';
const NOT_READ = 'The app server takes no more for now. Send it again later.';

const opens = {
  LongPolling: (all: HttpScene): Promise<HttpClient> => all.polling(),
  ServerSentEvents: async (all: HttpScene): Promise<HttpClient> => (await all.streaming()).client,
};

function expectTaken({ status, headers, text }: HttpAnswer): void {
  expect({ status, text }).toEqual({ status: 200, text: '' });
  expect(headers).toMatchObject({ 'content-type': 'text/plain', 'content-length': '0' });
}

/** A POST that was turned away, and left the connection as it was. */
async function expectRefused(all: HttpScene, client: HttpClient, answer: HttpAnswer, expected: object): Promise<void> {
  expect(answer).toMatchObject(expected);
  expect(answer.headers['content-type']).toMatch(/^text\/plain/);
  expectTaken(await client.post('goes on'));
  expect(await all.server.expectText(client.connectionId)).toBe('goes on');
  expect(all.closeCategories).toEqual([]);
}

describe.each(['LongPolling', 'ServerSentEvents'] as const)('a POST over %s', (kind) => {
  const open = opens[kind];

  test.each(['{"type":6}\x1e', '{"type":6}\x1e{"type":1,', 'no JSON', '\r\n\r\n', 'ü€'])(
    'brings %j as it is',
    async (text) => {
      await using all = await HttpScene.start();
      const client = await open(all);
      for (const type of ['text/plain;charset=UTF-8', 'application/octet-stream', 'application/json', 'no type']) {
        expectTaken(await client.post(text, { headers: { 'content-type': type } }));
        expect(await all.server.expectText(client.connectionId)).toBe(text);
      }
    },
  );

  test('brings bytes as they are', async () => {
    await using all = await HttpScene.start();
    const client = await open(all);
    const bytes = Buffer.from([0xff, 0, 0x1e, 0xc3, 0x28, 0x0a]);
    expectTaken(await client.post(bytes));
    expect((await all.server.expect(6)).payload).toEqual(bytes);
  });

  test('may be empty, and brings nothing then', async () => {
    await using all = await HttpScene.start();
    const client = await open(all);
    expectTaken(await client.post(''));
    await all.expectToldNothing();
  });

  test('waits for those before it: each comes whole, in order', async () => {
    await using all = await HttpScene.start();
    const client = await open(all);
    using first = await client.openPost('fi');
    const second = client.post('second');
    using third = await client.openPost('third');
    expect(all.server.messages.rest).toEqual([]);
    const answers = [first.finish('rst'), second, third.finish()];
    for (const answer of await Promise.all(answers)) expectTaken(answer);
    expect(await all.server.expectText(client.connectionId)).toBe('first');
    const rest = [await all.server.expectText(client.connectionId), await all.server.expectText(client.connectionId)];
    expect(rest.toSorted()).toEqual(['second', 'third']);
  });

  test.each([
    { how: 'with its length', chunked: false },
    { how: 'in chunks', chunked: true },
  ])('may be as large as the limit, $how', async ({ chunked }) => {
    await using all = await HttpScene.start({ limits: { clientPostBytes: KIB } });
    const client = await open(all);
    const headers: Record<string, string> = chunked ? { 'transfer-encoding': 'chunked' } : {};
    expectTaken(await client.post('x'.repeat(KIB), { headers }));
    expect(await all.server.expectText(client.connectionId)).toHaveLength(KIB);
    const refused = await client.post('x'.repeat(KIB + 1), { headers });
    await expectRefused(all, client, refused, { status: 413, text: TOO_LARGE });
  });

  test('whose body does not come is over in time', async () => {
    await using all = await HttpScene.start({ timers: { postMs: 50 } });
    const client = await open(all);
    using slow = await client.openPost('never the rest');
    await expectRefused(all, client, await slow.answer, { status: 408, text: TOO_SLOW });
  });

  test('is one too many', async () => {
    await using all = await HttpScene.start({ limits: { clientPosts: 2 } });
    const client = await open(all);
    using first = await client.openPost('1');
    using second = await client.openPost('2');
    expect(await client.post('3')).toMatchObject({ status: 429, text: TOO_MANY });
    expectTaken(await first.finish());
    expectTaken(await second.finish());
    for (const text of ['1', '2']) expect(await all.server.expectText(client.connectionId)).toBe(text);
    expectTaken(await client.post('3'));
  });

  test('that breaks off brings nothing', async () => {
    await using all = await HttpScene.start();
    const client = await open(all);
    const broken = await client.openPost('never the rest');
    broken[Symbol.dispose]();
    expect(await all.events.next('requestRefused')).toMatchObject({ status: 400, path: '/client', reason: '' });
    expectTaken(await client.post('goes on'));
    expect(await all.server.expectText(client.connectionId)).toBe('goes on');
    expect(all.events.of('requestRefused')).toHaveLength(1);
  });

  test('that waits when the connection ends is told so', async () => {
    await using all = await HttpScene.start();
    const client = await open(all);
    using first = await client.openPost('fi');
    using second = await client.openPost('second');
    all.server.send({ type: 5, connectionId: client.connectionId, error: '', headers: [] });
    await all.server.settled();
    for (const answer of [await first.finish('rst'), await second.finish()]) {
      expect(answer).toMatchObject({ status: 404, text: '' });
      expect(answer.headers['content-type']).toMatch(/^text\/plain/);
    }
    await all.expectToldNothing();
  });

  test('is authenticated each time, by the token of the moment', async () => {
    await using all = await HttpScene.start();
    const client = await open(all);
    const key = /AccessKey=([^;]+)/.exec(all.service.connectionString)?.[1] ?? '';
    const audience = sdkAudience('client', 'chat');
    const good = client.token;
    for (const bad of [
      await makeToken({ key, audience, expiresIn: -301 }),
      await makeToken({ key: 'another key of thirty-two bytes or more', audience }),
      await makeToken({ key, audience: sdkAudience('client', 'other') }),
      '',
    ]) {
      client.token = bad;
      const refused = await client.post('x', { headers: { origin: ORIGIN } });
      expect(refused.status).toBe(401);
      expect(refused.headers['www-authenticate']).toMatch(/^Bearer/);
      expect(refused.headers['access-control-allow-origin']).toBe(ORIGIN);
    }
    client.token = await makeToken({ key, audience, expiresIn: 7200 });
    expectTaken(await client.post('a new token'));
    client.token = good;
    expectTaken(await client.post('the old one'));
    expect(await all.server.expectText(client.connectionId)).toBe('a new token');
    expect(await all.server.expectText(client.connectionId)).toBe('the old one');
    expect(all.closeCategories).toEqual([]);
  });

  test.each([ORIGIN, undefined])('answers pages, origin %s', async (origin) => {
    await using all = await HttpScene.start({ limits: { clientPostBytes: 100 } });
    const client = await open(all);
    const own = origin === undefined ? {} : { headers: { origin } };
    for (const { headers } of [await client.post('x', own), await client.post('x'.repeat(101), own)]) {
      expect(headers['access-control-allow-origin']).toBe(origin);
      expect(headers['access-control-allow-credentials']).toBe(origin === undefined ? undefined : 'true');
      expect(headers['vary']).toBe('Origin');
    }
  });

  describe('to an app server that does not read', () => {
    const LIMITS = { serverQueueBytes: 64 * KIB, clientPosts: 1000 };
    const TEXT = 'x'.repeat(64 * KIB);

    /** Has another client send until the service reads no client of the app server any more. */
    async function stopReading({ server, service, events }: HttpScene): Promise<void> {
      const filler = await RawClient.connect(service);
      opened.push(filler);
      await server.expect(4);
      server.webSocket.pause();
      const stopped = events.next('serverFlowStopped').then(() => true);
      for (let isStopped = false; !isStopped; ) {
        const written = new Promise<boolean>((resolve) => filler.webSocket.send(TEXT, () => resolve(false)));
        isStopped = await Promise.race([written, stopped]);
      }
    }

    test('waits until it does', async () => {
      await using all = await HttpScene.start({ limits: LIMITS });
      const client = await open(all);
      await stopReading(all);
      let answered = 0;
      const posts = ['one', 'two', 'three'].map(async (text) => {
        const answer = await client.post(text);
        answered += 1;
        return answer;
      });
      // Another client's exchange takes as many turns as an answer would.
      await all.negotiate();
      await all.negotiate();
      expect(answered).toBe(0);
      all.server.webSocket.resume();
      for (const answer of await Promise.all(posts)) expectTaken(answer);
      const texts: string[] = [];
      for (let count = 0; count < 3; count++) texts.push(await all.server.expectText(client.connectionId));
      expect(texts.toSorted()).toEqual(['one', 'three', 'two']);
    });

    test('is given up in time, and brings nothing', async () => {
      await using all = await HttpScene.start({ limits: LIMITS, timers: { postMs: 50 } });
      const client = await open(all);
      await stopReading(all);
      expect(await client.post('lost')).toMatchObject({ status: 503, text: NOT_READ });
      all.server.webSocket.resume();
      await all.events.next('serverFlowResumed');
      expectTaken(await client.post('goes on'));
      expect(await all.server.expectText(client.connectionId)).toBe('goes on');
    });
  });
});

describe('a POST before the transport opens', () => {
  const opensTransport = {
    LongPolling: async (_all: HttpScene, client: HttpClient) => {
      await client.poll();
    },
    ServerSentEvents: async (all: HttpScene, client: HttpClient) => {
      await all.stream(client);
    },
  };

  test.each(['LongPolling', 'ServerSentEvents'] as const)('waits for %s, in order', async (kind) => {
    await using all = await HttpScene.start();
    const client = await all.negotiate();
    using first = await client.openPost(HANDSHAKE.slice(0, 5));
    const second = client.post('one');
    expectTaken(await first.finish(HANDSHAKE.slice(5)));
    expectTaken(await second);
    expectTaken(await client.post(''));
    expectTaken(await client.post('two'));
    await all.expectToldNothing();
    await opensTransport[kind](all, client);
    for (const text of ['one', 'two']) expect(await all.server.expectText(client.connectionId)).toBe(text);
  });

  test.each(['LongPolling', 'ServerSentEvents'] as const)('may end after %s began', async (kind) => {
    await using all = await HttpScene.start();
    const client = await all.negotiate();
    using post = await client.openPost(HANDSHAKE.slice(0, 5));
    await opensTransport[kind](all, client);
    expectTaken(await post.finish(HANDSHAKE.slice(5)));
    expect(await all.server.expect(4)).toMatchObject({ connectionId: client.connectionId });
  });

  test('may be as large as the limit, all together', async () => {
    await using all = await HttpScene.start({ limits: { clientPostBytes: KIB } });
    const client = await all.negotiate();
    expect(await client.post('x'.repeat(KIB + 1))).toMatchObject({ status: 413, text: TOO_LARGE });
    expectTaken(await client.post(HANDSHAKE));
    expectTaken(await client.post('x'.repeat(KIB - HANDSHAKE.length)));
    expect(await client.post('x')).toMatchObject({ status: 413, text: TOO_LARGE });
    await client.poll();
    expect(await all.server.expectText(client.connectionId)).toHaveLength(KIB - HANDSHAKE.length);
  });

  test('is one too many', async () => {
    await using all = await HttpScene.start({ limits: { clientPosts: 2 } });
    const client = await all.negotiate();
    using first = await client.openPost(HANDSHAKE);
    using second = await client.openPost('2');
    expect(await client.post('3')).toMatchObject({ status: 429, text: TOO_MANY });
    expectTaken(await first.finish());
    expectTaken(await second.finish());
    await client.poll();
    expect(await all.server.expectText(client.connectionId)).toBe('2');
  });

  test('whose body does not come is over in time', async () => {
    using _clock = new Clock();
    await using all = await HttpScene.start({ timers: { negotiateMs: 50 } });
    const client = await all.negotiate();
    using slow = await client.openPost('never the rest');
    expect(await slow.answer).toMatchObject({ status: 408, text: TOO_SLOW });
    expectTaken(await client.post(HANDSHAKE));
    await client.poll();
    expect(await all.server.expect(4)).toMatchObject({ connectionId: client.connectionId });
  });

  test('of a connection that was not opened in time is for nobody', async () => {
    using clock = new Clock();
    await using all = await HttpScene.start();
    const client = await all.negotiate();
    using post = await client.openPost(HANDSHAKE.slice(0, 5));
    clock.advance(5000);
    // A leap spares those who knock: two sweeps are needed.
    while ((await client.end()).status !== 404);
    expect(await post.finish(HANDSHAKE.slice(5))).toMatchObject({ status: 404 });
    expect((await client.poll()).status).toBe(404);
  });
});
