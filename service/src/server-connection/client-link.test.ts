// service-protocol 7.2-7.4, 9.2.
import { Duplex } from 'node:stream';
import { type ServiceMessage, ServiceMessageReader } from '@signalite/protocol/service';
import { expect, test } from 'vitest';
import type { LinkedClient, MovedClient, ServerLink } from '../hub/server-link.ts';
import { CloseReasons } from '../lifetime/close-reasons.ts';
import { EndOfTurn } from '../outbound/end-of-turn.ts';
import { ClientLink, type LinkHost } from './client-link.ts';
import type { MoveOrder, MoveOutcome } from './client-move.ts';
import { ServerOutbox } from './server-outbox.ts';

const OPENING = { claims: [], headers: [{ name: 'X-Forwarded-For', values: ['127.0.0.1'] }], queryString: '?a=1' };
const HANDSHAKE = Buffer.from('{"protocol":"json","version":1}\x1e');
const ONE = '{"type":1,"target":"one","arguments":[]}\x1e';
const TWO = '{"type":1,"target":"two","arguments":[]}\x1e';

interface Options {
  readonly sendsWholeMessages?: boolean;
  readonly heldBytesMax?: number;
  readonly hubProtocol?: string;
  readonly migratesClients?: boolean;
  readonly isMovable?: boolean;
  /** The app server takes nothing, and more waits for it than may. */
  readonly isFull?: boolean;
}

/** A link between a recorded client and the bytes that its app server would get. */
function link(options: Options = {}) {
  const { sendsWholeMessages = false, heldBytesMax = 1000, hubProtocol = 'json', isFull = false } = options;
  const { migratesClients = false, isMovable = true } = options;
  const frames: Buffer[] = [];
  const socket = new Duplex({
    read: () => undefined,
    write(chunk: Buffer, _encoding, done) {
      frames.push(chunk);
      if (!isFull) done();
    },
    writableHighWaterMark: 1000,
  });
  const owner = { outboxFilled: () => undefined, outboxDrained: () => undefined };
  const outbox = new ServerOutbox(socket, owner, { endOfTurn: new EndOfTurn(), maxBytes: 1_000_000 });
  if (isFull) outbox.append({ type: 15, message: 'x'.repeat(1_000_000) });
  const unlinked: string[] = [];
  const host: LinkHost = {
    identity: { serverConnectionId: 'cid', serverId: 'server-1', target: undefined },
    outbox,
    instanceId: 'instance',
    sendsWholeMessages,
    migratesClients,
    heldBytesMax,
    unlink: (id) => unlinked.push(id),
  };
  const told: string[] = [];
  const client: LinkedClient = {
    connectionId: 'conn',
    userId: undefined,
    isPolling: false,
    hubProtocol,
    sticky: undefined,
    isMovable,
    linkReplaced: () => told.push('replaced'),
    linkAnsweredHandshake: (response) => told.push(`handshake ${Buffer.from(response).toString()}`),
    linkReceived: (messages, count, endsWithClose) =>
      told.push(`${count} ${Buffer.from(messages).toString()}${endsWithClose ? ' close' : ''}`),
    linkClosed: (error) => told.push(`closed ${error}`),
    linkLost: (reason) => told.push(`lost ${reason.log}`),
    linkPaused: () => told.push('paused'),
    linkResumed: () => told.push('resumed'),
  };
  /** What the app server was sent since the last call. */
  const sent = (): ServiceMessage[] => {
    outbox.flush();
    const all: ServiceMessage[] = [];
    for (const frame of frames.splice(0)) {
      const reader = new ServiceMessageReader({ maxMessageBytes: 1_000_000 });
      reader.push(frame.subarray((frame[1] ?? 0) < 126 ? 2 : 4));
      for (let message = reader.next(); message !== undefined; message = reader.next()) {
        if (message.type !== 'unknown') all.push(message);
      }
    }
    return all;
  };
  return { one: new ClientLink(host, client), client, told, sent, unlinked };
}

/** Another connection of the same app server, as far as a move looks at it. */
function moveTarget(isAssignable = true) {
  const taken: MovedClient[] = [];
  const ends: MoveOutcome[] = [];
  const next: ServerLink = link().one;
  const target: MoveOrder['target'] = {
    serverId: 'server-1',
    serverConnectionId: 'other',
    isAssignable,
    allowsStatefulReconnect: false,
    clientCount: 0,
    canMoveClients: true,
    resumeClient(moved) {
      taken.push(moved);
      return next;
    },
    openLink: notAsked,
    takeOver: notAsked,
    moveClients: notAsked,
    requestConnection: notAsked,
    answerResult: notAsked,
  };
  const order: MoveOrder = { target, deadlineAt: 1000, onEnd: (outcome) => ends.push(outcome) };
  return { order, taken, ends };
}

