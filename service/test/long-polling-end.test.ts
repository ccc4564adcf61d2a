// client-protocol 2.2, 2.5, 5.4, 5.5.
import { describe, expect, test } from 'vitest';
import { Clock } from './support/clock.ts';
import { HANDSHAKE } from './support/http-client.ts';
import { CLOCKED, HttpScene } from './support/http-scene.ts';
import { callText } from './support/payloads.ts';
import { expectData, expectGone, expectOver, NO_CONNECTION } from './support/poll-answers.ts';

const COME_BACK = '{"type":7,"allowReconnect":true}\x1e';
const LOST = '{"type":7,"error":"Connection closed with an error.","allowReconnect":true}\x1e';

describe('DELETE', () => {
  test('ends the connection, and the poll that waits', async () => {
    await using all = await HttpScene.start();
    const client = await all.polling();
    const { answer } = await client.pendingPoll();
    const { status, headers, text } = await client.end();
    expect({ status, text }).toEqual({ status: 202, text: '' });
    expect(headers).toMatchObject({ 'content-type': 'text/plain', 'content-length': '0' });
    expectData(await answer, COME_BACK);
    await all.expectToldOnce(client);
    expect(all.closeCategories).toEqual(['Normal']);
    expect(all.service.counts.clients).toBe(0);
    expect(await client.end()).toMatchObject({ status: 404, text: NO_CONNECTION });
    expectGone(await client.poll());
    expect(await client.post('x')).toMatchObject({ status: 404, text: NO_CONNECTION });
  });

  test('ends a connection between polls at once', async () => {
    await using all = await HttpScene.start();
    const client = await all.polling();
    all.server.sendText(client.connectionId, callText('for nobody'));
    await all.server.settled();
    expect((await client.end()).status).toBe(202);
    await all.expectToldOnce(client);
    expect(all.service.counts.clients).toBe(0);
    expectGone(await client.poll());
    expect((await client.end()).status).toBe(404);
  });

  test('before the hub handshake ends the poll without a word', async () => {
    await using all = await HttpScene.start();
    const client = await all.negotiate();
    await client.poll();
    const { answer } = await client.pendingPoll();
    expect((await client.end()).status).toBe(202);
    expectOver(await answer);
    await all.expectToldNothing();
    expect(all.service.counts.clients).toBe(0);
  });

  test('of a client that says goodbye first', async () => {
    await using all = await HttpScene.start();
    const client = await all.polling();
    await client.post('{"type":7}\x1e');
    await client.end();
    expect(await all.server.expectText(client.connectionId)).toBe('{"type":7}\x1e');
    await all.expectToldOnce(client);
  });
});

