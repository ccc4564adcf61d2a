import { describe, expect, test } from 'vitest';
import { MessagePackWriter } from '../msgpack/writer.ts';
import { appendServiceMessage, encodeServiceMessage } from './encode.ts';
import type { ServiceMessage } from './messages.ts';

function hexOf(message: ServiceMessage): string {
  return Buffer.from(encodeServiceMessage(message)).toString('hex');
}

/** What a caller may hand over by spreading one message into another. */
const everyExtension = { tracingId: 5n, ttlSeconds: 6, filter: 'f', dataType: 2, isPartial: true } as const;
const ids = { invocationId: 'i', connectionId: 'c', callerServerId: 's' };

describe('towards older SDKs, which lose a message over a key they do not expect', () => {
  const empty: [string, ServiceMessage, string][] = [
    ['HandshakeResponse', { type: 2, ...everyExtension }, '059402a080c0'],
    ['Ack', { type: 20, ackId: 1, status: 1, message: '', ...everyExtension }, '0695140101a080'],
    ['ServiceMapping', { type: 37, ...ids, instanceId: 'n', ...everyExtension }, '099525a169a163a16e80'],
    ['ConnectionReconnect', { type: 38, connectionId: 'c', ...everyExtension }, '059326a16380'],
    [
      'ServiceEvent',
      { type: 22, objectType: 2, id: 'c', kind: 2, message: '', ...everyExtension },
      '08961602a16302a080',
    ],
    ['AccessKeyRequest', { type: 28, ...everyExtension }, '05941cc0c080'],
    ['AccessKeyResponse', { type: 29, ...everyExtension }, '07961dc0c0c0c080'],
    [
      'ConnectionFlowControl',
      { type: 39, connectionId: 'c', target: 1, operation: 3, ...everyExtension },
      '0f9527a163d200000001d20000000380',
    ],
    [
      'HandshakeRequest',
      { type: 1, version: 1, connectionType: 0, target: '', migrationLevel: 0, ...everyExtension },
      '0796010100a00080',
    ],
  ];

  test.each(empty)('%s has an empty extension map', (_name, message, hex) => {
    expect(hexOf(message)).toBe(hex);
  });

  const some: [string, ServiceMessage, string][] = [
    [
      'OpenConnection writes tracing id and protocol',
      { type: 4, connectionId: 'c', claims: [], headers: [], queryString: '', protocol: 'json', ...everyExtension },
      '109604a1638080a08201' + '0503a46a736f6e',
    ],
    [
      'CloseConnection writes the tracing id',
      { type: 5, connectionId: 'c', error: '', headers: [], ...everyExtension },
      '099505a163a080810105',
    ],
    [
      'ConnectionData writes tracing id, data type and partial flag',
      { type: 6, connectionId: 'c', payload: new Uint8Array(0), ...everyExtension },
      '0d9406a163c40083' + '0105050206c3',
    ],
    [
      'ClientCompletion writes tracing id and protocol',
      { type: 35, ...ids, protocol: 'json', payload: new Uint8Array(0), ...everyExtension },
      '189723a169a163a173a46a736f6ec40082' + '010503a46a736f6e',
    ],
    [
      'ErrorCompletion writes the tracing id',
      { type: 36, ...ids, error: '', ...everyExtension },
      '0c9624a169a163a173a0810105',
    ],
    [
      'ClientInvocation writes the tracing id',
      { type: 34, ...ids, payloads: [], ...everyExtension },
      '0c9622a169a163a17380810105',
    ],
    [
      'JoinGroup writes the tracing id',
      { type: 11, connectionId: 'c', group: 'g', ...everyExtension },
      '09940ba163a167810105',
    ],
    [
      'UserJoinGroup writes tracing id and ttl',
      { type: 16, userId: 'u', group: 'g', ...everyExtension },
      '0b9410a175a16782' + '01050206',
    ],
    [
      'BroadcastData writes tracing id and filter',
      { type: 10, excludedConnectionIds: [], payloads: [], ...everyExtension },
      '0a940a908082' + '010504a166',
    ],
  ];

  test.each(some)('%s, and nothing else', (_name, message, hex) => {
    expect(hexOf(message)).toBe(hex);
  });
});

test('an ack has a sixth element only for a payload', () => {
  expect(hexOf({ type: 20, ackId: 1, status: 1, message: '', payload: Uint8Array.of(0x90) })).toBe(
    '0996140101a080c40190',
  );
});

test('a query has a seventh element only for the number that newer SDKs may send', () => {
  const query = { type: 40, group: 'g', ackId: 1 } as const;
  expect(hexOf(query)).toBe('08962880a16701c0c0');
  expect(hexOf({ ...query, top: 5 })).toBe('09972880a16701c0c005');
});

test('messages follow each other in one writer, behind room for a header', () => {
  const writer = new MessagePackWriter({ initialBytes: 12 });
  writer.reset(10);
  appendServiceMessage(writer, { type: 3, values: [] });
  appendServiceMessage(writer, { type: 15, message: 'x'.repeat(200) });
  appendServiceMessage(writer, { type: 3, values: ['a', 'b'] });
  const expected = ['029103', ...['cc01', '920fd9c8', '78'.repeat(200)], '069303a161a162'].join('');
  expect(Buffer.from(writer.take(10)).toString('hex')).toBe(expected);
});

test('a message that cannot be written leaves the writer as it was', () => {
  const writer = new MessagePackWriter();
  appendServiceMessage(writer, { type: 3, values: [] });
  const before = writer.take();
  expect(() => appendServiceMessage(writer, { type: 20, ackId: Number.NaN, status: 1, message: '' })).toThrow(
    RangeError,
  );
  expect(writer.take()).toEqual(before);
});
