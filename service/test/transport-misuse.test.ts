// client-protocol 1.3, 1.4, 1.5, 2.1, 2.2, 5.6: requests that make no sense get a clear answer, and leave nothing behind.
import { describe, expect, test } from 'vitest';
import { HANDSHAKE } from './support/http-client.ts';
import { type HttpAnswer, httpRequest, upgradeRequest } from './support/http-request.ts';
import type { HttpScene } from './support/http-scene.ts';
import { leavesNothing, ROOM } from './support/leaves-nothing.ts';
import { OPENS, TRANSPORTS } from './support/open-connection.ts';
import { clientToken } from './support/raw-client.ts';

const KIB = 1024;
const EVENTS = { accept: 'text/event-stream' };
const NO_CONNECTION = { status: 404, text: 'No Connection with that ID' };
const ID_REQUIRED = { status: 400, text: 'Connection ID required' };
const OTHER_TRANSPORT = { status: 400, text: 'Cannot change transports mid-connection' };
const NO_DELETE = { status: 400, text: 'Cannot terminate this connection using the DELETE endpoint.' };
const NO_POST = { status: 405, text: 'POST requests are not allowed for WebSocket connections.' };
const SECOND = { status: 409, text: '' };

type Ask = (all: HttpScene, target: { path: string; token: string }) => Promise<HttpAnswer>;

function asking(method: string, own: Record<string, string> = {}, body?: string): Ask {
  return ({ service }, { path, token }) => {
    const headers = { authorization: `Bearer ${token}`, ...own };
    return httpRequest(service, { method, path, headers, ...(body === undefined ? {} : { body }) });
  };
}

/** Every request that names a connection. */
const ASKS: Readonly<Record<'poll' | 'events' | 'post' | 'delete' | 'upgrade', Ask>> = {
  poll: asking('GET'),
  events: asking('GET', EVENTS),
  post: asking('POST', {}, HANDSHAKE),
  delete: asking('DELETE'),
  upgrade: ({ service }, { path, token }) =>
    upgradeRequest(service, { path, headers: { authorization: `Bearer ${token}` } }),
};
const HTTP_ASKS = ['poll', 'events', 'post', 'delete'] as const;
const ALL_ASKS = [...HTTP_ASKS, 'upgrade'] as const;

async function expectEach(
  all: HttpScene,
  target: { path: string; token: string },
  expected: Partial<Record<keyof typeof ASKS, object>>,
): Promise<void> {
  for (const name of ALL_ASKS) {
    const answer = expected[name];
    if (answer === undefined) continue;
    const { status, text, headers } = await ASKS[name](all, target);
    expect({ name, status, text }).toEqual({ name, ...answer });
    expect(headers['content-type']).toMatch(/^text\/plain/);
  }
}

function everywhere(answer: object): Record<keyof typeof ASKS, object> {
  return { poll: answer, events: answer, post: answer, delete: answer, upgrade: answer };
}

describe('ids', () => {
  test.each(['', '&id=', '&id', '&ID='])(
    'none at all: "%s"',
    leavesNothing(async (all, _clock, query) => {
      const target = { path: `/client?hub=chat${query}`, token: await clientToken(all.service) };
      for (const name of HTTP_ASKS) await expectEach(all, target, { [name]: ID_REQUIRED });
      // A WebSocket without one skips negotiation.
      expect((await ASKS.upgrade(all, target)).status).toBe(101);
      await all.events.next('clientClosed');
    }),
  );

  test.each([
    'unknown',
    '__proto__',
    'constructor',
    '%00',
    '%',
    '%ff',
    '..%2f..%2f',
    'a&id=b',
    'ü'.repeat(10),
    'x'.repeat(11 * KIB),
  ])(
    'nobody has, number %#',
    leavesNothing(async (all, _clock, id) => {
      const path = `/client?hub=chat&id=${encodeURI(id).replaceAll('%25', '%')}`;
      await expectEach(all, { path, token: await clientToken(all.service) }, everywhere(NO_CONNECTION));
      expect(all.events.of('requestRefused')).toHaveLength(ALL_ASKS.length);
    }),
  );

  test(
    'the public id',
    leavesNothing(async (all) => {
      const client = await all.negotiate();
      const path = `/client?hub=chat&id=${client.connectionId}`;
      await expectEach(all, { path, token: client.token }, everywhere(NO_CONNECTION));
    }),
  );

  test(
    'one that was negotiated too long ago',
    leavesNothing(async (all, clock) => {
      const client = await all.negotiate();
      await all.pass(clock, 5000);
      await expectEach(all, client, everywhere(NO_CONNECTION));
    }),
  );

  test.each(TRANSPORTS)(
    'one of another hub, over %s there',
    leavesNothing(async (all, _clock, kind) => {
      const open = await OPENS[kind](all);
      const target = { path: open.client.path.replace('hub=chat', 'hub=other'), token: '' };
      target.token = await clientToken(all.service, { hub: 'other' });
      await expectEach(all, target, everywhere(NO_CONNECTION));
      // Nor does its own token help.
      for (const name of ALL_ASKS) {
        expect((await ASKS[name](all, { ...target, token: open.client.token })).status).toBe(401);
      }
      await open.isAlive();
      await open.leave();
    }),
  );

  test(
    'one of another hub that is negotiated there',
    leavesNothing(async (all) => {
      const client = await all.negotiate({ hub: 'other' });
      const path = client.path.replace('hub=other', 'hub=chat');
      await expectEach(all, { path, token: await clientToken(all.service) }, everywhere(NO_CONNECTION));
      expect((await client.poll()).status).toBe(200);
      expect((await client.end()).status).toBe(202);
    }),
  );

  test.each(TRANSPORTS)(
    'one that is dead, over %s',
    leavesNothing(async (all, _clock, kind) => {
      const open = await OPENS[kind](all);
      await open.leave();
      await all.events.next('clientClosed');
      expect(all.service.counts.clients).toBe(0);
      await expectEach(all, open.client, everywhere(NO_CONNECTION));
    }),
  );
});

