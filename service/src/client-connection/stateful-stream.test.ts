// client-protocol 4.3, 4.4: the layer between a client that may come back and its app server.
import { type HubMessage, HubMessageType, jsonHubProtocol } from '@signalite/protocol';
import { messagePackHubProtocol } from '@signalite/protocol/messagepack';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CloseReasons } from '../lifetime/close-reasons.ts';
import { OutboundQueue } from '../outbound/outbound-queue.ts';
import { type OutboundRecord, RecordKind } from '../outbound/outbound-record.ts';
import { StatefulStream } from './stateful-stream.ts';

const PROTOCOLS = { json: jsonHubProtocol, messagepack: messagePackHubProtocol } as const;
type ProtocolName = keyof typeof PROTOCOLS;
const NAMES: readonly ProtocolName[] = ['json', 'messagepack'];
const LIMITS = { replayBytes: 100_000, clientQueueBytes: 1_000_000, clientMessageBytes: 1000 };
const ACK_MS = 1000;

/** All tracked types, the n-th of its kind. */
const NUMBERED: readonly ((n: number) => HubMessage)[] = [
  (n) => ({ type: 1, target: 'm', arguments: [n] }),
  (n) => ({ type: 2, invocationId: 'i', item: n }),
  (n) => ({ type: 3, invocationId: `i${n}`, result: n }),
  (n) => ({ type: 4, invocationId: `i${n}`, target: 's', arguments: [] }),
  (n) => ({ type: 5, invocationId: `i${n}` }),
];

function call(n: number): HubMessage {
  return { type: 1, target: 'm', arguments: [n] };
}

