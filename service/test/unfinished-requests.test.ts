// client-protocol 2.2; service-protocol 12.6: bodies that never end, and clients that vanish, leave nothing behind.
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { describe, expect, test } from 'vitest';
import { EventStream } from './support/event-stream.ts';
import { openSockets, untilSockets } from './support/footprint.ts';
import { HANDSHAKE, type HttpClient } from './support/http-client.ts';
import type { HttpScene } from './support/http-scene.ts';
import { leavesNothing } from './support/leaves-nothing.ts';
import { OPENS } from './support/open-connection.ts';
import { OpenPost } from './support/open-post.ts';
import { clientToken } from './support/raw-client.ts';

const KIB = 1024;
const EVENTS = { accept: 'text/event-stream' };
const PING = '{"type":6}\x1e';

describe('bodies that never end', () => {
  /** Begins a request with a body, and waits for the service to end its socket. */
  async function expectCut(
    all: HttpScene,
    { method, path, token }: { method: string; path: string; token: string },
    expected: object,
  ): Promise<void> {
    const before = openSockets();
    const headers = { authorization: `Bearer ${token}`, connection: 'keep-alive', 'transfer-encoding': 'chunked' };
    using post = await OpenPost.start(all.service, { method, path, headers, body: 'x'.repeat(64 * KIB) });
    expect(await post.answer).toMatchObject(expected);
    await untilSockets(before);
  }

  test.each(['ServerSentEvents', 'LongPolling'] as const)(
    'of POSTs over %s',
    leavesNothing(
      async (all, _clock, kind) => {
        const open = await OPENS[kind](all);
        const { path, token } = open.client;
        const target = { method: 'POST', path, token };
        for (let time = 0; time < 3; time++) await expectCut(all, target, { status: 408 });
        await open.isAlive();
        await open.leave();
      },
      { timers: { postMs: 50 } },
    ),
  );

  test(
    'of POSTs before a transport is open',
    leavesNothing(
      async (all) => {
        const client = await all.negotiate();
        await expectCut(all, { method: 'POST', path: client.path, token: client.token }, { status: 408 });
        expect((await client.poll()).status).toBe(200);
        expect((await client.end()).status).toBe(202);
      },
      { timers: { negotiateMs: 50 } },
    ),
  );

  test.each([
    { what: 'negotiate', method: 'POST', path: '/client/negotiate?hub=chat', expected: { status: 200 } },
    { what: 'a refused negotiate', method: 'POST', path: '/client/negotiate', expected: { status: 400 } },
    { what: 'a POST without an id', method: 'POST', path: '/client?hub=chat', expected: { status: 400 } },
    { what: 'a POST to nobody', method: 'POST', path: '/client?hub=chat&id=x', expected: { status: 404 } },
    { what: 'a DELETE of nobody', method: 'DELETE', path: '/client?hub=chat&id=x', expected: { status: 404 } },
    { what: 'a method that is none', method: 'PUT', path: '/client?hub=chat&id=x', expected: { status: 405 } },
  ])(
    'of $what',
    leavesNothing(async (all, _clock, { method, path, expected }) => {
      await expectCut(all, { method, path, token: await clientToken(all.service) }, expected);
    }),
  );

  test(
    'of a POST without a token',
    leavesNothing(async (all) => {
      const { path } = await all.negotiate();
      await expectCut(all, { method: 'POST', path, token: 'none' }, { status: 401 });
    }),
  );

  test(
    'of a DELETE that ends its connection',
    leavesNothing(async (all) => {
      const { path, token } = await all.polling();
      await expectCut(all, { method: 'DELETE', path, token }, { status: 202 });
    }),
  );

  test(
    'of many POSTs that are larger than the limit',
    leavesNothing(async (all) => {
      const { client, stream } = await all.streaming();
      const headers = { authorization: `Bearer ${client.token}` };
      const posts = Array.from({ length: 20 }, async () => {
        using post = await OpenPost.start(all.service, { path: client.path, headers });
        for (let sent = 0; sent <= 1024; sent += 64) post.write('x'.repeat(64 * KIB));
        return (await post.answer).status;
      });
      expect(await Promise.all(posts)).toEqual(posts.map(() => 413));
      stream[Symbol.dispose]();
    }),
  );

  test(
    'of polls and streams: they are answered like any other',
    leavesNothing(async (all) => {
      const client = await all.negotiate();
      const headers = { authorization: `Bearer ${client.token}`, 'content-length': '1000000' };
      using poll = await OpenPost.start(all.service, { method: 'GET', path: client.path, headers, body: 'x' });
      expect((await poll.answer).status).toBe(200);
      const { path } = await all.negotiate();
      using stream = await EventStream.open(all.service, { path, headers: { ...headers, ...EVENTS } });
      expect(await stream.read(3)).toBe(':\r\n');
    }),
  );
});

