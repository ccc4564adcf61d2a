import { expect, test } from 'vitest';
import { encodeHubMessage, type HubMessage, HubReader } from './hub-protocol.ts';

const MESSAGES: readonly HubMessage[] = [
  { type: 1, target: 'm', arguments: [1, 'two', null, { three: [true] }] },
  { type: 1, invocationId: '1', target: 'm', arguments: [], streamIds: ['a'] },
  { type: 2, invocationId: '1', item: 'x' },
  { type: 3, invocationId: '1' },
  { type: 3, invocationId: '1', error: 'no' },
  { type: 3, invocationId: '1', result: { a: 1 } },
  { type: 4, invocationId: '1', target: 's', arguments: [2] },
  { type: 5, invocationId: '1' },
  { type: 6 },
  { type: 8, sequenceId: 3 },
];

test.each(['json', 'messagepack'] as const)('%s: what is written is read, byte by byte', (protocol) => {
  const reader = new HubReader(protocol);
  const bytes = Buffer.concat([
    Buffer.from('{}\x1e'),
    ...MESSAGES.map((message) => encodeHubMessage(protocol, message)),
  ]);
  const read = [...bytes].flatMap((byte) => reader.push(Uint8Array.of(byte)));
  expect(read).toEqual([{ type: 0 }, ...MESSAGES]);
});

test('a MessagePack completion is that of the specification', () => {
  expect(encodeHubMessage('messagepack', { type: 3, invocationId: '1', result: 5 }).toString('hex')).toBe(
    '07950380a1310305',
  );
});