describe.each(NAMES)('%s', (name) => {
  const protocol = PROTOCOLS[name];
  const bytes = (...messages: readonly HubMessage[]) =>
    Buffer.concat(messages.map((message) => protocol.encode(message)));

  function decode(all: Uint8Array): unknown[] {
    const reader = protocol.createReader();
    reader.push(all);
    const messages: unknown[] = [];
    for (let message = reader.next(); message !== undefined; message = reader.next()) messages.push(message);
    expect(reader.pendingBytes).toBe(0);
    return messages;
  }

  const payloadOf = ({ frame, payloadOffset }: OutboundRecord) => frame.subarray(payloadOffset);
  const decodeAll = (records: readonly OutboundRecord[]) => records.flatMap((record) => decode(payloadOf(record)));
  const create = (limits = LIMITS) => new StatefulStream(name, limits);

  /** What of these bytes goes to the app server. */
  function forwarded(stream: StatefulStream, chunk: Buffer): unknown[] {
    const { forward, end } = stream.read(chunk);
    expect(end).toBeUndefined();
    return forward.flatMap((one) => decode(one));
  }

  /** Writes what the app server sends, and keeps it for a replay. */
  function write(stream: StatefulStream, ...messages: readonly HubMessage[]): OutboundRecord[] {
    const queue = new OutboundQueue();
    for (const record of stream.recordsOf(bytes(...messages))) queue.push(record);
    return stream.replay.takeFrom(queue);
  }

  describe('from the client', () => {
    test('every message goes on as it came, one by one', () => {
      const messages = [...NUMBERED.map((make, n) => make(n)), { type: 6 } as const];
      const { forward } = create().read(bytes(...messages));
      expect(forward.map((one) => one.toString('hex'))).toEqual(messages.map((one) => bytes(one).toString('hex')));
    });

    test('pieces of messages are put together, however they are cut', () => {
      const all = bytes(...Array.from({ length: 12 }, (_, n) => call(n)), { type: 6 });
      fc.assert(
        fc.property(fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 30 }), (sizes) => {
          const stream = create();
          const got: unknown[] = [];
          for (let at = 0, index = 0; at < all.length; index++) {
            const end = at + (sizes[index % sizes.length] ?? 1);
            const lent = Buffer.from(all.subarray(at, end));
            got.push(...forwarded(stream, lent));
            // Lent for the call only.
            lent.fill(0xff);
            at = end;
          }
          expect(got).toEqual(decode(all));
        }),
      );
    });

    test('a message in pieces may be as long as the limit, and no longer', () => {
      const stream = create({ ...LIMITS, clientMessageBytes: 10 });
      // An unfinished message of ten bytes in both protocols: the first byte announces a hundred.
      const start = Buffer.alloc(10, 100);
      expect(stream.read(start)).toEqual({ forward: [] });
      expect(stream.read(Buffer.from([100]))).toEqual({ forward: [], end: CloseReasons.clientMessageTooLarge });
    });

    test('acks and sequences are not for the app server', () => {
      const stream = create();
      const got = forwarded(
        stream,
        bytes({ type: 8, sequenceId: 1 }, call(1), { type: 9, sequenceId: 2 }, call(2), { type: 8, sequenceId: 5 }),
      );
      expect(got).toMatchObject([{ arguments: [1] }, { arguments: [2] }]);
    });

    test('after its return nothing counts before its sequence', () => {
      const stream = create();
      forwarded(stream, bytes(call(1)));
      stream.resume();
      expect(forwarded(stream, bytes(call(1), { type: 6 }, { type: 7 }, call(2)))).toEqual([]);
      expect(stream.isFinished).toBe(false);
      expect(forwarded(stream, bytes({ type: 9, sequenceId: 1 }, call(1), call(2)))).toMatchObject([
        { arguments: [2] },
      ]);
    });

    test.each(NUMBERED.map((make, index) => [index + 1, make] as const))('type %i is counted', (_type, make) => {
      const stream = create();
      forwarded(stream, bytes(make(1), make(2)));
      stream.resume();
      expect(forwarded(stream, bytes({ type: 9, sequenceId: 1 }, make(1), make(2), make(3)))).toEqual(
        decode(bytes(make(3))),
      );
    });

    test('pings are not counted and never taken for duplicates', () => {
      const stream = create();
      forwarded(stream, bytes(call(1), { type: 6 }, { type: 6 }));
      stream.resume();
      const got = forwarded(stream, bytes({ type: 9, sequenceId: 1 }, { type: 6 }, call(1), { type: 6 }, call(2)));
      expect(got).toMatchObject([{ type: 6 }, { type: 6 }, { arguments: [2] }]);
    });

    test('what is sent twice is taken once, over several returns', () => {
      const stream = create();
      const got = forwarded(stream, bytes(call(1), call(2), call(3)));
      for (const { from, to } of [
        { from: 2, to: 4 },
        { from: 2, to: 3 },
        { from: 4, to: 6 },
        { from: 7, to: 8 },
      ]) {
        stream.resume();
        const resent = Array.from({ length: to - from + 1 }, (_, index) => call(from + index));
        got.push(...forwarded(stream, bytes({ type: 9, sequenceId: from }, ...resent)));
      }
      expect(got).toMatchObject([1, 2, 3, 4, 5, 6, 7, 8].map((n) => ({ arguments: [n] })));
    });

    test('half a message is forgotten with the socket that brought it', () => {
      const stream = create();
      const [first, second] = [bytes(call(1)), bytes(call(2))];
      forwarded(stream, Buffer.concat([first, second.subarray(0, 5)]));
      stream.resume();
      expect(forwarded(stream, bytes({ type: 9, sequenceId: 2 }, call(2)))).toMatchObject([{ arguments: [2] }]);
    });

    test('a sequence from the future is the end; what came before it still counts', () => {
      const stream = create();
      forwarded(stream, bytes(call(1)));
      stream.resume();
      const { forward, end } = stream.read(bytes({ type: 9, sequenceId: 2 }, call(2), { type: 9, sequenceId: 4 }));
      expect(forward.flatMap((one) => decode(one))).toMatchObject([{ arguments: [2] }]);
      expect(end).toBe(CloseReasons.sequenceUnknown);
    });

    test('the next expected message is no future', () => {
      const stream = create();
      forwarded(stream, bytes({ type: 9, sequenceId: 1 }, call(1), call(2)));
      stream.resume();
      expect(forwarded(stream, bytes({ type: 9, sequenceId: 3 }, call(3)))).toMatchObject([{ arguments: [3] }]);
    });

    test('a sequence may be ahead of what was counted on a socket that brought nothing new', () => {
      const stream = create();
      forwarded(stream, bytes(call(1), call(2), call(3)));
      stream.resume();
      forwarded(stream, bytes({ type: 9, sequenceId: 1 }));
      stream.resume();
      expect(forwarded(stream, bytes({ type: 9, sequenceId: 4 }, call(4)))).toMatchObject([{ arguments: [4] }]);
    });

    test('after its Close message it does not come back', () => {
      const stream = create();
      expect(stream.isFinished).toBe(false);
      expect(forwarded(stream, bytes({ type: 7 }))).toMatchObject([{ type: 7 }]);
      expect(stream.isFinished).toBe(true);
    });
  });

  describe('acknowledgements', () => {
    test('say the last message that was processed, when there is one', () => {
      const stream = create();
      expect(stream.acknowledgement(5000, ACK_MS)).toBeUndefined();
      forwarded(stream, bytes(call(1), call(2), { type: 6 }));
      const ack = stream.acknowledgement(5000, ACK_MS);
      expect(ack && decodeAll([ack])).toEqual([{ type: 8, sequenceId: 2 }]);
      expect(ack?.kind).toBe(RecordKind.Control);
      expect(stream.acknowledgement(50_000, ACK_MS)).toBeUndefined();
    });

    test('come once in their interval', () => {
      const stream = create();
      const ids: unknown[] = [];
      for (let now = 10_000; now < 15_000; now += 100) {
        forwarded(stream, bytes(call(now)));
        const ack = stream.acknowledgement(now, ACK_MS);
        if (ack !== undefined) ids.push(...decodeAll([ack]));
      }
      expect(ids).toEqual([1, 11, 21, 31, 41].map((sequenceId) => ({ type: 8, sequenceId })));
    });

    test('duplicates are none, but a client that resends did not get the last one', () => {
      const stream = create();
      forwarded(stream, bytes(call(1), call(2)));
      expect(stream.acknowledgement(5000, ACK_MS)).toBeDefined();
      // It got lost with the socket.
      stream.resume();
      forwarded(stream, bytes({ type: 9, sequenceId: 1 }, call(1), call(2)));
      const again = stream.acknowledgement(7000, ACK_MS);
      expect(again && decodeAll([again])).toEqual([{ type: 8, sequenceId: 2 }]);
      stream.resume();
      forwarded(stream, bytes({ type: 9, sequenceId: 3 }));
      expect(stream.acknowledgement(9000, ACK_MS)).toBeUndefined();
    });
  });

  describe('from the app server', () => {
    test('messages become records, one each, in order', () => {
      const messages = [...NUMBERED.map((make, n) => make(n)), { type: 6 } as const, { type: 7 } as const];
      const records = create().recordsOf(bytes(...messages));
      expect(records.map((record) => payloadOf(record).toString('hex'))).toEqual(
        messages.map((one) => bytes(one).toString('hex')),
      );
      const { Messages, Control, Close } = RecordKind;
      expect(records.map(({ kind }) => kind)).toEqual([...NUMBERED.map(() => Messages), Control, Close]);
      expect(new Set(records.map(({ messageCount }) => messageCount))).toEqual(new Set([1]));
      // Text frames for JSON, binary ones for all else.
      expect(records[0]?.frame[0]).toBe(name === 'json' ? 0x81 : 0x82);
    });

    test('its own acks and sequences are dropped', () => {
      const records = create().recordsOf(
        bytes({ type: 9, sequenceId: 1 }, call(1), { type: 8, sequenceId: 7 }, call(2), { type: 8, sequenceId: 8 }),
      );
      expect(decodeAll(records)).toMatchObject([{ arguments: [1] }, { arguments: [2] }]);
    });

    test('who comes back gets the sequence of the first kept message, then all that are kept', () => {
      const stream = create();
      expect(decodeAll(stream.resume())).toEqual([{ type: 9, sequenceId: 1 }]);
      const written = write(stream, call(1), { type: 6 }, call(2), call(3), { type: 7 });
      expect(written).toHaveLength(5);
      expect(decodeAll(stream.resume())).toMatchObject([
        { type: 9, sequenceId: 1 },
        ...[1, 2, 3].map((n) => ({ arguments: [n] })),
      ]);
      // Its acks release even before it says its own sequence.
      stream.read(bytes({ type: 8, sequenceId: 2 }));
      expect(decodeAll(stream.resume())).toMatchObject([{ type: 9, sequenceId: 3 }, { arguments: [3] }]);
      stream.read(bytes({ type: 8, sequenceId: 3 }));
      expect(decodeAll(stream.resume())).toEqual([{ type: 9, sequenceId: 4 }]);
    });

    test('records own their bytes', () => {
      const stream = create();
      const view = bytes(call(1));
      const records = stream.recordsOf(view);
      view.fill(0xff);
      expect(decodeAll(records)).toMatchObject([{ arguments: [1] }]);
    });
  });

  test('a ping of the service is a ping of the client', () => {
    expect(decode(create().ping())).toEqual([{ type: HubMessageType.Ping }]);
  });
});

