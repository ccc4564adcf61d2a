import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { messagePackHubProtocol } from '../src/hub/messagepack-hub-protocol.ts';
import { type HubMessage, jsonHubProtocol } from '../src/index.ts';
import { fromHex, fromUtf8, oneByOne, readAll, refusal, toHex, utf8 } from './hub-bytes.ts';

// client-protocol 7. What .NET wrote is read as it stands; what we write is the same but for integer widths.

interface MessageVector {
  readonly name: string;
  readonly message: object;
  readonly json: string;
  readonly messagepack: string;
  /** Where MessagePack says more than JSON: bytes, dates. */
  readonly messagepackMessage?: object;
  /** Where our integers are shorter than those of .NET. */
  readonly messagepackWritten?: string;
}

const messages: MessageVector[] = load('hub-messages');
const jsonAccepted: { name: string; text: string; message: object }[] = load('hub-json-accepted');
const jsonRefused: { text: string; error: string }[] = load('hub-json-refused');
const messagePackAccepted: { name: string; frame: string; message: object }[] = load('hub-messagepack-accepted');
const messagePackRefused: { name: string; frame: string; error: string }[] = load('hub-messagepack-refused');

function load<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(`./vectors/${name}.json`, import.meta.url), 'utf8'));
}

/** Vectors hold bytes as `{"$bytes": hex}` and dates as `{"$date": text}`. */
function revive(_: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if ('$bytes' in value && typeof value.$bytes === 'string') return fromHex(value.$bytes);
  if ('$date' in value && typeof value.$date === 'string') return new Date(value.$date);
  return value;
}

function value(vector: object): HubMessage {
  return JSON.parse(JSON.stringify(vector), revive);
}

describe.each(messages)('$name', (vector) => {
  const text = utf8(`${vector.json}\u001e`);
  const frame = fromHex(vector.messagepack);
  const messagePackMessage = value(vector.messagepackMessage ?? vector.message);

  test('is read from JSON, whole and in single bytes', () => {
    expect(readAll(jsonHubProtocol, [text])).toStrictEqual([vector.message]);
    expect(readAll(jsonHubProtocol, oneByOne(text))).toStrictEqual([vector.message]);
  });

  test('is written as the JSON text of ASP.NET Core', () => {
    expect(fromUtf8(jsonHubProtocol.encode(value(vector.message)))).toBe(`${vector.json}\u001e`);
  });

  test('is read from MessagePack, whole and in single bytes', () => {
    expect(readAll(messagePackHubProtocol, [frame])).toStrictEqual([messagePackMessage]);
    expect(readAll(messagePackHubProtocol, oneByOne(frame))).toStrictEqual([messagePackMessage]);
  });

  test('is written as MessagePack', () => {
    const written = vector.messagepackWritten ?? vector.messagepack;
    expect(toHex(messagePackHubProtocol.encode(messagePackMessage))).toBe(written);
  });
});

test('bytes are written to JSON as base64', () => {
  const message = { type: 3, invocationId: 'xyz', result: Uint8Array.of(1, 2, 3) } as const;
  expect(fromUtf8(jsonHubProtocol.encode(message))).toBe('{"type":3,"invocationId":"xyz","result":"AQID"}\u001e');
});

describe('what other peers write is accepted', () => {
  test.each(jsonAccepted)('JSON: $name', ({ text, message }) => {
    const bytes = utf8(`${text}\u001e`);
    expect(readAll(jsonHubProtocol, [bytes])).toStrictEqual([message]);
    expect(readAll(jsonHubProtocol, oneByOne(bytes))).toStrictEqual([message]);
  });

  test.each(messagePackAccepted)('MessagePack: $name', ({ frame, message }) => {
    expect(readAll(messagePackHubProtocol, [fromHex(frame)])).toStrictEqual([message]);
    expect(readAll(messagePackHubProtocol, oneByOne(fromHex(frame)))).toStrictEqual([message]);
  });
});

describe('what breaks the rules is refused', () => {
  test.each(jsonRefused)('JSON: $text', ({ text, error }) => {
    const bytes = utf8(`${text}\u001e`);
    expect(refusal(() => readAll(jsonHubProtocol, [bytes]))).toMatchObject({ code: 'malformed', message: error });
    expect(refusal(() => readAll(jsonHubProtocol, oneByOne(bytes))).message).toBe(error);
  });

  test.each(messagePackRefused)('MessagePack: $name', ({ frame, error }) => {
    expect(refusal(() => readAll(messagePackHubProtocol, [fromHex(frame)])).message).toBe(error);
    expect(refusal(() => readAll(messagePackHubProtocol, oneByOne(fromHex(frame)))).message).toBe(error);
  });
});
