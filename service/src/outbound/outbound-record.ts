import { FrameOpcode, frameHeaderBytes, writeFrameHeader } from './web-socket-frame.ts';

/** What a record holds: the handshake answer; messages of types 1 to 5; pings, acks and sequences; a Close message. */
export const RecordKind = {
  Handshake: 'handshake',
  Messages: 'messages',
  Control: 'control',
  Close: 'close',
} as const;
export type RecordKind = (typeof RecordKind)[keyof typeof RecordKind];

/**
 * What waits in a client's queue, whatever its transport: a ready WebSocket frame around whole hub messages. Records
 * are shared by all receivers of a fan-out, so nobody writes to them.
 */
export interface OutboundRecord {
  /** Frame header and payload in one buffer, owned by the record. */
  readonly frame: Buffer;
  /** Where the payload starts: transports without frames write from here. */
  readonly payloadOffset: number;
  /** How many hub messages the payload holds. */
  readonly messageCount: number;
  readonly kind: RecordKind;
}

/** Hub protocols travel as text only when they are JSON (service-protocol 7.3). */
export function isTextProtocol(hubProtocol: string): boolean {
  return hubProtocol === 'json';
}

/** Copies `payload` behind a frame header. The result does not depend on the memory of `payload` any more. */
export function createRecord(payload: Uint8Array, isText: boolean, kind: RecordKind, messageCount = 1): OutboundRecord {
  const payloadOffset = frameHeaderBytes(payload.length);
  const frame = Buffer.allocUnsafe(payloadOffset + payload.length);
  writeFrameHeader(frame, 0, isText ? FrameOpcode.Text : FrameOpcode.Binary, payload.length);
  frame.set(payload, payloadOffset);
  return { frame, payloadOffset, messageCount, kind };
}
