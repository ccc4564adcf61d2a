import { describe, expect, test } from 'vitest';
import { fromHex, readAll, refusal, toHex } from '../../test/hub-bytes.ts';
import { writeBinaryFrame } from './binary-framing.ts';
import { messagePackHubProtocol } from './messagepack-hub-protocol.ts';

const { encode } = messagePackHubProtocol;

/** StreamItem with the id `1` and an item of this body. */
function item(hex: string): Uint8Array {
  return writeBinaryFrame(fromHex(`940280a131${hex}`));
}

function itemWritten(value: unknown): string {
  return toHex(encode({ type: 2, invocationId: '1', item: value })).slice('0a940280a131'.length);
}

function itemRead(hex: string): unknown {
  const [message] = readAll(messagePackHubProtocol, [item(hex)]);
  return message?.type === 2 ? message.item : undefined;
}

function nested(depth: number): unknown {
  let value: unknown = 1;
  for (let level = 0; level < depth; level++) value = [value];
  return value;
}

describe('messagePackHubProtocol', () => {
  test('is named as in the handshake', () => {
    expect(messagePackHubProtocol).toMatchObject({ name: 'messagepack', version: 2, transferFormat: 'Binary' });
  });

  test.each([
    ['undefined as nil', undefined, 'c0'],
    ['a number over 32 bits', 2 ** 32, 'cf0000000100000000'],
    ['a float', 0.5, 'cb3fe0000000000000'],
    ['a bigint of 64 bits', 2n ** 64n - 1n, 'cfffffffffffffffff'],
    ['a negative bigint', -(2n ** 63n), 'd38000000000000000'],
    ['a small bigint in few bytes', [1n], '9101'],
    ['big numbers beside a bigint', [2n ** 63n, 2 ** 40], '92cf8000000000000000cf0000010000000000'],
    [
      'bytes and dates beside a bigint',
      { a: [1n], b: Uint8Array.of(1), c: new Date(0) },
      '83a1619101a162c40101a163d6ff00000000',
    ],
  ])('writes %s', (_, value, hex) => {
    expect(itemWritten(value)).toBe(hex);
  });

  test('refuses a bigint over 64 bits and values without end', () => {
    expect(() => itemWritten(2n ** 64n)).toThrow(RangeError);
    const cycle: unknown[] = [];
    cycle.push(cycle);
    expect(() => itemWritten(cycle)).toThrow();
    expect(itemWritten(1)).toBe('01');
  });

  test.each([
    ['int8', 'd0ff', -1],
    ['int32 with a small number', 'd200000001', 1],
    ['uint64', 'cf0000000100000000', 2 ** 32],
    ['float32', 'ca40000000', 2],
    ['a text with a 32-bit length', 'db00000001 61', 'a'],
    ['a map with numbers as keys', '8101a161', { 1: 'a' }],
  ])('reads %s', (_, hex, value) => {
    expect(itemRead(hex)).toStrictEqual(value);
  });

  test('gives bytes that are nobody else’s, whatever kind of buffer came in', () => {
    const lent = Buffer.from(item('c40401020304'));
    const reader = messagePackHubProtocol.createReader();
    reader.push(lent);
    const message = reader.next();
    lent.fill(0);
    expect(message).toStrictEqual({ type: 2, invocationId: '1', item: Uint8Array.of(1, 2, 3, 4) });
  });

  test('gives every frame its own memory', () => {
    const first = encode({ type: 5, invocationId: 'a' });
    encode({ type: 5, invocationId: 'b' });
    expect(toHex(first)).toBe('05930580a161');
  });

  test('writes messages of megabytes, and small ones after them', () => {
    const frame = encode({ type: 3, invocationId: '1', result: new Uint8Array(3_000_000).fill(1) });
    const [message] = readAll(messagePackHubProtocol, [frame]);
    const result = message?.type === 3 && message.result instanceof Uint8Array ? message.result : new Uint8Array();
    expect(result.length).toBe(3_000_000);
    expect(result.every((byte) => byte === 1)).toBe(true);
    expect(toHex(encode({ type: 6 }))).toBe('029106');
  });

  test('reads and writes values down to the same depth', () => {
    // The message itself is the first level.
    const deepest = { type: 2, invocationId: '1', item: nested(499) } as const;
    const frame = encode(deepest);
    expect(readAll(messagePackHubProtocol, [frame])).toStrictEqual([deepest]);
    expect(() => encode({ type: 2, invocationId: '1', item: nested(500) })).toThrow();
    expect(refusal(() => readAll(messagePackHubProtocol, [item(`${'91'.repeat(500)}01`)])).message).toBe(
      'The values are nested too deep.',
    );
  });

  test('costs no more memory than the message is long, whatever lengths it claims', () => {
    // Every head claims as many elements as there are bytes in the message.
    const claims = item(`${'dc4000'.repeat(400)}${'00'.repeat(0x4000)}`);
    expect(refusal(() => readAll(messagePackHubProtocol, [claims])).message).toBe(
      'The message ends in the middle of a value.',
    );
  });

  test('holds to the limit of its reader on the length prefix', () => {
    const reader = messagePackHubProtocol.createReader({ maxMessageBytes: 100 });
    reader.push(fromHex('64'));
    expect(refusal(() => reader.next()).code).toBe('message-too-large');
  });
});
