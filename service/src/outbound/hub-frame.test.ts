// client-protocol 3.2, 3.3, 7: hub messages in a stream.
import { jsonHubProtocol } from '@signalite/protocol';
import { messagePackHubProtocol } from '@signalite/protocol/messagepack';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hubFrameAt, hubMessageType } from './hub-frame.ts';

function jsonType(text: string): number | undefined {
  const all = Buffer.from(`${text}\x1e`);
  const frame = hubFrameAt(all, 0, true);
  if (frame === undefined) throw new Error('no frame');
  return hubMessageType(all, frame, true);
}

function binaryType(hex: string): number | undefined {
  const all = Buffer.from(hex, 'hex');
  const frame = hubFrameAt(all, 0, false);
  if (frame === undefined) throw new Error('no frame');
  return hubMessageType(all, frame, false);
}

describe('JSON', () => {
  test.each([
    ['{"type":1,"target":"m","arguments":[]}', 1],
    ['{"target":"m","arguments":[],"type":1}', 1],
    ['{"target":"m","type":1,"arguments":[]}', 1],
    ['{"target":"m","arguments":[{"type":9}],"type":1}', 1],
    ['{"type":1,"target":"m","arguments":[{"a":0,"type":9}]}', 1],
    ['{"arguments":[{"x":1,"type":9}],"target":"\\"type\\":9}","type":1}', 1],
    ['{"target":",\\"type\\":9}","arguments":[],"type" : 2 }', 2],
    [' { "type" : 6 } ', 6],
    ['{"type":6}', 6],
    ['{"type":99,"x":1}', 99],
    ['{"headers":{"type":7}}', undefined],
    ['{"type":"1"}', undefined],
    ['{"type":null}', undefined],
    ['{}', undefined],
    ['[6]', undefined],
    ['6', undefined],
    ['null', undefined],
    ['', undefined],
    ['garbage', undefined],
  ])('%s has the type %s', (text, type) => {
    expect(jsonType(text)).toBe(type);
  });

  test('frames follow each other, and the last one may be unfinished', () => {
    const all = Buffer.from('{}\x1e\x1e{"type":6}\x1e{"ty');
    const ends: number[] = [];
    let at = 0;
    for (let frame = hubFrameAt(all, at, true); frame !== undefined; frame = hubFrameAt(all, at, true)) {
      at = frame.end;
      ends.push(at);
    }
    expect(ends).toEqual([3, 4, 15]);
    expect(hubFrameAt(all, all.length, true)).toBeUndefined();
  });

  test('what was searched is not searched again', () => {
    const all = Buffer.from('{}\x1e{}\x1e');
    expect(hubFrameAt(all, 0, true, 3)).toMatchObject({ body: 0, end: 6 });
    expect(hubFrameAt(all, 3, true, 1)).toMatchObject({ body: 3, end: 6 });
  });
});

describe('MessagePack', () => {
  test.each([
    ['029106', 6],
    ['0e960180c0a66d6574686f64912a90', 1],
    ['03920824', 8],
    ['049208cc24', 8],
    ['059209cd04d2', 9],
    ['0190', undefined],
    ['0106', undefined],
    ['02c091', undefined],
    ['029186', undefined],
  ])('%s has the type %s', (hex, type) => {
    expect(binaryType(hex)).toBe(type);
  });

  test('an empty frame has no type, whatever comes behind it', () => {
    // The length of the second one looks like an array, and the byte behind it like a type.
    const all = Buffer.from(`009101${'00'.repeat(200)}`, 'hex');
    const frame = hubFrameAt(all, 0, false);
    expect(frame).toEqual({ body: 1, bodyEnd: 1, end: 1 });
    expect(frame && hubMessageType(all, frame, false)).toBeUndefined();
  });

  test.each(['', '03', '039206', '80', '8080'])('%s is not whole yet', (hex) => {
    expect(hubFrameAt(Buffer.from(hex, 'hex'), 0, false)).toBeUndefined();
  });

  test('a length of several bytes', () => {
    const all = Buffer.concat([Buffer.from('029106c801', 'hex'), Buffer.alloc(200), Buffer.from('02', 'hex')]);
    const frame = hubFrameAt(all, 3, false);
    expect(frame).toEqual({ body: 5, bodyEnd: 205, end: 205 });
    expect(hubFrameAt(all, 205, false)).toBeUndefined();
  });

  test('what cannot be a length passes to whoever parses it', () => {
    const all = Buffer.from('ffffffffffff', 'hex');
    expect(hubFrameAt(all, 0, false)).toEqual({ body: 0, bodyEnd: 6, end: 6 });
  });
});

describe.each([
  { name: 'JSON', protocol: jsonHubProtocol, isText: true },
  { name: 'MessagePack', protocol: messagePackHubProtocol, isText: false },
])('$name, wherever the stream is cut', ({ protocol, isText }) => {
  const anyMessage = fc.oneof(
    fc.record({
      type: fc.constantFrom(1 as const, 4 as const),
      invocationId: fc.string({ minLength: 1 }),
      target: fc.string({ minLength: 1 }),
      // Prefixes of one, two and three bytes.
      arguments: fc.array(
        fc.oneof(
          fc.string(),
          fc.integer({ min: 100, max: 20_000 }).map((length) => 'x'.repeat(length)),
        ),
        {
          maxLength: 3,
        },
      ),
    }),
    fc.constant({ type: 6 as const }),
    fc.record({ type: fc.constantFrom(8 as const, 9 as const), sequenceId: fc.nat() }),
  );

  /** Types of the whole messages, and where the rest begins. */
  function readAll(all: Buffer): { types: (number | undefined)[]; end: number } {
    const types: (number | undefined)[] = [];
    let end = 0;
    for (let frame = hubFrameAt(all, end, isText); frame !== undefined; frame = hubFrameAt(all, end, isText)) {
      types.push(hubMessageType(all, frame, isText));
      end = frame.end;
    }
    return { types, end };
  }

  test('each message is found once, whole, with its type', () => {
    fc.assert(
      fc.property(fc.array(anyMessage, { minLength: 1, maxLength: 5 }), fc.nat(), (messages, anywhere) => {
        const frames = messages.map((message) => Buffer.from(protocol.encode(message)));
        const all = Buffer.concat(frames);
        const cut = anywhere % (all.length + 1);
        const first = readAll(all.subarray(0, cut));
        const rest = readAll(all.subarray(first.end));
        expect([...first.types, ...rest.types]).toEqual(messages.map(({ type }) => type));
        expect(first.end + rest.end).toBe(all.length);
        expect(first.end).toBeLessThanOrEqual(cut);
        const wholeBytes = Buffer.concat(frames.slice(0, first.types.length)).length;
        expect(first.end).toBe(wholeBytes);
      }),
    );
  });
});
