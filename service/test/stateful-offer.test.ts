// client-protocol 4.1, 4.4; service-protocol 10.1: when a client may come back on a new socket.
import { ServiceModeName, type ServiceOptions, startService } from 'signalite';
import { describe, expect, test } from 'vitest';
import { type AppServerOptions, FakeAppServer } from './support/fake-app-server.ts';
import { httpRequest } from './support/http-request.ts';
import { RawClient } from './support/raw-client.ts';
import { RecordedEvents } from './support/recorded-events.ts';
import type { ServiceAddress } from './support/service-address.ts';
import { StatefulClient } from './support/stateful-client.ts';
import { ALLOWS, StatefulScene } from './support/stateful-scene.ts';

const OFFER = '{"useStatefulReconnect":true,"negotiateVersion":1,';
const WEAK = 2;
const CLOSE_SENT = 4;
const NONE = { status: 404, text: 'No Connection with that ID' };

function start(options: ServiceOptions = {}) {
  return startService({ host: '127.0.0.1', port: 0, timers: { sweepMs: 5 }, ...options });
}

describe('the offer', () => {
  const allows = ALLOWS;
  const forbids: AppServerOptions = {};
  const old: AppServerOptions = { generation: 'old' };
  const weak: AppServerOptions = { connectionType: WEAK };

  test.each([
    { servers: [], isOffered: false, what: 'no app server' },
    { servers: [allows], isOffered: true, what: 'one that allows it' },
    { servers: [allows, allows], isOffered: true, what: 'two that allow it' },
    { servers: [allows, forbids], isOffered: false, what: 'one of two that does not' },
    { servers: [old], isOffered: false, what: 'one that is too old to know' },
    { servers: [allows, old], isOffered: false, what: 'one of two that is too old to know' },
    { servers: [allows, weak], isOffered: true, what: 'one that allows it, and a connection that takes no clients' },
    { servers: [{ ...allows, ...weak }], isOffered: false, what: 'a connection that takes no clients' },
    { servers: [{ ...allows, hub: 'other' }], isOffered: false, what: 'one of another hub' },
  ])('with $what: $isOffered', async ({ servers, isOffered }) => {
    await using service = await start();
    const opened = await Promise.all(servers.map((options) => FakeAppServer.connect(service, options)));
    const { negotiated } = await StatefulClient.negotiate(service);
    expect(negotiated.startsWith(OFFER)).toBe(isOffered);
    expect(negotiated.includes('useStatefulReconnect')).toBe(isOffered);
    for (const server of opened) server[Symbol.dispose]();
  });

  test('follows the app servers that come and go', async () => {
    await using service = await start();
    const isOffered = async () => (await StatefulClient.negotiate(service)).negotiated.startsWith(OFFER);
    using _lasting = await FakeAppServer.connect(service, ALLOWS);
    expect(await isOffered()).toBe(true);
    using old = await FakeAppServer.connect(service, { generation: 'old' });
    expect(await isOffered()).toBe(false);
    // One that announced its end takes no new clients.
    old.send({ type: 3, values: ['shutdown', 'fin:2'] });
    await old.expect(3);
    expect(await isOffered()).toBe(true);
  });

  test.each([
    { query: '', isOffered: false },
    { query: '&useStatefulReconnect=false', isOffered: false },
    { query: '&useStatefulReconnect=1', isOffered: false },
    { query: '&UseStatefulReconnect=True', isOffered: true },
  ])('a client that asks "$query": $isOffered', async ({ query, isOffered }) => {
    await using service = await start();
    using _server = await FakeAppServer.connect(service, ALLOWS);
    const { negotiated } = await StatefulClient.negotiate(service, { negotiateQuery: query });
    expect(negotiated.startsWith(OFFER)).toBe(isOffered);
    expect(negotiated.includes('useStatefulReconnect')).toBe(isOffered);
  });

  test('is not made to clients that may not use WebSockets', async () => {
    await using service = await start();
    using _server = await FakeAppServer.connect(service, ALLOWS);
    const withoutWebSockets = await StatefulClient.negotiate(service, { claims: { 'asrs.s.htt': '6' } });
    expect(withoutWebSockets.negotiated).not.toContain('useStatefulReconnect');
  });

  test('is not made in Serverless mode', async () => {
    await using service = await start({ serviceMode: ServiceModeName.Serverless });
    const { negotiated } = await StatefulClient.negotiate(service);
    expect(negotiated).not.toContain('useStatefulReconnect');
  });
});

describe('a client that was made the offer', () => {
  test('asks for version 2, and its app server hears exactly that', async () => {
    await using service = await start();
    using server = await FakeAppServer.connect(service, { ...ALLOWS, answersHubHandshake: false });
    using client = await StatefulClient.negotiate(service);
    const socket = await client.open();
    socket.sendBytes('{"protocol":"json","version":2}\x1e');
    expect(await server.expectText(client.connectionId)).toBe('{"protocol":"json","version":2}\x1e');
    server.sendText(client.connectionId, '{}\x1e');
    expect((await socket.frames.next()).data.toString()).toBe('{}\x1e');
  });

  test('and asks for version 1 has a last socket', async () => {
    await using all = await StatefulScene.start({ client: { version: 1 } });
    const { client, socket, server, connectionId } = all;
    socket.send({ type: 1, target: 'm', arguments: [] });
    expect(await all.heard(1)).toMatchObject([{ target: 'm' }]);
    socket.cut();
    expect(await server.expect(5)).toMatchObject({ connectionId, error: '' });
    expect(await client.refused()).toMatchObject(NONE);
    await all.expectNothingMore();
  });

  test('loses it when its socket drops before its handshake was answered', async () => {
    await using service = await start();
    using server = await FakeAppServer.connect(service, { ...ALLOWS, answersHubHandshake: false });
    using client = await StatefulClient.negotiate(service);
    const socket = await client.open();
    socket.sendBytes('{"protocol":"json","version":2}\x1e');
    await server.expect(6);
    socket.cut();
    expect(await server.expect(5)).toMatchObject({ connectionId: client.connectionId, error: '' });
    expect(await client.refused()).toMatchObject(NONE);
  });
});

