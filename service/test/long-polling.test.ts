// client-protocol 2.1, 2.2, 2.5, 5.2, 5.5; service-protocol 12.6.
import { messagePackHubProtocol } from '@signalite/protocol/messagepack';
import { describe, expect, test } from 'vitest';
import { Clock } from './support/clock.ts';
import { untilSockets } from './support/footprint.ts';
import { HANDSHAKE } from './support/http-client.ts';
import { type HttpAnswer, httpRequest } from './support/http-request.ts';
import { CLOCKED, HttpScene } from './support/http-scene.ts';
import { call, callText } from './support/payloads.ts';
import { BINARY, expectData, expectGone, expectOver, NO_CACHE, NO_CONNECTION } from './support/poll-answers.ts';
import { makeToken, sdkAudience } from './support/tokens.ts';

describe('the first poll', () => {
  test('is answered at once, and nobody else hears of it', async () => {
    await using all = await HttpScene.start();
    const client = await all.negotiate();
    expectData(await client.poll(), '');
    expect(all.events.of('clientConnected')).toEqual([
      {
        name: 'clientConnected',
        hub: 'chat',
        connectionId: client.connectionId,
        userId: undefined,
        transport: 'LongPolling',
      },
    ]);
    await all.expectToldNothing();
  });

  test.each(['*/*', 'application/json, text/plain'])('is whatever accepts %s', async (accept) => {
    await using all = await HttpScene.start();
    const client = await all.negotiate();
    expectData(await client.poll({ headers: { accept } }), '');
  });

  test('goes before the one that the .NET client sends with it', async () => {
    await using all = await HttpScene.start();
    const client = await all.negotiate();
    const polls = [client.poll(), client.poll()];
    expectData(await Promise.race(polls), '');
    await client.post(HANDSHAKE);
    const texts = (await Promise.all(polls)).map(({ text }) => text);
    expect(texts.toSorted()).toEqual(['', '{}\x1e']);
  });

  test('comes after POSTs that were early: they wait for it, in order', async () => {
    await using all = await HttpScene.start();
    const client = await all.negotiate();
    for (const part of [HANDSHAKE.slice(0, 10), HANDSHAKE.slice(10), 'one ', '', 'two']) {
      expect(await client.post(part)).toMatchObject({ status: 200, text: '' });
    }
    await all.expectToldNothing();
    expectData(await client.poll(), '');
    expect(await all.server.expect(4)).toMatchObject({ connectionId: client.connectionId });
    expect(await all.server.expectText(client.connectionId)).toBe('one ');
    expect(await all.server.expectText(client.connectionId)).toBe('two');
    expectData(await client.poll(), '{}\x1e');
  });
});

describe('a poll', () => {
  test('gets all that came since the last one, in order', async () => {
    await using all = await HttpScene.start();
    const client = await all.polling();
    all.server.sendText(client.connectionId, callText('one'));
    all.server.send({ type: 10, excludedConnectionIds: [], payloads: call('two', 'ü€') });
    all.server.sendText(client.connectionId, `${callText('three')}${callText('four')}`);
    await all.server.settled();
    const expected = [callText('one'), callText('two', 'ü€'), callText('three'), callText('four')];
    expectData(await client.poll(), expected.join(''));
  });

  test('waits for something to come', async () => {
    await using all = await HttpScene.start();
    const client = await all.polling();
    for (const target of ['one', 'two']) {
      const { answer } = await client.pendingPoll();
      all.server.sendText(client.connectionId, callText(target));
      expectData(await answer, callText(target));
    }
  });

  test('carries MessagePack as it is', async () => {
    await using all = await HttpScene.start();
    const client = await all.polling({ protocol: 'messagepack' });
    const item = new Uint8Array([0, 10, 13, 0x1e, 255]);
    const message = messagePackHubProtocol.encode({ type: 1, target: 't', arguments: [item] });
    all.server.send({ type: 6, connectionId: client.connectionId, payload: message });
    const answer = await client.poll();
    expect(answer.bytes).toEqual(Buffer.from(message));
    expect(answer.headers).toMatchObject({ 'content-type': BINARY, 'content-length': `${message.length}` });
    expect((await client.post(message)).status).toBe(200);
    expect((await all.server.expect(6)).payload).toEqual(Buffer.from(message));
    all.server.send({ type: 5, connectionId: client.connectionId, error: 'Because.', headers: [] });
    const last = messagePackHubProtocol.encode({ type: 7, error: 'Because.' });
    expect((await client.poll()).bytes).toEqual(Buffer.from(last));
  });

  test('takes the place of one that waits', async () => {
    await using all = await HttpScene.start();
    const client = await all.polling();
    const first = await client.pendingPoll();
    expectOver(first.replaced);
    const second = await client.pendingPoll();
    expectOver(await first.answer);
    expectOver(second.replaced);
    all.server.sendText(client.connectionId, callText('to the last'));
    expectData(await second.answer, callText('to the last'));
  });

  test('that its client dropped loses nothing that comes later', async () => {
    await using all = await HttpScene.start();
    const client = await all.polling();
    const drop = new AbortController();
    const { answer } = await client.pendingPoll({ signal: drop.signal });
    drop.abort();
    await expect(answer).rejects.toThrow();
    // The app server's connection is left, with both its ends.
    await untilSockets(2);
    all.server.sendText(client.connectionId, callText('later'));
    expectData(await client.poll(), callText('later'));
  });

  test('may have more parameters', async () => {
    await using all = await HttpScene.start();
    const client = await all.polling({ query: '&_=1700000000000&negotiateVersion=1' });
    all.server.sendText(client.connectionId, callText('one'));
    expectData(await client.poll(), callText('one'));
  });
});

