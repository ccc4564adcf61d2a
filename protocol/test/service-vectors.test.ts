import { describe, expect, test } from 'vitest';
import { decodeServiceMessage } from '../src/service/decode.ts';
import { encodeServiceMessage } from '../src/service/encode.ts';
import { ServiceMessageType } from '../src/service/message-type.ts';
import { ServiceMessageReader } from '../src/service/service-message-reader.ts';
import { fromHex, serviceFrames, serviceVectors, toHex } from './service-vectors.ts';

const maxMessageBytes = 1024;

function frame(body: Uint8Array): Uint8Array {
  const prefix = body.length < 0x80 ? [body.length] : [(body.length & 0x7f) | 0x80, body.length >>> 7];
  return Uint8Array.from([...prefix, ...body]);
}

/** What a reader gives for bytes that come one at a time. */
function readBytewise(bytes: Uint8Array): unknown[] {
  const reader = new ServiceMessageReader({ maxMessageBytes });
  const messages: unknown[] = [];
  for (const [index, byte] of bytes.entries()) {
    expect(reader.pendingBytes).toBe(index);
    reader.push(Uint8Array.of(byte));
    const message = reader.next();
    if (message !== undefined) {
      messages.push(message);
    }
  }
  expect(reader.pendingBytes).toBe(0);
  return messages;
}

test('the vectors cover every message type', () => {
  const covered = new Set(serviceVectors.map(({ message }) => message.type));
  expect(covered).toEqual(new Set(Object.values(ServiceMessageType)));
});

describe.each(serviceVectors)('vector $id, $name', ({ hex, message }) => {
  const body = fromHex(hex);

  test('is read', () => {
    expect(decodeServiceMessage(body)).toEqual(message);
  });

  test('is read byte by byte', () => {
    expect(readBytewise(frame(body))).toEqual([message]);
  });
});

describe.each(serviceVectors.filter(({ form }) => form === 'W'))('current form $id, $name', ({ hex, message }) => {
  const body = fromHex(hex);

  test('is what we write', () => {
    expect(toHex(encodeServiceMessage(message))).toBe(toHex(frame(body)));
  });

  test('is read with elements appended', () => {
    const [header = 0, ...elements] = body;
    const longer = Uint8Array.from([header + 2, ...elements, 0xc0, 0x81, 0x01, 0xc0]);
    // In a ping every element counts, so what follows must be text there.
    const ping = Uint8Array.from([header + 2, ...elements, 0xa1, 0x78, 0xa1, 0x79]);
    const expected = message.type === 3 ? { ...message, values: [...message.values, 'x', 'y'] } : message;
    expect(decodeServiceMessage(message.type === 3 ? ping : longer)).toEqual(expected);
  });
});

describe.each(serviceFrames)('on the wire: $name', ({ hex, message }) => {
  test('is read byte by byte', () => {
    expect(readBytewise(fromHex(hex))).toEqual([message]);
  });

  test('is what we write', () => {
    expect(toHex(encodeServiceMessage(message))).toBe(hex);
  });
});

test('a stream of all that was seen on the wire gives the messages in order', () => {
  const reader = new ServiceMessageReader({ maxMessageBytes });
  reader.push(fromHex(serviceFrames.map(({ hex }) => hex).join('')));
  expect(serviceFrames.map(() => reader.next())).toEqual(serviceFrames.map(({ message }) => message));
  expect(reader.next()).toBeUndefined();
  expect(reader.pendingBytes).toBe(0);
});
