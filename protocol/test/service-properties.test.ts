import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MessagePackWriter } from '../src/msgpack/writer.ts';
import { ProtocolError } from '../src/protocol-error.ts';
import { decodeServiceMessage } from '../src/service/decode.ts';
import { appendServiceMessage, encodeServiceMessage } from '../src/service/encode.ts';
import { ServiceMessageReader } from '../src/service/service-message-reader.ts';
import { anyServiceMessage, messagesByType } from './service-messages-arbitrary.ts';

const limits = { maxMessageBytes: 16 * 1024 * 1024 };

function readAll(reader: ServiceMessageReader): unknown[] {
  const messages: unknown[] = [];
  for (let message = reader.next(); message !== undefined; message = reader.next()) {
    messages.push(message);
  }
  return messages;
}

/** Cuts bytes into chunks whose sizes repeat as given. */
function* chunksOf(bytes: Uint8Array, sizes: readonly number[]): Generator<Uint8Array> {
  for (let start = 0, index = 0; start < bytes.length; index++) {
    const end = start + (sizes[index % sizes.length] ?? 1);
    yield bytes.subarray(start, end);
    start = end;
  }
}

/** Runs a reader over bytes that nobody vouches for: it may give messages, refuse, or want more, and nothing else. */
function readHostile(bytes: Uint8Array): void {
  const reader = new ServiceMessageReader({ maxMessageBytes: 100_000 });
  reader.push(bytes);
  try {
    readAll(reader);
  } catch (error) {
    expect(error).toBeInstanceOf(ProtocolError);
    return;
  }
  expect(reader.pendingBytes).toBeLessThanOrEqual(bytes.length);
}

test.each(Object.entries(messagesByType))('a message of type %s is read as it was written', (_type, arbitrary) => {
  fc.assert(
    fc.property(arbitrary, (message) => {
      const reader = new ServiceMessageReader(limits);
      reader.push(encodeServiceMessage(message));
      expect(reader.next()).toEqual(message);
      expect(reader.pendingBytes).toBe(0);
    }),
  );
});

test('messages joined and split anywhere are the same messages', () => {
  const sizes = fc.array(fc.oneof(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 5000 })), {
    minLength: 1,
    maxLength: 20,
  });
  fc.assert(
    fc.property(
      fc.array(anyServiceMessage, { maxLength: 8 }),
      sizes,
      fc.boolean(),
      (messages, chunkSizes, readsEach) => {
        const writer = new MessagePackWriter();
        writer.reset(10);
        for (const message of messages) {
          appendServiceMessage(writer, message);
        }
        const reader = new ServiceMessageReader(limits);
        const read: unknown[] = [];
        for (const chunk of chunksOf(writer.take(10), chunkSizes)) {
          reader.push(chunk);
          if (readsEach) {
            read.push(...readAll(reader));
          }
        }
        read.push(...readAll(reader));
        expect(read).toEqual(messages);
        expect(reader.pendingBytes).toBe(0);
      },
    ),
    { numRuns: 200 },
  );
});

test('of a message that is cut off, the reader wants more', () => {
  fc.assert(
    fc.property(anyServiceMessage, fc.nat(), (message, seed) => {
      const framed = encodeServiceMessage(message);
      const cut = framed.subarray(0, seed % framed.length);
      const reader = new ServiceMessageReader(limits);
      reader.push(cut);
      expect(reader.next()).toBeUndefined();
      expect(reader.pendingBytes).toBe(cut.length);
    }),
    { numRuns: 500 },
  );
});

test('a body shorter than its elements is refused', () => {
  fc.assert(
    fc.property(fc.oneof(messagesByType[10], messagesByType[18], messagesByType[34]), fc.nat(), (message, seed) => {
      const framed = encodeServiceMessage(message);
      const body = framed.subarray(framed.findIndex((byte) => byte < 0x80) + 1);
      expect(() => decodeServiceMessage(body.subarray(0, seed % body.length))).toThrow(ProtocolError);
    }),
  );
});

test('random bytes never cause anything but a refusal or a wish for more', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), readHostile), { numRuns: 2000 });
});

test('messages with bytes changed never cause anything but a refusal or a wish for more', () => {
  const changes = fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(anyServiceMessage, changes, (message, replaced) => {
      const framed = encodeServiceMessage(message);
      for (const [offset, byte] of replaced) {
        framed[offset % framed.length] = byte;
      }
      readHostile(framed);
    }),
    { numRuns: 2000 },
  );
});
