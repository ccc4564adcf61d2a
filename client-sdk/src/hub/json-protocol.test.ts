import { type HubMessage, jsonHubProtocol } from '@signalite/protocol';
import { describe, expect, test } from 'vitest';
import { jsonProtocol } from './json-protocol.ts';

const encode = (text: string) => new TextEncoder().encode(text);
const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

// The vectors of client-protocol 7, and the values that need care.
const messages: HubMessage[] = [
  { type: 1, invocationId: 'xyz', target: 'method', arguments: [42] },
  { type: 1, target: 'method', arguments: [42] },
  { type: 1, invocationId: '1', target: 'm', arguments: [] },
  { type: 1, invocationId: '1', target: 'm', arguments: ['abc', null, true, [1, 2], { a: 1 }] },
  { type: 1, invocationId: 'xyz', target: 'method', arguments: [42], streamIds: ['1', '2'] },
  { type: 1, target: 'm', arguments: ['é<>&\u{1F600}"\\\n\u001e', Number.NaN, undefined, new Date(0)] },
  { type: 1, target: 'm', arguments: [new Uint8Array([1, 2, 3]), { deep: [new Uint8Array(100_000).fill(7)] }] },
  { type: 4, invocationId: 'xyz', target: 'method', arguments: [42], streamIds: ['__test_id__'] },
  { type: 2, invocationId: 'xyz', item: 42 },
  { type: 2, invocationId: 'xyz', item: null },
  { type: 3, invocationId: 'xyz', error: 'Error' },
  { type: 3, invocationId: 'xyz' },
  { type: 3, invocationId: 'xyz', result: null },
  { type: 5, invocationId: 'xyz' },
  { type: 6 },
  { type: 7 },
  { type: 7, error: 'xyz', allowReconnect: true },
  { type: 8, sequenceId: 36 },
  { type: 9, sequenceId: 1234 },
];

test.each(messages)('writes %j as the protocol package does', (message) => {
  expect(decode(jsonProtocol.encode(message))).toBe(decode(jsonHubProtocol.encode(message)));
});

test.each(messages)('reads %j as the protocol package does', (message) => {
  const [ours, theirs] = [jsonProtocol.createReader(), jsonHubProtocol.createReader()];
  for (const reader of [ours, theirs]) reader.push(jsonHubProtocol.encode(message));
  expect(ours.next()).toEqual(theirs.next());
  expect(ours.next()).toBeUndefined();
});

test('has the name, version and format of the JSON hub protocol', () => {
  const { name, version, transferFormat } = jsonHubProtocol;
  expect(jsonProtocol).toMatchObject({ name, version, transferFormat });
});

describe('reading', () => {
  test('takes messages in pieces and together, in order', () => {
    const reader = jsonProtocol.createReader();
    const text = messages.map((message) => decode(jsonHubProtocol.encode(message))).join('');
    const bytes = encode(text);
    const seen: unknown[] = [];
    for (let index = 0; index < bytes.length; index += 7) {
      reader.push(bytes.subarray(index, index + 7));
      // Some are taken late, so that more come before they are.
      if (index % 3 === 0) seen.push(reader.next());
    }
    for (let message = reader.next(); message; message = reader.next()) seen.push(message);
    const whole = jsonHubProtocol.createReader();
    whole.push(bytes);
    expect(seen.filter((message) => message !== undefined)).toEqual(messages.map(() => whole.next()));
    expect(reader.pendingBytes).toBe(0);
  });

  test('keeps what is not complete', () => {
    const reader = jsonProtocol.createReader();
    reader.push(encode('{"type"'));
    expect(reader.next()).toBeUndefined();
    expect(reader.pendingBytes).toBeGreaterThan(0);
    reader.push(encode(':6}\u001e'));
    expect(reader.next()).toEqual({ type: 6 });
  });

  test('takes members in any order, and members that it does not know', () => {
    const reader = jsonProtocol.createReader();
    reader.push(encode('{"arguments":["h"],"foo":[1],"target":"Echo","type":1}\u001e{"type":99}\u001e'));
    expect(reader.next()).toMatchObject({ type: 1, target: 'Echo', arguments: ['h'] });
    expect(reader.next()).toMatchObject({ type: 99 });
  });

  test.each([
    'garbage',
    '',
    'null',
    '5',
    '[]',
    '{}',
    '{"type":"1"}',
    '{"type":1,"arguments":[]}',
    '{"type":1,"target":"m"}',
    '{"type":1,"target":5,"arguments":[]}',
    '{"type":1,"target":"m","arguments":null}',
  ])('refuses %j', (text) => {
    const reader = jsonProtocol.createReader();
    reader.push(encode(`${text}\u001e`));
    expect(() => reader.next()).toThrow('This is no hub message.');
  });
});

test('refuses to write what JSON cannot say', () => {
  expect(() => jsonProtocol.encode({ type: 2, invocationId: '1', item: 1n })).toThrow();
});