function notAsked(): never {
  throw new Error('a move does not ask for this');
}

function flow(operation: number): ServiceMessage {
  return { type: 39, connectionId: 'conn', target: 1, operation };
}

const PAUSE = flow(1);
const RESUME = flow(3);

function data(text: string) {
  return { type: 6, connectionId: 'conn', payload: new Uint8Array(Buffer.from(text)) };
}

function receive(one: ClientLink, text: string, rest: { dataType?: number; isPartial?: true } = {}): void {
  one.received({ type: 6, connectionId: 'conn', payload: Buffer.from(text), ...rest });
}

test('the app server is told of the client, then gets its bytes', () => {
  const { one, sent } = link();
  one.open(OPENING, HANDSHAKE);
  const [opened, data] = sent();
  expect(opened).toEqual({
    type: 4,
    connectionId: 'conn',
    claims: [],
    headers: [...OPENING.headers, { name: 'Asrs-Instance-Id', values: ['instance'] }],
    queryString: '?a=1',
    protocol: 'json',
  });
  expect(data).toEqual({ type: 6, connectionId: 'conn', payload: new Uint8Array(HANDSHAKE) });
});

test('a client of an app server that takes nothing is held back from the start', () => {
  const { one, told } = link({ isFull: true });
  one.open(OPENING, HANDSHAKE);
  expect(told).toEqual(['paused']);
});

test('the first data is the handshake response, whatever the type says', () => {
  const { one, told } = link({ sendsWholeMessages: true });
  receive(one, '{}\x1e', { dataType: 1 });
  receive(one, ONE, { dataType: 2 });
  expect(told).toEqual(['handshake {}\x1e', `1 ${ONE}`]);
});

test('a handshake response in pieces is one response, and what follows it is data', () => {
  const { one, told } = link();
  receive(one, '{');
  receive(one, '');
  receive(one, '}');
  expect(told).toEqual([]);
  receive(one, `\x1e${ONE}${TWO.slice(0, 5)}`);
  receive(one, TWO.slice(5));
  expect(told).toEqual(['handshake {}\x1e', `1 ${ONE}`, `1 ${TWO}`]);
});

test('an older app server may send parts of messages', () => {
  const { one, told } = link();
  receive(one, '{}\x1e');
  receive(one, `${ONE}${ONE}${TWO.slice(0, 9)}`);
  receive(one, TWO.slice(9, 12));
  receive(one, `${TWO.slice(12)}{"type":7}\x1e`);
  expect(told.slice(1)).toEqual([`2 ${ONE}${ONE}`, `2 ${TWO}{"type":7}\x1e close`]);
});

test('a newer one may mark a part, and the message comes as one', () => {
  const { one, told } = link({ sendsWholeMessages: true });
  receive(one, '{}\x1e');
  receive(one, ONE.slice(0, 9), { dataType: 2, isPartial: true });
  receive(one, ONE.slice(9), { dataType: 2 });
  receive(one, TWO, { dataType: 2 });
  expect(told.slice(1)).toEqual([`1 ${ONE}`, `1 ${TWO}`]);
});

test('a newer one says which message is the Close', () => {
  const { one, told } = link({ sendsWholeMessages: true });
  receive(one, '{}\x1e');
  receive(one, '{"type":7}\x1e', { dataType: 4 });
  expect(told).toEqual(['handshake {}\x1e', '1 {"type":7}\x1e close']);
});

test('empty data is nothing', () => {
  const { one, told } = link({ sendsWholeMessages: true });
  receive(one, '{}\x1e');
  receive(one, '');
  expect(told).toHaveLength(1);
});

test('what is never whole ends the client when it is over the bound, on both sides', () => {
  const { one, told, sent, unlinked } = link({ heldBytesMax: 100 });
  receive(one, '{}\x1e');
  receive(one, 'x'.repeat(100));
  expect(told).toHaveLength(1);
  receive(one, 'x');
  expect(told[1]).toBe(`lost ${CloseReasons.internalError.log}`);
  expect(sent()).toEqual([{ type: 5, connectionId: 'conn', error: 'Internal server error.', headers: [] }]);
  expect(unlinked).toEqual(['conn']);
});

test('a handshake response that never ends does so too', () => {
  const { one, told, sent } = link({ heldBytesMax: 100 });
  receive(one, 'x'.repeat(101));
  expect(told).toEqual([`lost ${CloseReasons.internalError.log}`]);
  expect(sent()).toMatchObject([{ type: 5 }]);
});

