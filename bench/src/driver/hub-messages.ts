// The few hub messages that a load driver sends, in both hub protocols, ready framed and masked. The mask is zero, so
// that the payload goes out as it is and a time stamp can be written into the frame.

import type { HubProtocolName } from './load.ts';

const RECORD_SEPARATOR = '\x1e';
const STAMP_MARK = '~';
/** Digits of a time stamp: microseconds since the driver started. */
export const STAMP_DIGITS = 12;
const FIN_TEXT = 0x81;
const FIN_BINARY = 0x82;
const MASKED = 0x80;

/** A call of a hub method. Without an invocation id nobody answers. */
export interface Invocation {
  readonly target: string;
  readonly args: readonly string[];
  readonly invocationId?: string;
}

/** Bytes to send, a frame or a request, with room for a time stamp. */
export interface FrameTemplate {
  readonly frame: Buffer;
  readonly stampAt: number;
}

/** Text that starts with room for a time stamp: `payloadBytes` in all. */
export function stampedText(payloadBytes: number): string {
  return `${STAMP_MARK}${'0'.repeat(STAMP_DIGITS)}${STAMP_MARK}`.padEnd(payloadBytes, 'x');
}

/** A call whose last argument is stamped anew for each send. */
export function createTemplate(
  hubProtocol: HubProtocolName,
  invocation: Invocation,
  payloadBytes: number,
): FrameTemplate {
  const args = [...invocation.args, stampedText(payloadBytes)];
  return templateOf(invocationFrame(hubProtocol, { ...invocation, args }));
}

/** Finds the room for the stamp in bytes that hold a `stampedText`; of several, the first. */
export function templateOf(frame: Buffer): FrameTemplate {
  return { frame, stampAt: frame.indexOf(`${STAMP_MARK}0`) + 1 };
}

/** A copy of the frame with the time at which it counts as sent. */
export function stamped({ frame, stampAt }: FrameTemplate, atMs: number): Buffer {
  const copy = Buffer.from(frame);
  copy.write(String(Math.round(atMs * 1000)).padStart(STAMP_DIGITS, '0'), stampAt, 'latin1');
  return copy;
}

export function handshakeFrame(hubProtocol: HubProtocolName): Buffer {
  return clientFrame(
    FIN_TEXT,
    Buffer.from(`${JSON.stringify({ protocol: hubProtocol, version: 1 })}${RECORD_SEPARATOR}`),
  );
}

export function invocationFrame(hubProtocol: HubProtocolName, invocation: Invocation): Buffer {
  return clientFrame(hubProtocol === 'json' ? FIN_TEXT : FIN_BINARY, hubMessage(hubProtocol, invocation));
}

/** A hub message with its own end or length, and no WebSocket frame. */
export function hubMessage(hubProtocol: HubProtocolName, invocation: Invocation): Buffer {
  return hubProtocol === 'json' ? jsonInvocation(invocation) : messagePackInvocation(invocation);
}

function jsonInvocation({ target, args, invocationId }: Invocation): Buffer {
  return Buffer.from(`${JSON.stringify({ type: 1, invocationId, target, arguments: args })}${RECORD_SEPARATOR}`);
}

/** `[1, headers, invocation id, target, arguments, stream ids]` behind its length. */
function messagePackInvocation({ target, args, invocationId }: Invocation): Buffer {
  const body = Buffer.concat([
    Buffer.from([0x96, 1, 0x80]),
    invocationId === undefined ? Buffer.from([0xc0]) : packText(invocationId),
    packText(target),
    Buffer.from([0x90 | args.length]),
    ...args.map(packText),
    Buffer.from([0x90]),
  ]);
  return Buffer.concat([lengthPrefix(body.length), body]);
}

export function packText(text: string): Buffer {
  const bytes = Buffer.from(text);
  const { length } = bytes;
  if (length < 0x20) return Buffer.concat([Buffer.from([0xa0 | length]), bytes]);
  if (length < 0x100) return Buffer.concat([Buffer.from([0xd9, length]), bytes]);
  return Buffer.concat([Buffer.from([0xda, length >> 8, length & 0xff]), bytes]);
}

function lengthPrefix(byteLength: number): Buffer {
  const bytes: number[] = [];
  let rest = byteLength;
  for (; rest > 0x7f; rest >>>= 7) bytes.push((rest & 0x7f) | 0x80);
  return Buffer.from([...bytes, rest]);
}

function clientFrame(firstByte: number, payload: Buffer): Buffer {
  const { length } = payload;
  const size = length < 126 ? [MASKED | length] : [MASKED | 126, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([firstByte, ...size, 0, 0, 0, 0]), payload]);
}
