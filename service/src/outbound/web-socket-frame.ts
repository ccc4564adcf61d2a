// Unmasked WebSocket frame headers as a server writes them (RFC 6455, 5.2).

const FIN = 0x80;
const LENGTH_16 = 126;
const LENGTH_64 = 127;
const SMALL_MAX = 125;
const MEDIUM_MAX = 0xffff;
const TWO_POW_32 = 2 ** 32;

/** Longest header of an unmasked frame, in bytes. */
export const FRAME_HEADER_MAX_BYTES = 10;

export const FrameOpcode = { Text: 1, Binary: 2 } as const;
export type FrameOpcode = (typeof FrameOpcode)[keyof typeof FrameOpcode];

/** Bytes that the header of a frame with `payloadBytes` takes: 2, 4 or 10. */
export function frameHeaderBytes(payloadBytes: number): number {
  if (payloadBytes <= SMALL_MAX) return 2;
  return payloadBytes <= MEDIUM_MAX ? 4 : FRAME_HEADER_MAX_BYTES;
}

/** Writes the header of one final frame at `offset`, which must have room for `frameHeaderBytes(payloadBytes)`. */
export function writeFrameHeader(target: Uint8Array, offset: number, opcode: FrameOpcode, payloadBytes: number): void {
  target[offset] = FIN | opcode;
  if (payloadBytes <= SMALL_MAX) {
    target[offset + 1] = payloadBytes;
    return;
  }
  if (payloadBytes <= MEDIUM_MAX) {
    target[offset + 1] = LENGTH_16;
    target[offset + 2] = payloadBytes >>> 8;
    target[offset + 3] = payloadBytes & 0xff;
    return;
  }
  target[offset + 1] = LENGTH_64;
  writeUint32(target, offset + 2, Math.floor(payloadBytes / TWO_POW_32));
  writeUint32(target, offset + 6, payloadBytes % TWO_POW_32);
}

function writeUint32(target: Uint8Array, offset: number, value: number): void {
  target[offset] = value >>> 24;
  target[offset + 1] = (value >>> 16) & 0xff;
  target[offset + 2] = (value >>> 8) & 0xff;
  target[offset + 3] = value & 0xff;
}
