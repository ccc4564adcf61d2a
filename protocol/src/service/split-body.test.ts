import { expect, test } from 'vitest';
import { SplitBody } from './split-body.ts';

test('pieces come together in order, and no byte more than announced is taken', () => {
  const body = new SplitBody(5);
  expect(body.add(Uint8Array.of(9, 1, 2), 1)).toBe(2);
  expect(body.isComplete).toBe(false);
  expect(body.add(Uint8Array.of(3), 0)).toBe(1);
  expect(body.add(Uint8Array.of(4, 5, 6, 7), 0)).toBe(2);
  expect(body.isComplete).toBe(true);
  expect(body.bytes).toEqual(Uint8Array.of(1, 2, 3, 4, 5));
});

test('memory follows what arrived, not what was announced', () => {
  const body = new SplitBody(64 * 1024 * 1024);
  expect(body.bytes.length).toBeLessThan(64 * 1024);
  body.add(new Uint8Array(1_000_000), 0);
  expect(body.bytes.length).toBeLessThan(4_000_000);
});

test('a large body in many pieces is moved a few times only', () => {
  const byteLength = 8 * 1024 * 1024;
  const piece = new Uint8Array(64 * 1024).fill(7);
  const body = new SplitBody(byteLength);
  const buffers = new Set<unknown>();
  while (!body.isComplete) {
    body.add(piece, 0);
    buffers.add(body.bytes);
  }
  expect(buffers.size).toBeLessThanOrEqual(10);
  expect(body.bytes.length).toBe(byteLength);
  expect(body.bytes.every((byte) => byte === 7)).toBe(true);
});
