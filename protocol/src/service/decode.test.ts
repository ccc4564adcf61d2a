import { describe, expect, test } from 'vitest';
import { decodeServiceMessage } from './decode.ts';

function decode(hex: string): unknown {
  return decodeServiceMessage(new Uint8Array(Buffer.from(hex.replaceAll(' ', ''), 'hex')));
}

function malformed(text: string): unknown {
  return expect.objectContaining({ name: 'ProtocolError', code: 'malformed', message: expect.stringContaining(text) });
}

test.each([
  ['92 29 c0', 41],
  ['91 00', 0],
  ['92 cd 01 00 c1', 256],
  ['91 ff', -1],
])('a message of an unknown type is reported with its number: %s', (hex, messageType) => {
  expect(decode(hex)).toEqual({ type: 'unknown', messageType });
});

test.each([
  ['', 'ends'],
  ['90', 'no type'],
  ['80', 'Expected an array'],
  ['91 a1 33', 'Expected an integer'],
])('what is no message is refused: %s', (hex, text) => {
  expect(() => decode(hex)).toThrow(malformed(text));
});

const shortest: [type: number, elements: number][] = [
  ...[1, 2, 5, 15, 38].map((type): [number, number] => [type, 2]),
  ...[4, 6, 7, 8, 9, 10, 11, 12, 14, 16, 17, 23, 24, 25, 28].map((type): [number, number] => [type, 3]),
  ...[13, 18, 19, 20, 21, 26, 27, 30, 31, 37, 39, 40].map((type): [number, number] => [type, 4]),
  ...[22, 29, 32, 33, 34, 36].map((type): [number, number] => [type, 5]),
  [35, 6],
];

test.each(shortest)('type %i needs %i elements', (type, elements) => {
  const tooShort = Uint8Array.of(0x90 + elements - 1, type, ...new Array<number>(elements - 2).fill(0xc0));
  expect(() => decodeServiceMessage(tooShort)).toThrow(malformed(`needs at least ${elements}`));
});

describe('nil', () => {
  test.each([
    ['94 05 a1 63 c0 c0', { type: 5, connectionId: 'c', error: '', headers: [] }],
    ['96 04 a1 63 c0 c0 c0 c0', { type: 4, connectionId: 'c', claims: [], headers: [], queryString: '' }],
    ['94 0a c0 c0 c0', { type: 10, excludedConnectionIds: [], payloads: [] }],
    ['94 06 a1 63 c0 c0', { type: 6, connectionId: 'c', payload: new Uint8Array(0) }],
    ['94 02 c0 c0 c0', { type: 2 }],
    ['97 01 01 00 c0 00 c0 c0', { type: 1, version: 1, connectionType: 0, target: '', migrationLevel: 0 }],
    ['94 0c a1 63 c0 80', { type: 12, connectionId: 'c' }],
    ['94 11 a1 75 c0 80', { type: 17, userId: 'u' }],
    ['95 13 a1 63 c0 01 80', { type: 19, connectionId: 'c', ackId: 1 }],
    ['95 1b a1 75 c0 01 80', { type: 27, userId: 'u', ackId: 1 }],
    ['96 14 01 01 c0 c0 c0', { type: 20, ackId: 1, status: 1, message: '' }],
    ['96 14 01 01 c0 c0 c4 00', { type: 20, ackId: 1, status: 1, message: '', payload: new Uint8Array(0) }],
    ['93 03 a1 61 c0', { type: 3, values: ['a', ''] }],
    [
      '95 05 a1 63 a0 81 a1 68 92 c0 a1 76 80',
      { type: 5, connectionId: 'c', error: '', headers: [{ name: 'h', values: ['', 'v'] }] },
    ],
  ])('stands for nothing where it may: %s', (hex, message) => {
    expect(decode(hex)).toEqual(message);
  });

  test.each([
    '94 06 c0 c4 00 80',
    '94 0b a1 63 c0 80',
    '94 0e 91 c0 80 80',
    '94 0a 90 81 c0 c4 00 80',
    '95 05 a1 63 a0 81 c0 90 80',
  ])('is refused for an id, a group, a protocol and a header name: %s', (hex) => {
    expect(() => decode(hex)).toThrow(malformed('Expected a string'));
  });
});

test('claims keep their order and repeat', () => {
  const message = decode('96 04 a1 63 83 a1 72 a1 31 a1 73 a1 32 a1 72 a1 33 80 a0 80');
  expect(message).toMatchObject({
    claims: [
      { type: 'r', value: '1' },
      { type: 's', value: '2' },
      { type: 'r', value: '3' },
    ],
  });
});

test('an answer of a client takes its protocol from the extensions if it has none of its own', () => {
  const completion = { type: 35, invocationId: 'i', connectionId: 'c', callerServerId: '', payload: new Uint8Array(0) };
  expect(decode('97 23 a1 69 a1 63 c0 c0 c0 82 01 05 03 a1 6a')).toEqual({
    ...completion,
    protocol: 'j',
    tracingId: 5n,
  });
  expect(decode('97 23 a1 69 a1 63 c0 a1 6b c0 81 03 a1 6a')).toEqual({ ...completion, protocol: 'k' });
  expect(decode('96 23 a1 69 a1 63 c0 c0 c0')).toEqual({ ...completion, protocol: '' });
});

describe('a query for the members of a group', () => {
  const query = { type: 40, group: 'g', ackId: 1 };

  test.each([
    ['94 28 80 a1 67 01', query],
    ['95 28 c0 a1 67 01 0a', { ...query, max: 10 }],
    ['96 28 80 a1 67 01 c0 c0', query],
    ['96 28 81 01 07 a1 67 01 c0 a1 74', { ...query, tracingId: 7n, continuationToken: 't' }],
    ['97 28 80 a1 67 01 0a a1 74 05', { ...query, max: 10, continuationToken: 't', top: 5 }],
    ['97 28 80 a1 67 01 c0 c0 c0', query],
  ])('is read in each of its forms: %s', (hex, message) => {
    expect(decode(hex)).toEqual(message);
  });
});

test('group sends of each length are read', () => {
  const send = { type: 13, group: 'g', excludedConnectionIds: [], payloads: [], excludedUserIds: [] };
  expect(decode('94 0d a1 67 90 80')).toEqual(send);
  expect(decode('95 0d a1 67 90 80 81 04 a1 66')).toEqual({ ...send, filter: 'f' });
  expect(decode('96 0d a1 67 90 80 80 91 a1 75')).toEqual({ ...send, excludedUserIds: ['u'] });
  expect(decode('97 0d a1 67 90 80 80 90 a1 76')).toEqual({ ...send, callerUserId: 'v' });
});

test('payloads are views of the body', () => {
  const body = new Uint8Array(Buffer.from('940a9081a46a736f6ec403010203' + '80', 'hex'));
  const message = decodeServiceMessage(body);
  const data = message.type === 10 ? message.payloads[0]?.data : undefined;
  expect(data).toEqual(Uint8Array.of(1, 2, 3));
  expect(data?.buffer).toBe(body.buffer);
});