describe('a poll without anything to answer', () => {
  const lifetimes = [{}, { 'asrs.s.ttl': '1' }];

  test.each(lifetimes)('is told so after 90 s, claims %o', async (claims) => {
    using clock = new Clock();
    await using all = await HttpScene.start({ timers: CLOCKED });
    const client = await all.polling({ claims });
    const { answer } = await client.pendingPoll();
    await all.pass(clock, 90_000);
    const { status, headers, text } = await answer;
    expect({ status, text }).toEqual({ status: 200, text: '' });
    expect(headers).toMatchObject({ ...NO_CACHE, 'content-type': 'text/plain', 'content-length': '0' });
    all.server.sendText(client.connectionId, callText('later'));
    expectData(await client.poll(), callText('later'));
  });

  test.each(lifetimes)('waits until then, claims %o', async (claims) => {
    using clock = new Clock();
    await using all = await HttpScene.start({ timers: CLOCKED });
    const client = await all.polling({ claims });
    const { answer } = await client.pendingPoll();
    await all.pass(clock, 89_999);
    all.server.sendText(client.connectionId, callText('just in time'));
    expectData(await answer, callText('just in time'));
  });
});

describe('time without a poll', () => {
  test.each([
    { claims: {}, ms: 5000 },
    { claims: { 'asrs.s.ttl': '1' }, ms: 1000 },
    { claims: { 'asrs.s.ttl': '300' }, ms: 300_000 },
    { claims: { 'asrs.s.ttl': '0' }, ms: 5000 },
    { claims: { 'asrs.s.ttl': '301' }, ms: 5000 },
    { claims: { 'asrs.s.ttl': 'long' }, ms: 5000 },
  ])('ends the connection: $claims', async ({ claims, ms }) => {
    using clock = new Clock();
    await using all = await HttpScene.start({ timers: CLOCKED });
    const client = await all.polling({ claims });
    await all.pass(clock, ms - 1);
    all.server.sendText(client.connectionId, callText('kept meanwhile'));
    expectData(await client.poll(), callText('kept meanwhile'));
    expect(all.closeCategories).toEqual([]);
    all.server.sendText(client.connectionId, callText('for nobody'));
    await all.pass(clock, ms);
    await all.expectToldOnce(client);
    expect(all.closeCategories).toEqual(['PingTimeout']);
    expect(all.service.counts.clients).toBe(0);
    expectGone(await client.poll());
    expect(await client.post('x')).toMatchObject({ status: 404, text: NO_CONNECTION });
  });

  test('does not run while a poll waits, and starts anew when its client drops it', async () => {
    using clock = new Clock();
    await using all = await HttpScene.start({ timers: CLOCKED });
    const client = await all.polling();
    const drop = new AbortController();
    const { answer } = await client.pendingPoll({ signal: drop.signal });
    await all.pass(clock, 60_000);
    drop.abort();
    await expect(answer).rejects.toThrow();
    await untilSockets(2);
    await all.pass(clock, 4999);
    expect(all.closeCategories).toEqual([]);
    await all.pass(clock, 2);
    await all.expectToldOnce(client);
  });

  test('POSTs are no polls', async () => {
    using clock = new Clock();
    await using all = await HttpScene.start({ timers: CLOCKED });
    const client = await all.polling();
    await all.pass(clock, 4000);
    await client.post('{"type":6}\x1e');
    expect(await all.server.expectText(client.connectionId)).toBe('{"type":6}\x1e');
    await all.pass(clock, 1000);
    await all.expectToldOnce(client);
  });

  test('a client that went before its handshake is nobody to tell of', async () => {
    using clock = new Clock();
    await using all = await HttpScene.start({ timers: CLOCKED });
    const client = await all.negotiate();
    await client.poll();
    await all.pass(clock, 5000);
    expect(all.closeCategories).toEqual(['PingTimeout']);
    await all.expectToldNothing();
    expectGone(await client.poll());
  });
});

