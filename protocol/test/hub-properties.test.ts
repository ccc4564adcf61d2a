import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { messagePackHubProtocol } from '../src/hub/messagepack-hub-protocol.ts';
import { type HubProtocol, jsonHubProtocol, ProtocolError } from '../src/index.ts';
import { readAll } from './hub-bytes.ts';
import { binaryValue, hubMessage, value } from './hub-messages-arbitrary.ts';

const NUMBER_OF_RUNS = 300;

function joined(parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(parts.flatMap((part) => [...part]));
}

/** `bytes` cut at each of `cuts`, which are taken modulo the length. */
function split(bytes: Uint8Array, cuts: readonly number[]): Uint8Array[] {
  const places = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b);
  return [0, ...places].map((from, index) => bytes.subarray(from, places[index] ?? bytes.length));
}

/** Reads until there is no more, and lets nothing but a ProtocolError pass. */
function readTolerantly(protocol: HubProtocol, bytes: Uint8Array): 'refused' | number {
  try {
    return readAll(protocol, [bytes]).length;
  } catch (error) {
    if (error instanceof ProtocolError) return 'refused';
    throw error;
  }
}

describe.each([
  { protocol: jsonHubProtocol, message: hubMessage(value) },
  { protocol: messagePackHubProtocol, message: hubMessage(binaryValue) },
])('$protocol.name', ({ protocol, message }) => {
  test('messages come back as they were written, joined and split anywhere', () => {
    const cuts = fc.array(fc.nat(), { maxLength: 12 });
    fc.assert(
      fc.property(fc.array(message, { minLength: 1, maxLength: 5 }), cuts, (messages, places) => {
        const bytes = joined(messages.map((each) => protocol.encode(each)));
        expect(readAll(protocol, split(bytes, places))).toStrictEqual(messages);
      }),
      { numRuns: NUMBER_OF_RUNS },
    );
  });

  test('a message that is cut off is asked for, and is never taken for a whole one', () => {
    fc.assert(
      fc.property(message, fc.nat(), (each, place) => {
        const bytes = protocol.encode(each);
        const reader = protocol.createReader();
        reader.push(bytes.subarray(0, place % bytes.length));
        expect(reader.next()).toBeUndefined();
        expect(reader.pendingBytes).toBe(place % bytes.length);
      }),
      { numRuns: NUMBER_OF_RUNS },
    );
  });

  test('bytes of any kind are read, refused or waited for', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        expect(['refused', ...Array(301).keys()]).toContain(readTolerantly(protocol, bytes));
      }),
      { numRuns: 3 * NUMBER_OF_RUNS },
    );
  });

  test('a message with wrong bytes in it is read, refused or waited for', () => {
    const wrong = fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(message, wrong, (each, changes) => {
        const bytes = new Uint8Array(protocol.encode(each));
        for (const [place, byte] of changes) bytes[place % bytes.length] = byte;
        expect(['refused', ...Array(bytes.length + 1).keys()]).toContain(readTolerantly(protocol, bytes));
      }),
      { numRuns: 3 * NUMBER_OF_RUNS },
    );
  });
});

test('a MessagePack body that is cut off inside its frame is refused', () => {
  fc.assert(
    fc.property(hubMessage(binaryValue), fc.nat(), (message, place) => {
      const body = messagePackHubProtocol.encode(message).subarray(1);
      const length = 1 + (place % (body.length - 1));
      fc.pre(body.length < 0x80);
      const frame = joined([Uint8Array.of(length), body.subarray(0, length)]);
      expect(readTolerantly(messagePackHubProtocol, frame)).toBe('refused');
    }),
    { numRuns: NUMBER_OF_RUNS },
  );
});
