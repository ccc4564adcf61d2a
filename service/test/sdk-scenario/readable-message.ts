// Hub messages as lines that people can read and compare: JSON as it is on the wire, MessagePack as the JSON of its
// array. Ids of client results differ from run to run by design and are named.

import { decode } from '@msgpack/msgpack';

const QUESTION = '{question}';

/** Target of the message that tells a client that all before it has come. */
export const FENCE_TARGET = 'fence';

/** A hub message, and what decides whether it is shown. */
export interface ReadableMessage {
  readonly text: string;
  readonly kind: 'ping' | 'fence' | 'other';
}

/** Reads one JSON message or handshake response, record separator included. */
export function readableJson(message: Buffer): ReadableMessage {
  const text = message.subarray(0, -1).toString();
  if (text === '{"type":6}') return { text, kind: 'ping' };
  const named = text.replace(/^\{"type":1,"invocationId":"[^"]*"/, `{"type":1,"invocationId":"${QUESTION}"`);
  return { text: named, kind: named.includes(`"target":"${FENCE_TARGET}"`) ? 'fence' : 'other' };
}

/** Reads one MessagePack message, length prefix included. */
export function readableMessagePack(message: Buffer): ReadableMessage {
  const bodyAt = message.findIndex((byte) => byte < 0x80) + 1;
  const values: unknown = decode(message.subarray(bodyAt));
  if (!Array.isArray(values)) throw new Error('a MessagePack hub message is not an array');
  if (values[0] === 6) return { text: '[6]', kind: 'ping' };
  if (values[0] === 1 && values[2] !== null) values[2] = QUESTION;
  const kind = values[0] === 1 && values[3] === FENCE_TARGET ? 'fence' : 'other';
  return { text: JSON.stringify(values, withBytes), kind };
}

function withBytes(_key: string, value: unknown): unknown {
  return value instanceof Uint8Array ? `bytes ${Buffer.from(value).toString('hex')}` : value;
}
