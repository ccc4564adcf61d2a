import { area, type Check } from '../check.ts';
import { bearer, call, type HttpAnswer } from '../peers/http.ts';
import { UpgradeRefused } from '../peers/web-socket.ts';
import { requireEqual } from '../require.ts';
import type { Stage } from '../stage.ts';

type Answer = readonly [status: number, body: string];

/** A request that is answered at once, whatever the mode. */
interface Row {
  readonly id: string;
  readonly requires: string;
  readonly ask: (stage: Stage) => Promise<Answer>;
  readonly expected: Answer;
}

const REQUIRED: Answer = [400, 'Connection ID required'];
const UNKNOWN: Answer = [404, 'No Connection with that ID'];
const NO_DELETE: Answer = [400, 'Cannot terminate this connection using the DELETE endpoint.'];
const SOCKETS_ONLY = '1';

const of = ({ status, text }: HttpAnswer): Answer => [status, text];

function client(stage: Stage, method: string, query = ''): Promise<HttpAnswer> {
  const url = stage.target.clientUrl(`/client/?hub=${stage.hub}${query}`);
  return call(url, { method, headers: bearer(stage.target.clientToken(stage.hub)) });
}

/** What a request for a WebSocket is answered instead. */
async function refusedUpgrade(stage: Stage, url: string, headers: Readonly<Record<string, string>>): Promise<Answer> {
  try {
    await stage.socket(url, headers);
    return [101, ''];
  } catch (error) {
    if (error instanceof UpgradeRefused) return [error.status, error.text];
    throw error;
  }
}

const ROWS: readonly Row[] = [
  ...['GET', 'POST', 'DELETE'].map((method) => ({
    id: `${method.toLowerCase()}.without-id`,
    requires: `A ${method} without a connection id gets 400.`,
    ask: async (stage: Stage) => of(await client(stage, method)),
    expected: REQUIRED,
  })),
  ...['GET', 'POST', 'DELETE'].map((method) => ({
    id: `${method.toLowerCase()}.unknown-id`,
    requires: `A ${method} with a connection id that nobody has gets 404.`,
    ask: async (stage: Stage) => of(await client(stage, method, '&id=AAAAAAAAAAAAAAAAAAAAAA')),
    expected: UNKNOWN,
  })),
  {
    id: 'events.unknown-id',
    requires: 'A request for events with a connection id that nobody has gets 404.',
    async ask(stage) {
      const url = stage.target.clientUrl(`/client/?hub=${stage.hub}&id=AAAAAAAAAAAAAAAAAAAAAA`);
      const stream = await stage.events({ url, headers: bearer(stage.target.clientToken(stage.hub)) });
      await stream.ended;
      return [stream.status, stream.raw];
    },
    expected: UNKNOWN,
  },
  {
    id: 'socket.unknown-id',
    requires: 'A WebSocket with a connection id that nobody has is not opened: 404.',
    ask(stage) {
      const url = stage.target.clientUrl(`/client/?hub=${stage.hub}&id=AAAAAAAAAAAAAAAAAAAAAA`);
      return refusedUpgrade(stage, url, bearer(stage.target.clientToken(stage.hub)));
    },
    expected: UNKNOWN,
  },
  {
    id: 'id.of-another-hub',
    requires: 'A connection id of another hub is not known here: 404.',
    async ask(stage) {
      const { connectionToken } = await stage.negotiated({ hub: `${stage.hub}x` });
      return of(await client(stage, 'GET', `&id=${connectionToken}`));
    },
    expected: UNKNOWN,
  },
  {
    id: 'id.public-is-no-key',
    requires: 'The public connection id opens nothing where there is a connection token: 404.',
    async ask(stage) {
      const { connectionId } = await stage.negotiated();
      return of(await client(stage, 'GET', `&id=${connectionId}`));
    },
    expected: UNKNOWN,
  },
  ...['PUT', 'PATCH', 'HEAD'].map((method) => ({
    id: `method.${method.toLowerCase()}`,
    requires: `${method} is no method of a transport: 405.`,
    ask: async (stage: Stage) => of(await client(stage, method, '&id=x')),
    expected: [405, ''] as const,
  })),
  {
    id: 'socket.not-offered',
    requires: 'Where a token leaves WebSockets out, they are refused with 404.',
    async ask(stage) {
      const { url, headers } = await stage.negotiated({ claims: { 'asrs.s.htt': '6' } });
      return refusedUpgrade(stage, url, headers);
    },
    expected: [404, 'WebSockets transport not supported by this end point type'],
  },
  {
    id: 'socket.second',
    requires: 'A second WebSocket for a connection gets 409.',
    async ask(stage) {
      const { url, headers } = await stage.negotiated();
      await stage.socket(url, headers);
      return refusedUpgrade(stage, url, headers);
    },
    expected: [409, ''],
  },
  {
    id: 'change.socket-to-poll',
    requires: 'A connection over a WebSocket cannot be polled: 400.',
    async ask(stage) {
      const negotiated = await stage.negotiated();
      await stage.socket(negotiated.url, negotiated.headers);
      return of(await negotiated.poll());
    },
    expected: [400, 'Cannot change transports mid-connection'],
  },
  {
    id: 'change.poll-to-socket',
    requires: 'A connection that polls cannot open a WebSocket: 400.',
    async ask(stage) {
      const negotiated = await stage.negotiated();
      await negotiated.poll();
      return refusedUpgrade(stage, negotiated.url, negotiated.headers);
    },
    expected: [400, 'Cannot change transports mid-connection'],
  },
  {
    id: 'change.poll-to-events',
    requires: 'A connection that polls cannot get events: 400.',
    async ask(stage) {
      const negotiated = await stage.negotiated();
      await negotiated.poll();
      const stream = await stage.events(negotiated);
      await stream.ended;
      return [stream.status, stream.raw];
    },
    expected: [400, 'Cannot change transports mid-connection'],
  },
  {
    id: 'post.on-socket',
    requires: 'A POST on a connection over a WebSocket gets 405.',
    async ask(stage) {
      const negotiated = await stage.negotiated();
      await stage.socket(negotiated.url, negotiated.headers);
      return of(await negotiated.post('x'));
    },
    expected: [405, 'POST requests are not allowed for WebSocket connections.'],
  },
  {
    id: 'post.empty',
    requires: 'An empty POST is taken: 200.',
    async ask(stage) {
      const negotiated = await stage.negotiated();
      await negotiated.poll();
      return of(await negotiated.post(''));
    },
    expected: [200, ''],
  },
  {
    id: 'delete.on-socket',
    requires: 'A DELETE on a connection over a WebSocket gets 400.',
    async ask(stage) {
      const negotiated = await stage.negotiated();
      await stage.socket(negotiated.url, negotiated.headers);
      return of(await negotiated.request('DELETE'));
    },
    expected: NO_DELETE,
  },
  {
    id: 'delete.on-events',
    requires: 'A DELETE on a connection over Server-Sent Events gets 400.',
    async ask(stage) {
      const negotiated = await stage.negotiated();
      await (await stage.events(negotiated)).pieces.next('the first line');
      return of(await negotiated.request('DELETE'));
    },
    expected: NO_DELETE,
  },
];

