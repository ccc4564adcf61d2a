import { describe, expect, test } from 'vitest';
import { fromHex, refusal, toHex } from '../../test/hub-bytes.ts';
import { BinaryFrameReader, prefixLength, writeBinaryFrame, writePrefix } from './binary-framing.ts';

// client-protocol 7, "VarInt".
const prefixes: [number, string][] = [
  [0, '00'],
  [1, '01'],
  [53, '35'],
  [127, '7f'],
  [128, '8001'],
  [5248, '8029'],
  [16383, 'ff7f'],
  [16384, '808001'],
  [2147483647, 'ffffffff07'],
];

describe('length prefix', () => {
  test.each(prefixes)('%i is written as %s', (length, hex) => {
    const prefix = new Uint8Array(prefixLength(length));
    expect(writePrefix(prefix, 0, length)).toBe(prefix.length);
    expect(toHex(prefix)).toBe(hex);
  });

  test.each(prefixes.filter(([length]) => length > 0))('%i is read from %s', (length, hex) => {
    const prefix = fromHex(hex);
    const reader = new BinaryFrameReader(length + prefix.length);
    reader.push(prefix);
    expect(reader.next()).toBeUndefined();
    const stricter = new BinaryFrameReader(length + prefix.length - 1);
    stricter.push(prefix);
    expect(refusal(() => stricter.next())).toMatchObject({ code: 'message-too-large' });
  });

  test.each(['ffffffff08', 'ffffffffff', '808080808000'])('%s is too long', (hex) => {
    const reader = new BinaryFrameReader();
    reader.push(fromHex(hex));
    expect(refusal(() => reader.next()).message).toBe('Messages over 2GB in size are not supported.');
  });
});

describe('writeBinaryFrame', () => {
  test('puts the length in front', () => {
    expect(toHex(writeBinaryFrame(fromHex('9106')))).toBe('029106');
    expect(toHex(writeBinaryFrame(new Uint8Array(300))).slice(0, 6)).toBe('ac0200');
  });
});

describe('BinaryFrameReader', () => {
  test('ignores empty frames', () => {
    const reader = new BinaryFrameReader();
    reader.push(fromHex('00 00 01aa 00 02bbcc 00'));
    expect([reader.next(), reader.next()].map((body) => body && toHex(body))).toEqual(['aa', 'bbcc']);
    expect(reader.next()).toBeUndefined();
    expect(reader.pendingBytes).toBe(0);
  });

  test('refuses on the prefix, before the body comes', () => {
    const reader = new BinaryFrameReader(100);
    reader.push(fromHex('64'));
    expect(refusal(() => reader.next()).message).toBe('The maximum message size of 100B was exceeded.');
  });

  test('keeps what it was lent, and what it has given stays as it was', () => {
    const reader = new BinaryFrameReader();
    const lent = fromHex('01aa 03bb');
    reader.push(lent);
    expect(toHex(reader.next() ?? lent)).toBe('aa');
    expect(reader.next()).toBeUndefined();
    lent.fill(0);
    reader.push(fromHex('ccdd 02ee'));
    const body = reader.next() ?? lent;
    expect(reader.next()).toBeUndefined();
    reader.push(fromHex('ff'));
    expect(toHex(reader.next() ?? lent)).toBe('eeff');
    expect(toHex(body)).toBe('bbccdd');
  });
});