describe('an end by the service', () => {
  test('the app server closes while a poll waits: Close, then 204, then 404', async () => {
    await using all = await HttpScene.start();
    const client = await all.polling();
    const { answer } = await client.pendingPoll();
    all.server.sendText(client.connectionId, callText('last words'));
    all.server.send({ type: 5, connectionId: client.connectionId, error: 'Because.', headers: [] });
    expectData(await answer, `${callText('last words')}{"type":7,"error":"Because."}\x1e`);
    expect(await client.post('x')).toMatchObject({ status: 404, text: '' });
    expect(await client.end()).toMatchObject({ status: 404, text: NO_CONNECTION });
    expectOver(await client.poll());
    expect(all.service.counts.clients).toBe(0);
    expectGone(await client.poll());
    await all.expectToldNothing();
    expect(all.closeCategories).toEqual(['ClosedByAppServer']);
  });

  test('the app server closes between polls: the next one gets all', async () => {
    await using all = await HttpScene.start();
    const client = await all.polling();
    const payload = Buffer.from('{"type":7,"error":"Its own."}\x1e');
    all.server.sendText(client.connectionId, callText('last words'));
    all.server.send(
      { type: 6, connectionId: client.connectionId, payload, dataType: 4 },
      { type: 5, connectionId: client.connectionId, error: 'Its own.', headers: [] },
    );
    await all.server.settled();
    expectData(await client.poll(), `${callText('last words')}${payload.toString()}`);
    expectOver(await client.poll());
    expectGone(await client.poll());
  });

  test('nothing is left to say: 204, then 404', async () => {
    await using all = await HttpScene.start();
    const client = await all.polling();
    const payload = Buffer.from('{"type":7}\x1e');
    all.server.send({ type: 6, connectionId: client.connectionId, payload, dataType: 4 });
    expectData(await client.poll(), '{"type":7}\x1e');
    const { answer } = await client.pendingPoll();
    all.server.send({ type: 5, connectionId: client.connectionId, error: '', headers: [] });
    expectOver(await answer);
    expectGone(await client.poll());
  });

  test('a client that does not poll any more is forgotten', async () => {
    using clock = new Clock();
    await using all = await HttpScene.start({ timers: CLOCKED });
    const client = await all.polling();
    all.server.send({ type: 5, connectionId: client.connectionId, error: '', headers: [] });
    await all.server.settled();
    await all.pass(clock, 5000);
    expect(all.service.counts.clients).toBe(0);
    expectGone(await client.poll());
    await all.expectToldNothing();
  });

  test('a client that may stay away for longer hears of it later', async () => {
    using clock = new Clock();
    await using all = await HttpScene.start({ timers: CLOCKED });
    const client = await all.polling({ claims: { 'asrs.s.ttl': '60' } });
    all.server.send({ type: 5, connectionId: client.connectionId, error: 'Because.', headers: [] });
    await all.server.settled();
    await all.pass(clock, 59_000);
    expectData(await client.poll(), '{"type":7,"error":"Because."}\x1e');
  });

  test('a lost server connection', async () => {
    await using all = await HttpScene.start();
    const client = await all.polling();
    const { answer } = await client.pendingPoll();
    all.server.webSocket.terminate();
    expectData(await answer, LOST);
    expectOver(await client.poll());
    expectGone(await client.poll());
  });

  test('an expired authentication', async () => {
    using clock = new Clock();
    await using all = await HttpScene.start({ timers: CLOCKED });
    const seconds = Math.floor(Date.now() / 1000) + 60;
    const client = await all.polling({ claims: { 'asrs.s.coae': 'true', 'asrs.s.aeo': `${seconds}` } });
    const { answer } = await client.pendingPoll();
    await all.pass(clock, 60_000);
    expectData(await answer, COME_BACK);
    await all.expectToldOnce(client);
    expect(all.closeCategories).toEqual(['Unauthorized']);
    expectOver(await client.poll());
  });

  test('a stop of the service, while a poll waits and between polls', async () => {
    await using all = await HttpScene.start();
    const waiting = await all.polling();
    const away = await all.polling();
    const { answer } = await waiting.pendingPoll();
    const stopped = all.service.close();
    expectData(await answer, COME_BACK);
    await stopped;
    expect(all.service.counts.clients).toBe(0);
    expect(all.closeCategories).toEqual(['ServiceReload', 'ServiceReload']);
    await all.server.closed;
    const told = all.server.messages.rest.flatMap((one) => (one.type === 5 ? [one.connectionId] : []));
    expect(told.toSorted()).toEqual([waiting.connectionId, away.connectionId].toSorted());
  });
});

describe('the hub handshake', () => {
  test('that does not come', async () => {
    using clock = new Clock();
    await using all = await HttpScene.start({ timers: CLOCKED });
    const client = await all.negotiate();
    await client.poll();
    const { answer } = await client.pendingPoll();
    await all.pass(clock, 15_000);
    expectData(await answer, '{"error":"Handshake was canceled."}\x1e');
    expectOver(await client.poll());
    expectGone(await client.poll());
    await all.expectToldNothing();
  });

  test('that the app server does not answer', async () => {
    using clock = new Clock();
    await using all = await HttpScene.start({ timers: CLOCKED, server: { answersHubHandshake: false } });
    const client = await all.negotiate({ claims: { 'asrs.s.cht': '3' } });
    await client.poll();
    await client.post(HANDSHAKE);
    await all.server.expect(6);
    await all.server.expect(4);
    const { answer } = await client.pendingPoll();
    await all.pass(clock, 3000);
    expectData(await answer, '{"error":"Handshake was canceled."}\x1e');
    await all.expectToldOnce(client, 'Handshake was canceled.');
  });

  test('that nobody can answer', async () => {
    await using all = await HttpScene.start();
    const client = await all.negotiate({ hub: 'empty' });
    await client.poll();
    expect((await client.post(HANDSHAKE)).status).toBe(200);
    const { text } = await client.poll();
    expect(text).toMatch(/^\{"error":"SignalR Service is now in 'Default' service mode\./);
    expect(text.indexOf('\x1e')).toBe(text.length - 1);
    expectOver(await client.poll());
    expectGone(await client.poll());
  });
});