test.each([
  ['json', '{"type":8}\x1e'],
  ['json', '{"type":9,"sequenceId":"1"}\x1e'],
  ['json', '{"type":9,"sequenceId":1.5}\x1e'],
  ['messagepack', '\x02\x91\x09'],
  ['messagepack', '\x04\x92\x08\xa11'],
])('%s: an ack or a sequence that cannot be read is the end', (name, text) => {
  const stream = new StatefulStream(name, LIMITS);
  expect(stream.read(Buffer.from(text, 'latin1'))).toEqual({ forward: [], end: CloseReasons.hubMessageMalformed });
});

test('what no protocol can read goes on to the app server, which says so', () => {
  const stream = new StatefulStream('json', LIMITS);
  const { forward } = stream.read(Buffer.from('garbage\x1e\x1e{"type":99}\x1e'));
  expect(forward.map(String)).toEqual(['garbage\x1e', '\x1e', '{"type":99}\x1e']);
});

test('the JavaScript client says the type last', () => {
  const stream = new StatefulStream('json', LIMITS);
  const sent = '{"target":"m","arguments":[{"type":9}],"invocationId":"0","type":1}\x1e';
  stream.read(Buffer.from(sent));
  stream.resume();
  const { forward } = stream.read(Buffer.from(`{"sequenceId":1,"type":9}\x1e${sent}${sent.replace('"0"', '"1"')}`));
  expect(forward.map(String)).toEqual([sent.replace('"0"', '"1"')]);
});

test('many small pieces of a large message cost little', () => {
  const stream = new StatefulStream('json', { ...LIMITS, clientMessageBytes: 64 * 1024 * 1024 });
  const piece = Buffer.alloc(16, 'x');
  for (let count = 0; count < 200_000; count++) stream.read(piece);
  const { forward } = stream.read(Buffer.from('\x1e'));
  expect(forward.map(({ length }) => length)).toEqual([3_200_001]);
});
