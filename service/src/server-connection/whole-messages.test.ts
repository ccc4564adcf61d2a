// service-protocol 7.3: towards clients whole hub messages only.
import { jsonHubProtocol } from '@signalite/protocol';
import { messagePackHubProtocol } from '@signalite/protocol/messagepack';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { WholeMessages, type WholeMessagesCut } from './whole-messages.ts';

const PROTOCOLS = { json: jsonHubProtocol, messagepack: messagePackHubProtocol } as const;
type ProtocolName = keyof typeof PROTOCOLS;

const anyMessage = fc.oneof(
  fc.record({
    type: fc.constant(1 as const),
    target: fc.string({ minLength: 1 }),
    arguments: fc.array(fc.string(), { maxLength: 3 }),
  }),
  // Prefixes of two and three bytes.
  fc.record({
    type: fc.constant(1 as const),
    target: fc.constant('large'),
    arguments: fc.tuple(fc.integer({ min: 100, max: 20_000 }).map((length) => 'x'.repeat(length))),
  }),
  fc.constant({ type: 6 as const }),
);
const anySizes = fc.array(fc.oneof(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 3000 })), {
  minLength: 1,
  maxLength: 20,
});

/** Cuts bytes into pieces whose sizes repeat as given. */
function* pieces(bytes: Buffer, sizes: readonly number[]): Generator<Buffer> {
  for (let start = 0, index = 0; start < bytes.length; index++) {
    const end = start + (sizes[index % sizes.length] ?? 1);
    yield bytes.subarray(start, end);
    start = end;
  }
}

/** Pushes pieces as copies that are overwritten right after, as a lent chunk would be. */
function pushAll(whole: WholeMessages, all: Iterable<Buffer>): { bytes: Buffer; count: number; cuts: Buffer[] } {
  const cuts: Buffer[] = [];
  let count = 0;
  for (const piece of all) {
    const lent = Buffer.from(piece);
    const cut = whole.push(lent);
    if (cut !== undefined) {
      cuts.push(Buffer.from(cut.messages));
      count += cut.count;
    }
    lent.fill(0xff);
  }
  return { bytes: Buffer.concat(cuts), count, cuts };
}

function names(): ProtocolName[] {
  return ['json', 'messagepack'];
}

describe.each(names())('%s', (name) => {
  const { encode, createReader } = PROTOCOLS[name];

  test('any split of any messages gives the same messages, whole', () => {
    fc.assert(
      fc.property(fc.array(anyMessage, { maxLength: 6 }), anySizes, (messages, sizes) => {
        const frames = messages.map((message) => Buffer.from(encode(message)));
        const whole = new WholeMessages(name);
        const { bytes, count, cuts } = pushAll(whole, pieces(Buffer.concat(frames), sizes));
        expect(bytes.equals(Buffer.concat(frames))).toBe(true);
        expect(count).toBe(frames.length);
        expect(whole.tailBytes).toBe(0);
        for (const cut of cuts) {
          const reader = createReader();
          reader.push(cut);
          while (reader.next() !== undefined);
          expect(reader.pendingBytes).toBe(0);
        }
      }),
    );
  });

  test('what is not whole is held back, however it is cut', () => {
    const frame = Buffer.from(encode({ type: 1, target: 'a', arguments: ['x'.repeat(200)] }));
    for (let end = 1; end < frame.length; end++) {
      const whole = new WholeMessages(name);
      expect(whole.push(frame.subarray(0, end))).toBeUndefined();
      expect(whole.tailBytes).toBe(end);
      expect(whole.push(frame.subarray(end))?.messages).toEqual(frame);
    }
  });

  test('two messages and a half: two now, the rest with its other half', () => {
    const [one, two, three] = [1, 2, 3].map((value) =>
      Buffer.from(encode({ type: 1, target: 't', arguments: [value] })),
    );
    if (one === undefined || two === undefined || three === undefined) throw new Error('three messages');
    const whole = new WholeMessages(name);
    const first = whole.push(Buffer.concat([one, two, three.subarray(0, 3)]));
    expect(first).toMatchObject({ messages: Buffer.concat([one, two]), count: 2, endsWithClose: false });
    expect(whole.push(three.subarray(3))).toMatchObject({ messages: three, count: 1 });
  });

  test('whole messages are handed on without a copy', () => {
    const frame = Buffer.from(encode({ type: 6 }));
    const cut = new WholeMessages(name).push(frame);
    expect(cut?.messages.buffer).toBe(frame.buffer);
    expect(cut?.messages.byteOffset).toBe(frame.byteOffset);
  });

  test('a Close message is noticed when it is the last', () => {
    const close = Buffer.from(encode({ type: 7, error: 'x' }));
    const ping = Buffer.from(encode({ type: 6 }));
    const push = (...all: readonly Buffer[]): WholeMessagesCut | undefined =>
      new WholeMessages(name).push(Buffer.concat(all));
    expect(push(close)?.endsWithClose).toBe(true);
    expect(push(ping, close)?.endsWithClose).toBe(true);
    expect(push(ping, ping)?.endsWithClose).toBe(false);
    expect(push(Buffer.from(encode({ type: 1, target: '{"type":7', arguments: [7] })))?.endsWithClose).toBe(false);
  });

  test('a Close message is noticed when it came in pieces', () => {
    const close = Buffer.from(encode({ type: 7, allowReconnect: true }));
    const whole = new WholeMessages(name);
    whole.push(close.subarray(0, 2));
    expect(whole.push(close.subarray(2))?.endsWithClose).toBe(true);
  });

  test('nothing is nothing', () => {
    const whole = new WholeMessages(name);
    expect(whole.push(Buffer.alloc(0))).toBeUndefined();
    expect(whole.tailBytes).toBe(0);
  });
});

test('other protocols are framed as MessagePack', () => {
  expect(new WholeMessages('blazorpack').push(Buffer.from([1, 0xc0, 2, 0x91]))).toMatchObject({ count: 1 });
});

test('what is no length prefix passes: the parser of the client says what is wrong with it', () => {
  const nonsense = Buffer.alloc(8, 0xff);
  expect(new WholeMessages('messagepack').push(nonsense)?.messages).toEqual(nonsense);
});

test('any bytes come out as they went in, but for what is held back', () => {
  fc.assert(
    fc.property(fc.constantFrom(...names()), fc.array(fc.uint8Array({ maxLength: 40 })), (name, chunks) => {
      const all = chunks.map((chunk) => Buffer.from(chunk));
      const whole = new WholeMessages(name);
      const { bytes } = pushAll(whole, all);
      const input = Buffer.concat(all);
      expect(bytes.length + whole.tailBytes).toBe(input.length);
      expect(bytes.equals(input.subarray(0, bytes.length))).toBe(true);
    }),
  );
});
