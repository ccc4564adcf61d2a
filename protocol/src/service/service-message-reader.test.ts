import { describe, expect, test } from 'vitest';
import { encodeServiceMessage } from './encode.ts';
import type { DecodedServiceMessage, ServiceMessage } from './messages.ts';
import { ServiceMessageReader } from './service-message-reader.ts';

function refused(code: string): unknown {
  return expect.objectContaining({ name: 'ProtocolError', code });
}

function readAll(reader: ServiceMessageReader): DecodedServiceMessage[] {
  const messages: DecodedServiceMessage[] = [];
  for (let message = reader.next(); message !== undefined; message = reader.next()) {
    messages.push(message);
  }
  return messages;
}

function payloadOf(message: DecodedServiceMessage | undefined): Uint8Array {
  return message?.type === 6 ? message.payload : expect.fail('no ConnectionData');
}

function dataOf(size: number): ServiceMessage {
  return { type: 6, connectionId: 'c', payload: Uint8Array.from({ length: size }, (_, index) => index % 251) };
}

describe('limit', () => {
  test('a body of exactly the limit is read, one byte more is refused', () => {
    const framed = encodeServiceMessage(dataOf(100));
    const exact = new ServiceMessageReader({ maxMessageBytes: framed.length - 1 });
    exact.push(framed);
    expect(exact.next()).toEqual(dataOf(100));
    const tight = new ServiceMessageReader({ maxMessageBytes: framed.length - 2 });
    tight.push(framed);
    expect(() => tight.next()).toThrow(refused('message-too-large'));
  });

  test('a prefix over the limit is refused before the body comes', () => {
    const reader = new ServiceMessageReader({ maxMessageBytes: 1000 });
    reader.push(Uint8Array.of(0xe9));
    expect(reader.next()).toBeUndefined();
    reader.push(Uint8Array.of(0x07));
    expect(() => reader.next()).toThrow(refused('message-too-large'));
  });

  test('the text names both sizes', () => {
    const reader = new ServiceMessageReader({ maxMessageBytes: 1000 });
    reader.push(Uint8Array.of(0xe9, 0x07));
    expect(() => reader.next()).toThrow('1001 bytes is over the limit of 1000');
  });

  test('a prefix beyond 31 bits is malformed', () => {
    const reader = new ServiceMessageReader({ maxMessageBytes: 1000 });
    reader.push(Uint8Array.of(0x80, 0x80, 0x80, 0x80));
    expect(reader.next()).toBeUndefined();
    reader.push(Uint8Array.of(0x08));
    expect(() => reader.next()).toThrow(refused('malformed'));
  });
});

test.each(['00', '0190', '0180'])('a frame without a message is malformed: %s', (hex) => {
  const reader = new ServiceMessageReader({ maxMessageBytes: 1000 });
  reader.push(Buffer.from(hex, 'hex'));
  expect(() => reader.next()).toThrow(refused('malformed'));
});

test('a message reaches no further than its length prefix', () => {
  const reader = new ServiceMessageReader({ maxMessageBytes: 1000 });
  // The array announces more than its frame holds, though the chunk goes on.
  reader.push(Buffer.from('039406a1' + '63c4008080', 'hex'));
  expect(() => reader.next()).toThrow(refused('malformed'));
});

test('bytes that a frame has left behind its array are ignored', () => {
  const reader = new ServiceMessageReader({ maxMessageBytes: 1000 });
  reader.push(Buffer.from('0491030000' + '029103', 'hex'));
  expect(readAll(reader)).toEqual([
    { type: 3, values: [] },
    { type: 3, values: [] },
  ]);
});

describe('payloads', () => {
  test('are views of the chunk that holds the whole message', () => {
    const framed = Buffer.concat([encodeServiceMessage(dataOf(10)), encodeServiceMessage(dataOf(20))]);
    const reader = new ServiceMessageReader({ maxMessageBytes: 1000 });
    reader.push(framed);
    const [first, second] = readAll(reader);
    expect(payloadOf(first)).toStrictEqual(payloadOf(dataOf(10)));
    expect(payloadOf(first).buffer).toBe(framed.buffer);
    expect(payloadOf(second).buffer).toBe(framed.buffer);
    framed.fill(0xee);
    expect(payloadOf(second)).toEqual(new Uint8Array(20).fill(0xee));
  });

  test('of a message in several chunks are views of one buffer of its own', () => {
    const framed = encodeServiceMessage(dataOf(600));
    const reader = new ServiceMessageReader({ maxMessageBytes: 1000 });
    const chunks = [framed.slice(0, 100), framed.slice(100, 300), framed.slice(300)];
    for (const chunk of chunks) {
      reader.push(chunk);
    }
    const payload = payloadOf(reader.next());
    for (const chunk of chunks) {
      chunk.fill(0);
    }
    expect(payload).toEqual(payloadOf(dataOf(600)));
    expect(payload.buffer.byteLength).toBe(framed.length - 2);
  });
});

test('pendingBytes counts what belongs to no message yet', () => {
  const framed = encodeServiceMessage(dataOf(600));
  const reader = new ServiceMessageReader({ maxMessageBytes: 1000 });
  expect(reader.pendingBytes).toBe(0);
  reader.push(framed.subarray(0, 1));
  expect([reader.next(), reader.pendingBytes]).toEqual([undefined, 1]);
  reader.push(framed.subarray(1, 400));
  expect([reader.next(), reader.pendingBytes]).toEqual([undefined, 400]);
  reader.push(framed.subarray(400));
  reader.push(framed.subarray(0, 7));
  expect(reader.pendingBytes).toBe(framed.length + 7);
  expect(readAll(reader)).toHaveLength(1);
  expect(reader.pendingBytes).toBe(7);
});

test('empty chunks change nothing', () => {
  const reader = new ServiceMessageReader({ maxMessageBytes: 1000 });
  const framed = encodeServiceMessage(dataOf(5));
  for (const chunk of [new Uint8Array(0), framed.subarray(0, 4), new Uint8Array(0), framed.subarray(4)]) {
    reader.push(chunk);
  }
  reader.push(new Uint8Array(0));
  expect(readAll(reader)).toEqual([dataOf(5)]);
});

test('many chunks may wait before the first message is asked for', () => {
  const reader = new ServiceMessageReader({ maxMessageBytes: 1_000_000 });
  const framed = encodeServiceMessage(dataOf(200_000));
  for (const byte of framed) {
    reader.push(Uint8Array.of(byte));
  }
  const payload = payloadOf(reader.next());
  expect(Buffer.compare(payload, payloadOf(dataOf(200_000)))).toBe(0);
  expect(reader.pendingBytes).toBe(0);
});
