import { expect, test } from 'vitest';
import { FrameReader } from './frame-reader.ts';

/** What a reader makes of bytes that come in pieces. */
function read(bytes: Buffer, pieceBytes: number): { opcode: number; payload: string }[] {
  const frames: { opcode: number; payload: string }[] = [];
  const reader = new FrameReader({
    frameBegan: (opcode) => frames.push({ opcode, payload: '' }),
    framePiece: (chunk, start, end) => {
      const last = frames.at(-1);
      if (last !== undefined) last.payload += chunk.toString('latin1', start, end);
    },
  });
  for (let at = 0; at < bytes.length; at += pieceBytes) reader.push(bytes.subarray(at, at + pieceBytes));
  return frames;
}

function frame(opcode: number, payload: string): Buffer {
  const { length } = payload;
  const size = Buffer.alloc(length < 126 ? 1 : length < 0x1_0000 ? 3 : 9);
  if (length < 126) size[0] = length;
  else if (length < 0x1_0000) {
    size[0] = 126;
    size.writeUInt16BE(length, 1);
  } else {
    size[0] = 127;
    size.writeBigUInt64BE(BigInt(length), 1);
  }
  return Buffer.concat([Buffer.from([0x80 | opcode]), size, Buffer.from(payload)]);
}

const EXPECTED = [
  { opcode: 1, payload: 'a' },
  { opcode: 9, payload: '' },
  { opcode: 2, payload: 'b'.repeat(200) },
  { opcode: 1, payload: 'c'.repeat(70_000) },
  { opcode: 1, payload: 'd' },
];
const BYTES = Buffer.concat(EXPECTED.map(({ opcode, payload }) => frame(opcode, payload)));

test.each([1, 2, 3, 5, 1000, BYTES.length])('frames in chunks of %i bytes', (pieceBytes) => {
  expect(read(BYTES, pieceBytes)).toEqual(EXPECTED);
});