describe('requests for another transport', () => {
  test.each([
    {
      kind: 'WebSockets' as const,
      answers: { poll: OTHER_TRANSPORT, events: OTHER_TRANSPORT, post: NO_POST, delete: NO_DELETE, upgrade: SECOND },
    },
    {
      kind: 'ServerSentEvents' as const,
      answers: { poll: OTHER_TRANSPORT, events: SECOND, delete: NO_DELETE, upgrade: OTHER_TRANSPORT },
    },
    { kind: 'LongPolling' as const, answers: { events: OTHER_TRANSPORT, upgrade: OTHER_TRANSPORT } },
  ])(
    'over $kind',
    leavesNothing(async (all, _clock, { kind, answers }) => {
      const open = await OPENS[kind](all);
      await expectEach(all, open.client, answers);
      await open.isAlive();
      await open.leave();
    }),
  );

  test(
    'before any is open: DELETE ends nothing',
    leavesNothing(async (all) => {
      const client = await all.negotiate();
      await expectEach(all, client, { delete: NO_DELETE });
      expect((await client.poll()).status).toBe(200);
      expect((await client.end()).status).toBe(202);
    }),
  );

  test(
    'all at once: one opens, whichever it is',
    leavesNothing(async (all) => {
      const client = await all.negotiate();
      const openings = [client.upgrade(), client.poll(), client.upgrade(), client.poll()];
      const streams = [client.events(), client.events()];
      const refused = { 400: OTHER_TRANSPORT.text, 409: '', 404: NO_CONNECTION.text };
      for (const { status, text } of await Promise.all(openings)) {
        if (status === 400 || status === 404 || status === 409) expect(text).toBe(refused[status]);
        else expect([101, 200]).toContain(status);
      }
      for (const stream of await Promise.all(streams)) {
        expect([200, 400, 404, 409]).toContain(stream.status);
        stream[Symbol.dispose]();
      }
      expect(all.events.of('clientConnected')).toHaveLength(1);
    }),
  );
});

describe('methods', () => {
  test.each(['HEAD', 'PUT', 'PATCH', 'TRACE', 'PROPFIND'])(
    '%s is none, and ends or opens nothing',
    leavesNothing(async (all, _clock, method) => {
      const client = await all.negotiate();
      const open = await all.polling();
      for (const { path, token } of [client, open]) {
        const headers = { authorization: `Bearer ${token}`, ...EVENTS };
        const answer = await httpRequest(all.service, { method, path, headers });
        expect(answer).toMatchObject({ status: 405, text: '' });
        expect(answer.headers['content-type']).toMatch(/^text\/plain/);
      }
      expect((await client.poll()).status).toBe(200);
      expect(all.closeCategories).toEqual([]);
    }),
  );
});

describe('negotiate', () => {
  const NO_NUMBER = 'The client requested a non-integer protocol version.';
  const TOO_LOW = "The client requested version '-1', but the server does not support this version.";

  test.each(['', 'x', '1.0', '0x1', '1e0', '%EF%BC%91', '9'.repeat(30), '-2147483649', 'NaN', '%00', '%', '-1'])(
    'version "%s" is an error, and keeps nothing',
    leavesNothing(async (all, _clock, version) => {
      const headers = { authorization: `Bearer ${await clientToken(all.service)}` };
      const path = `/client/negotiate?hub=chat&negotiateVersion=${version}`;
      for (let count = 0; count <= ROOM; count++) {
        const { status, text } = await httpRequest(all.service, { method: 'POST', path, headers });
        expect(status).toBe(200);
        expect(JSON.parse(text)).toEqual({ error: version === '-1' ? TOO_LOW : NO_NUMBER });
      }
    }),
  );
});