test('a client that leaves is told to the app server once, and nothing goes either way after it', () => {
  const { one, told, sent, unlinked } = link();
  one.close('why');
  one.close('again');
  one.send(Buffer.from('late'));
  receive(one, '{}\x1e');
  one.closedByServer('late');
  one.lost(CloseReasons.serverConnectionLost);
  expect(sent()).toEqual([{ type: 5, connectionId: 'conn', error: 'why', headers: [] }]);
  expect(told).toEqual([]);
  expect(unlinked).toEqual(['conn']);
});

test('an app server that ends the client is not told that it did', () => {
  const { one, told, sent, unlinked } = link();
  one.closedByServer('boom');
  one.closedByServer('again');
  one.close('');
  expect(told).toEqual(['closed boom']);
  expect(sent()).toEqual([]);
  expect(unlinked).toEqual(['conn']);
});

test('a lost path ends the client for its reason', () => {
  const { one, told } = link();
  one.lost(CloseReasons.serverConnectionLost);
  expect(told).toEqual([`lost ${CloseReasons.serverConnectionLost.log}`]);
});

test('an app server that lets the client go is told of its end', () => {
  const { one, told, sent } = link();
  one.dismiss(CloseReasons.serverShutdown);
  one.dismiss(CloseReasons.serverShutdown);
  expect(told).toEqual([`lost ${CloseReasons.serverShutdown.log}`]);
  expect(sent()).toEqual([{ type: 5, connectionId: 'conn', error: '', headers: [] }]);
});

test('a result for another server is announced to this one; its own is not', () => {
  const { one, sent } = link();
  const invocation = { invocationId: 'inv', callerServerId: 'server-1' };
  expect(one.expectResult(invocation, 'conn')).toBe('caller-holds-client');
  expect(sent()).toEqual([]);
  expect(one.expectResult({ ...invocation, callerServerId: 'server-2' }, 'conn')).toBe('other-server');
  expect(sent()).toEqual([
    { type: 34, invocationId: 'inv', connectionId: 'conn', callerServerId: 'server-2', payloads: [] },
  ]);
});

test('the ids of its server are those of the connection', () => {
  const { one } = link();
  expect(one.answeredBy).toEqual({ to: 'app-server', serverId: 'server-1', serverConnectionId: 'cid' });
});

test('a client moves with all that waits for the app server, in order, when that has answered', () => {
  const { one, told, sent, unlinked } = link({ sendsWholeMessages: true });
  const { order, taken, ends } = moveTarget();
  receive(one, '{}\x1e');
  expect(one.move(order)).toBe(true);
  expect(one.move(order)).toBe(false);
  one.send(Buffer.from(ONE));
  one.expectResult({ invocationId: 'inv', callerServerId: 'server-2' }, 'conn');
  one.send(Buffer.from(TWO));
  one.clientReturned();
  expect(sent()).toEqual([PAUSE]);
  // What the app server sent before its answer is still to be heard.
  receive(one, ONE, { dataType: 2 });
  expect(one.pauseAnswered()).toBe(true);
  expect(taken.map(({ held }) => held)).toEqual([
    [
      new Uint8Array(Buffer.from(ONE)),
      { type: 34, invocationId: 'inv', connectionId: 'conn', callerServerId: 'server-2', payloads: [] },
      new Uint8Array(Buffer.from(TWO)),
      { type: 38, connectionId: 'conn' },
    ],
  ]);
  expect(told.slice(1)).toEqual(['paused', `1 ${ONE}`, 'replaced']);
  expect(ends).toEqual(['moved']);
  expect(unlinked).toEqual(['conn']);
  expect(sent()).toEqual([]);
  expect(one.pauseAnswered()).toBe(false);
});

test('the bytes that wait are a copy', () => {
  const { one } = link();
  const { order, taken } = moveTarget();
  receive(one, '{}\x1e');
  one.move(order);
  const bytes = Buffer.from(ONE);
  one.send(bytes);
  bytes.fill(0);
  one.pauseAnswered();
  expect(taken[0]?.held).toEqual([new Uint8Array(Buffer.from(ONE))]);
});

test('the other connection says that the client goes on, then what waited', () => {
  const { one, client, told, sent } = link();
  const held = [Buffer.from(ONE), { type: 38, connectionId: 'conn' } as const, Buffer.from(TWO)];
  one.takeMoved({ client, beginning: undefined, held });
  expect(sent()).toEqual([RESUME, data(ONE), { type: 38, connectionId: 'conn' }, data(TWO)]);
  receive(one, ONE);
  expect(told).toEqual(['resumed', `1 ${ONE}`]);
});

test('who moved can still go on with another app server', () => {
  const { one, client } = link({ migratesClients: true });
  const beginning = { opening: OPENING, handshakeRequest: HANDSHAKE.toString() };
  one.takeMoved({ client, beginning, held: [] });
  expect(one.leaving).toEqual({ client, fromServerId: 'server-1', ...beginning });
});