describe('the token', () => {
  test('is looked at for each poll, and a bad one harms nothing', async () => {
    await using all = await HttpScene.start();
    const client = await all.polling();
    const key = /AccessKey=([^;]+)/.exec(all.service.connectionString)?.[1] ?? '';
    const audience = sdkAudience('client', 'chat');
    for (const bad of ['', 'nonsense', await makeToken({ key, audience, expiresIn: -301 })]) {
      client.token = bad;
      for (const refused of [await client.poll(), await client.end()]) {
        expect(refused.status).toBe(401);
        expect(refused.headers).toMatchObject(NO_CACHE);
        expect(refused.headers['www-authenticate']).toMatch(/^Bearer/);
      }
    }
    client.token = await makeToken({ key, audience, expiresIn: 7200 });
    all.server.sendText(client.connectionId, callText('kept'));
    expectData(await client.poll(), callText('kept'));
  });

  test('that expires ends the polls', async () => {
    using clock = new Clock();
    await using all = await HttpScene.start({ timers: CLOCKED });
    const client = await all.polling({ claims: { 'asrs.s.ttl': '300' } });
    const key = /AccessKey=([^;]+)/.exec(all.service.connectionString)?.[1] ?? '';
    client.token = await makeToken({ key, audience: sdkAudience('client', 'chat'), expiresIn: -200 });
    const { answer } = await client.pendingPoll();
    // A clock may differ by five minutes.
    await all.pass(clock, 101_000);
    expect((await answer).status).toBe(200);
    expect((await client.poll()).status).toBe(401);
    await all.pass(clock, 300_000);
    await all.expectToldOnce(client);
  });

  test('may be in the query', async () => {
    await using all = await HttpScene.start();
    const client = await all.polling();
    all.server.sendText(client.connectionId, callText('one'));
    expectData(
      await httpRequest(all.service, { path: `${client.path}&access_token=${client.token}` }),
      callText('one'),
    );
  });
});

describe('pages', () => {
  const origin = 'https://page.example';
  const own = { headers: { origin } };

  function expectGranted({ headers }: HttpAnswer): void {
    expect(headers).toMatchObject({
      'access-control-allow-origin': origin,
      'access-control-allow-credentials': 'true',
      vary: 'Origin',
    });
  }

  test('may read every answer', async () => {
    await using all = await HttpScene.start();
    const client = await all.negotiate();
    expectGranted(await client.poll(own));
    await client.post(HANDSHAKE);
    expectGranted(await client.poll(own));
    const { replaced, answer } = await client.pendingPoll(own);
    expectGranted(replaced);
    expect(await client.refusedEvents(own)).toMatchObject({ status: 400 });
    expectGranted(await client.refusedEvents(own));
    expectGranted(await client.end(own));
    expectGranted(await answer);
    const gone = await client.poll(own);
    expectGone(gone);
    expectGranted(gone);
    client.token = 'none';
    const refused = await client.poll(own);
    expect(refused.status).toBe(401);
    expectGranted(refused);
  });

  test('unless they are elsewhere', async () => {
    await using all = await HttpScene.start({ allowedOrigins: ['https://other.example'] });
    const client = await all.negotiate();
    for (const { headers } of [await client.poll(own), await client.post('', own), await client.end(own)]) {
      expect(headers).not.toHaveProperty('access-control-allow-origin');
      expect(headers['vary']).toBe('Origin');
    }
  });
});
