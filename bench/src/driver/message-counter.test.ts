import { expect, test } from 'vitest';
import { createMessageCounter, type MessageCounter } from './message-counter.ts';

const JSON_MESSAGE = '{"type":1,"target":"recv","arguments":["x"]}\x1e';
const JSON_PING = '{"type":6}\x1e';
const MESSAGEPACK_MESSAGE = [5, 0x95, 1, 0x80, 0xc0, 0xa0];
const MESSAGEPACK_PING = [2, 0x91, 6];

/** Counts what arrives in pieces of so many bytes, one frame for all. */
function countInPieces(counter: MessageCounter, bytes: Buffer, pieceBytes: number): number {
  counter.frameBegan(bytes.length);
  let count = 0;
  for (let at = 0; at < bytes.length; at += pieceBytes) {
    count += counter.count(bytes, at, Math.min(bytes.length, at + pieceBytes));
  }
  return count;
}

test.each([1, 2, 3, 7, 1000])('JSON messages are counted once, in pieces of %i bytes', (pieceBytes) => {
  const bytes = Buffer.from(JSON_MESSAGE.repeat(3));
  expect(countInPieces(createMessageCounter('json'), bytes, pieceBytes)).toBe(3);
});

test.each([1, 2, 3, 7, 1000])('MessagePack messages are counted once, in pieces of %i bytes', (pieceBytes) => {
  const bytes = Buffer.from([...MESSAGEPACK_MESSAGE, ...MESSAGEPACK_PING, ...MESSAGEPACK_MESSAGE]);
  expect(countInPieces(createMessageCounter('messagepack'), bytes, pieceBytes)).toBe(2);
});

test('a length of two bytes is read as one number', () => {
  const bytes = Buffer.concat([Buffer.from([0x80, 0x01]), Buffer.alloc(128), Buffer.from(MESSAGEPACK_MESSAGE)]);
  expect(countInPieces(createMessageCounter('messagepack'), bytes, 50)).toBe(2);
});

test('a JSON ping is no message, and the message behind it is one', () => {
  const counter = createMessageCounter('json');
  expect(countInPieces(counter, Buffer.from(JSON_PING), 4)).toBe(0);
  expect(countInPieces(counter, Buffer.from(JSON_MESSAGE), 4)).toBe(1);
});

test('a separator behind the piece belongs to the next one', () => {
  const counter = createMessageCounter('json');
  const bytes = Buffer.from(JSON_MESSAGE + JSON_MESSAGE);
  counter.frameBegan(bytes.length);
  expect(counter.count(bytes, 0, JSON_MESSAGE.length)).toBe(1);
});
