// RFC 6455, 5.2.
import { expect, test } from 'vitest';
import { FRAME_HEADER_MAX_BYTES, FrameOpcode, frameHeaderBytes, writeFrameHeader } from './web-socket-frame.ts';

/** The header of a frame as hex. */
function header(payloadBytes: number, opcode: FrameOpcode = FrameOpcode.Binary): string {
  const bytes = Buffer.alloc(frameHeaderBytes(payloadBytes));
  writeFrameHeader(bytes, 0, opcode, payloadBytes);
  return bytes.toString('hex');
}

test.each([
  [0, '8200'],
  [1, '8201'],
  [125, '827d'],
  [126, '827e007e'],
  [255, '827e00ff'],
  [256, '827e0100'],
  [65_535, '827effff'],
  [65_536, '827f0000000000010000'],
  [0x7fff_ffff, '827f000000007fffffff'],
  [0x8000_0000, '827f0000000080000000'],
  [0xffff_ffff, '827f00000000ffffffff'],
  [0x1_0000_0002, '827f0000000100000002'],
])('%i bytes of payload', (payloadBytes, hex) => {
  expect(header(payloadBytes)).toBe(hex);
  expect(frameHeaderBytes(payloadBytes)).toBe(hex.length / 2);
  expect(hex.length / 2).toBeLessThanOrEqual(FRAME_HEADER_MAX_BYTES);
});

test('text frames differ by their opcode', () => {
  expect(header(5, FrameOpcode.Text)).toBe('8105');
});

test('a header goes where it should, and nowhere else', () => {
  const bytes = Buffer.alloc(8, 0xee);
  writeFrameHeader(bytes, 2, FrameOpcode.Text, 300);
  expect(bytes.toString('hex')).toBe('eeee817e012ceeee');
});