describe('a client that was not made the offer', () => {
  test('may say version 2, and its bytes stay untouched both ways', async () => {
    await using service = await start();
    using server = await FakeAppServer.connect(service, ALLOWS);
    using client = await RawClient.connect(service, { handshake: false });
    client.sendText('{"protocol":"json","version":2}\x1e');
    expect((await client.frames.next()).data.toString()).toBe('{}\x1e');
    const text = '{"type":9,"sequenceId":77}\x1e{"type":8,"sequenceId":1}\x1e';
    client.sendText(text);
    expect(await server.expectText(client.connectionId)).toBe(text);
    server.sendText(client.connectionId, text);
    expect((await client.frames.next()).data.toString()).toBe(text);
    client.webSocket.terminate();
    await server.expect(5);
    await server.settled();
    expect(server.messages.rest.filter(({ type }) => type !== 4)).toEqual([]);
  });

  test('is refused a second socket, and its end is final', async () => {
    await using service = await start();
    using server = await FakeAppServer.connect(service, ALLOWS);
    const { client, socket } = await StatefulClient.connect(service, { negotiateQuery: '' });
    expect(await client.refused()).toMatchObject({ status: 409, text: '' });
    socket.cut();
    await server.expect(5);
    expect(await client.refused()).toMatchObject(NONE);
  });
});

describe('other transports', () => {
  const requests = (service: ServiceAddress, client: StatefulClient) => (method: string, body?: string) =>
    httpRequest(service, {
      method,
      path: client.path,
      headers: client.headers,
      ...(body === undefined ? {} : { body }),
    });

  test('the flag has no effect on long polling', async () => {
    const events = new RecordedEvents();
    await using service = await start({
      timers: { sweepMs: 5, ackMs: 1, pollIntervalMs: 200 },
      onEvent: events.listener,
    });
    using server = await FakeAppServer.connect(service, ALLOWS);
    const client = await StatefulClient.negotiate(service);
    const ask = requests(service, client);
    expect((await ask('GET')).status).toBe(200);
    await ask('POST', '{"protocol":"json","version":2}\x1e');
    expect((await ask('GET')).text).toBe('{}\x1e');
    // Sequence ids mean nothing here: what is sent twice comes twice, and is not acknowledged.
    const text = '{"type":1,"target":"m","arguments":[]}\x1e{"type":9,"sequenceId":1}\x1e';
    for (let count = 0; count < 2; count++) {
      await ask('POST', text);
      expect(await server.expectText(client.connectionId)).toBe(text);
    }
    const poll = ask('GET');
    await server.settled();
    server.sendText(client.connectionId, '{"type":6}\x1e');
    expect((await poll).text).toBe('{"type":6}\x1e');
    expect(await client.refused()).toMatchObject({ status: 400, text: 'Cannot change transports mid-connection' });
    // Without polls it ends in its own time, not in that of clients who may come back.
    expect(await server.expect(5)).toMatchObject({ connectionId: client.connectionId });
    expect(events.of('clientAway')).toEqual([]);
    expect((await ask('GET')).status).toBe(404);
  });

  test('the flag has no effect on server-sent events', async () => {
    const events = new RecordedEvents();
    await using service = await start({ timers: { sweepMs: 5, ackMs: 1 }, onEvent: events.listener });
    using server = await FakeAppServer.connect(service, ALLOWS);
    const client = await StatefulClient.negotiate(service);
    const ask = requests(service, client);
    const stream = new AbortController();
    const response = await fetch(`${service.url}${client.path}`, {
      headers: { ...client.headers, accept: 'text/event-stream' },
      signal: stream.signal,
    });
    await ask('POST', '{"protocol":"json","version":2}\x1e');
    await server.expect(4);
    await ask('POST', '{"type":1,"target":"m","arguments":[]}\x1e');
    expect(await server.expectText(client.connectionId)).toBe('{"type":1,"target":"m","arguments":[]}\x1e');
    const { connectionId } = client;
    server.send(
      { type: 6, connectionId, payload: Buffer.from('{"type":7}\x1e'), dataType: CLOSE_SENT },
      { type: 5, connectionId, error: '', headers: [] },
    );
    expect(await response.text()).toBe(':\r\ndata: {}\x1e\r\n\r\ndata: {"type":7}\x1e\r\n\r\n');
    expect(events.of('clientAway')).toEqual([]);
  });

  test('server-sent events that break off end the client at once', async () => {
    await using service = await start();
    using server = await FakeAppServer.connect(service, ALLOWS);
    const client = await StatefulClient.negotiate(service);
    const ask = requests(service, client);
    const stream = new AbortController();
    await fetch(`${service.url}${client.path}`, {
      headers: { ...client.headers, accept: 'text/event-stream' },
      signal: stream.signal,
    });
    await ask('POST', '{"protocol":"json","version":2}\x1e');
    await server.expect(4);
    stream.abort();
    expect(await server.expect(5)).toMatchObject({ connectionId: client.connectionId, error: '' });
    expect((await ask('POST', 'x')).status).toBe(404);
  });
});
