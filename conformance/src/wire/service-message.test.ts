// Vectors of service-protocol 13, which were recorded from Microsoft's own SDKs.
import { expect, test } from 'vitest';
import { prefixed } from './length-prefixed.ts';
import { PackMap, packMap } from './message-pack.ts';
import { decodeServiceMessage, encodeServiceMessage, NO_EXTENSIONS, type ServiceMessage } from './service-message.ts';

const P1 = packMap({
  json: Uint8Array.of(6, 7, 1, 2, 3, 4, 5),
  messagepack: Uint8Array.of(7, 1, 2, 3, 4, 5, 6),
});

const VECTORS: readonly (readonly [name: string, hex: string, message: ServiceMessage])[] = [
  ['handshake request', '96010100a00080', [1, 1, 0, '', 0, NO_EXTENSIONS]],
  ['handshake request, new', '97010100a00080c3', [1, 1, 0, '', 0, NO_EXTENSIONS, true]],
  ['handshake response', '9402a080c0', [2, '', NO_EXTENSIONS, null]],
  ['ping', '9303a161a162', [3, 'a', 'b']],
  [
    'open, protocol',
    '9604a5636f6e6e318080a08103a46a736f6e',
    [4, 'conn1', NO_EXTENSIONS, NO_EXTENSIONS, '', new PackMap([[3, 'json']])],
  ],
  ['data', '9406a5636f6e6e35c4070102030405060780', [6, 'conn5', Uint8Array.of(1, 2, 3, 4, 5, 6, 7), NO_EXTENSIONS]],
  [
    'data, tracing',
    '9406a5636f6e6e35c407010203040506078101cd04d2',
    [6, 'conn5', Uint8Array.of(1, 2, 3, 4, 5, 6, 7), new PackMap([[1, 1234]])],
  ],
  [
    'user data',
    '9408a5757365723182a46a736f6ec40706070102030405ab6d6573736167657061636bc4070701020304050680',
    [8, 'user1', P1, NO_EXTENSIONS],
  ],
  [
    'ack',
    '95140265b94a6f696e65642067726f7570207375636365737366756c6c7980',
    [20, 2, 101, 'Joined group successfully', NO_EXTENSIONS],
  ],
  [
    'join, ttl',
    '951aa6636f6e6e3134a667726f757031018201cd04d202cd029a',
    [
      26,
      'conn14',
      'group1',
      1,
      new PackMap([
        [1, 1234],
        [2, 666],
      ]),
    ],
  ],
  ['members', '96288101cd04d2a567726f7570010aa5746f6b656e', [40, new PackMap([[1, 1234]]), 'group', 1, 10, 'token']],
];

test.each(VECTORS)('%s: read', (_name, hex, message) => {
  expect(decodeServiceMessage(Buffer.from(hex, 'hex'))).toEqual(message);
});

test.each(VECTORS)('%s: written', (_name, hex, message) => {
  expect(encodeServiceMessage(message).toString('hex')).toBe(prefixed(Buffer.from(hex, 'hex')).toString('hex'));
});

test('integers are read in any form', () => {
  expect(decodeServiceMessage(Buffer.from('9527a5636f6e6e31d200000001d20000000180', 'hex'))).toEqual([
    39,
    'conn1',
    1,
    1,
    NO_EXTENSIONS,
  ]);
});

test.each(['', '91', 'c0', '91a161'])('no service message: %j', (hex) => {
  expect(() => decodeServiceMessage(Buffer.from(hex, 'hex'))).toThrow();
});