const REFUSED_TOKENS = [
  ['poll', 'GET'],
  ['post', 'POST'],
  ['delete', 'DELETE'],
] as const;

export const STATUS_CODE_CHECKS: readonly Check[] = area('status-codes', {}, [
  ...ROWS.map(({ id, requires, ask, expected }) => ({
    id,
    requires,
    source: 'client-protocol 2.2',
    async run(stage: Stage) {
      requireEqual('status and body', await ask(stage), expected);
    },
  })),
  ...REFUSED_TOKENS.map(([name, method]) => ({
    id: `token.each-${name}`,
    requires: `The token of each ${method} is looked at: 401 without one.`,
    source: 'client-protocol 2.5',
    async run(stage: Stage) {
      const negotiated = await stage.negotiated();
      await negotiated.poll();
      requireEqual('the status', (await call(negotiated.url, { method })).status, 401);
    },
  })),
  {
    id: 'client.without-slash',
    requires: 'The path of transports may lack the slash at its end.',
    source: 'client-protocol 1.1',
    async run(stage) {
      const { url, headers } = await stage.negotiated();
      requireEqual('the status', (await call(url.replace('/client/?', '/client?'), { headers })).status, 200);
    },
  },
  {
    id: 'offered.limited-by-token',
    requires: 'A token limits the transports that negotiate offers.',
    source: 'client-protocol 5.2',
    async run(stage) {
      const answer = await stage.negotiate({ claims: { 'asrs.s.htt': SOCKETS_ONLY } });
      const { availableTransports } = JSON.parse(answer.text);
      requireEqual('the transports', availableTransports, [
        { transport: 'WebSockets', transferFormats: ['Text', 'Binary'] },
      ]);
    },
  },
]);
