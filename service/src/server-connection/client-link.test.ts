// service-protocol 7.2-7.4, 9.2.
import { Duplex } from 'node:stream';
import { type ServiceMessage, ServiceMessageReader } from '@signalite/protocol/service';
import { expect, test } from 'vitest';
import type { LinkedClient } from '../hub/server-link.ts';
import { CloseReasons } from '../lifetime/close-reasons.ts';
import { EndOfTurn } from '../outbound/end-of-turn.ts';
import { ClientLink, type LinkHost } from './client-link.ts';
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