describe('clients that vanish', () => {
  /** One or more requests as text, on one socket. */
  async function send(all: HttpScene, ...requests: readonly string[]): Promise<Socket> {
    const socket = connect(all.service.port, '127.0.0.1');
    socket.on('error', () => undefined);
    await once(socket, 'connect');
    socket.write(requests.join(''));
    return socket;
  }

  function get({ path, token }: HttpClient, accept = '*/*'): string {
    return `GET ${path} HTTP/1.1\r\nHost: x\r\nAccept: ${accept}\r\nAuthorization: Bearer ${token}\r\n\r\n`;
  }

  test.each(['*/*', 'text/event-stream'])(
    'right after they asked for %s',
    leavesNothing(async (all, _clock, accept) => {
      for (let time = 0; time < 5; time++) {
        const client = await all.negotiate();
        // A token that was never seen: its signature is checked while the client goes.
        client.token = await clientToken(all.service, { userId: `user ${time}` });
        const socket = await send(all, get(client, accept));
        socket.resetAndDestroy();
      }
    }),
  );

  test(
    'with a poll that waits, and a stream behind it on the same socket',
    leavesNothing(async (all) => {
      const polling = await all.polling();
      const streaming = await all.negotiate();
      const socket = await send(all, get(polling), get(streaming, 'text/event-stream'));
      await all.events.next('clientConnected');
      await all.events.next('clientConnected');
      expect((await streaming.post(HANDSHAKE)).status).toBe(200);
      await all.server.expect(4);
      socket.destroy();
      expect((await all.events.next('clientClosed')).connectionId).toBe(streaming.connectionId);
    }),
  );

  test(
    'never quite, with a stream that waits for its turn on a socket',
    leavesNothing(async (all, clock) => {
      const polling = await all.polling();
      const streaming = await all.negotiate();
      const socket = await send(all, get(polling), get(streaming, 'text/event-stream'));
      await all.events.next('clientConnected');
      await all.events.next('clientConnected');
      // No handshake comes: it is over, then it is let go.
      await all.pass(clock, 15_000);
      await all.pass(clock, 5000);
      expect(all.closeCategories).toEqual(['HandshakeError']);
      expect(all.service.counts.clients).toBe(1);
      socket.destroy();
    }),
  );

  test(
    'after nonsense behind a stream, into which nothing is written',
    leavesNothing(async (all) => {
      const client = await all.negotiate();
      const socket = await send(all, get(client, 'text/event-stream'));
      let text = '';
      socket.on('data', (chunk) => {
        text += chunk.toString();
      });
      await all.events.next('clientConnected');
      socket.write('nonsense\r\n\r\n');
      await once(socket, 'close');
      expect(text.split('HTTP/1.1')).toHaveLength(2);
      await all.events.next('clientClosed');
      expect(all.events.of('requestRefused')).toEqual([]);
    }),
  );

  test(
    'in the middle of their POSTs',
    leavesNothing(async (all) => {
      const { client, stream } = await all.streaming();
      const posts = await Promise.all(Array.from({ length: 10 }, () => client.openPost('x'.repeat(500 * KIB))));
      for (const post of posts) post[Symbol.dispose]();
      for (let count = 0; count < posts.length; count++) {
        expect(await all.events.next('requestRefused')).toMatchObject({ status: 400, path: '/client' });
      }
      expect((await client.post(PING)).status).toBe(200);
      expect(await all.server.expectText(client.connectionId)).toBe(PING);
      stream[Symbol.dispose]();
    }),
  );

  test(
    'between two polls',
    leavesNothing(async (all) => {
      const { connectionId } = await all.polling();
      all.server.sendText(connectionId, PING);
    }),
  );
});