test.each([
  { why: 'no answer comes', outcome: 'unanswered', end: (one: ClientLink) => one.sweep(1000) },
  { why: 'too much waits', outcome: 'stayed', end: (one: ClientLink) => one.send(Buffer.from('x'.repeat(1000))) },
])('a client stays where it is when $why', ({ outcome, end }) => {
  const { one, told, sent } = link();
  const { order, taken, ends } = moveTarget();
  receive(one, '{}\x1e');
  one.move(order);
  one.send(Buffer.from(ONE));
  one.sweep(999);
  expect(ends).toEqual([]);
  end(one);
  expect(sent().slice(0, 3)).toEqual([PAUSE, RESUME, data(ONE)]);
  expect(told.slice(1)).toEqual(['paused', 'resumed']);
  expect(ends).toEqual([outcome]);
  expect(one.pauseAnswered()).toBe(false);
  one.send(Buffer.from(TWO));
  expect(sent()).toEqual([data(TWO)]);
  expect(taken).toEqual([]);
});

test.each([
  { why: 'the other connection is gone', isAssignable: false, begun: '' },
  { why: 'the app server had begun a message', isAssignable: true, begun: ONE.slice(0, 5) },
])('a client stays where it is when $why, answer or not', ({ isAssignable, begun }) => {
  const { one, sent } = link();
  const { order, taken, ends } = moveTarget(isAssignable);
  receive(one, `{}\x1e`);
  if (begun !== '') receive(one, begun);
  one.move(order);
  expect(one.pauseAnswered()).toBe(true);
  expect(sent()).toEqual([PAUSE, RESUME]);
  expect([ends, taken]).toEqual([['stayed'], []]);
});

test('an app server that reads again does not let a client go on that is paused for a move', () => {
  const { one, told } = link();
  receive(one, '{}\x1e');
  one.move(moveTarget().order);
  one.resume();
  expect(told.slice(1)).toEqual(['paused']);
});

test('a client that leaves on its way said all that it said before', () => {
  const { one, sent } = link();
  const { order, ends } = moveTarget();
  receive(one, '{}\x1e');
  one.move(order);
  one.send(Buffer.from(ONE));
  one.close('');
  expect(sent()).toEqual([PAUSE, RESUME, data(ONE), { type: 5, connectionId: 'conn', error: '', headers: [] }]);
  expect(ends).toEqual(['gone']);
});

test.each([
  { how: 'its app server ends it', end: (one: ClientLink) => one.closedByServer('') },
  { how: 'the path breaks', end: (one: ClientLink) => one.lost(CloseReasons.serverConnectionLost) },
])('a move ends when $how', ({ end }) => {
  const { one } = link();
  const { order, ends } = moveTarget();
  receive(one, '{}\x1e');
  one.move(order);
  end(one);
  expect(ends).toEqual(['gone']);
  expect(one.pauseAnswered()).toBe(false);
});

test('a client on its way goes on with another app server, when this one shuts down', () => {
  const { one, told, sent } = link({ migratesClients: true });
  const { order, ends } = moveTarget();
  one.open(OPENING, HANDSHAKE);
  sent();
  receive(one, '{}\x1e');
  one.move(order);
  one.send(Buffer.from(ONE));
  expect(one.leaving).toMatchObject({
    opening: OPENING,
    handshakeRequest: HANDSHAKE.toString(),
    fromServerId: 'server-1',
  });
  const released = one.release('server-2');
  const headers = [{ name: 'Asrs-Migrate-To', values: ['server-2'] }];
  expect(sent()).toEqual([PAUSE, RESUME, data(ONE), { type: 5, connectionId: 'conn', error: '', headers }]);
  expect(ends).toEqual(['stayed']);
  released.received({ type: 6, connectionId: 'conn', payload: Buffer.from(`${TWO}{"type":7}\x1e`) });
  expect(told.at(-1)).toBe(`1 ${TWO}`);
});

test('nobody can take over a client that has no handshake response, or is at its end', () => {
  const { one } = link({ migratesClients: true });
  one.open(OPENING, HANDSHAKE);
  expect(one.leaving).toBeUndefined();
  const ending = link({ migratesClients: true, isMovable: false });
  ending.one.open(OPENING, HANDSHAKE);
  receive(ending.one, '{}\x1e');
  expect(ending.one.leaving).toBeUndefined();
  expect(ending.one.move(moveTarget().order)).toBe(false);
  const staying = link();
  staying.one.open(OPENING, HANDSHAKE);
  receive(staying.one, '{}\x1e');
  expect(staying.one.leaving).toBeUndefined();
});
