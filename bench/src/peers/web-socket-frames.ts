// The server's side of WebSocket frames, as small as the peers need it: no limits, no close handshake.

import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';

const MAGIC = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const FIN = 0x80;
const CONTROL_OPCODES = 8;
const SMALL_MAX = 125;
const MEDIUM_MAX = 0xffff;

export const FrameType = { Text: 1, Binary: 2 } as const;
export type FrameType = (typeof FrameType)[keyof typeof FrameType];

/** Answers an upgrade request. */
export function acceptUpgrade(key: string, socket: Pick<Duplex, 'write'>): void {
  const accept = createHash('sha1')
    .update(key + MAGIC)
    .digest('base64');
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
  );
}

export function upgradeKey(request: IncomingMessage): string {
  return request.headers['sec-websocket-key'] ?? '';
}

/** The header of one whole message. */
export function frameHeader(type: FrameType, payloadBytes: number): Buffer {
  const first = FIN | type;
  if (payloadBytes <= SMALL_MAX) return Buffer.from([first, payloadBytes]);
  if (payloadBytes <= MEDIUM_MAX) return Buffer.from([first, 126, payloadBytes >> 8, payloadBytes & 0xff]);
  const header = Buffer.alloc(10);
  header.set([first, 127]);
  header.writeUInt32BE(payloadBytes, 6);
  return header;
}

/** A ready frame: header and payload in one buffer. */
export function readyFrame(type: FrameType, payload: Buffer): Buffer {
  return Buffer.concat([frameHeader(type, payload.length), payload]);
}

/**
 * Cuts what a peer sends into messages; unmasks in place. One loop without an object for a frame: the peers must cost
 * as little as they can.
 */
export class MessageReader {
  readonly #onMessage: (payload: Buffer) => void;
  #rest: Buffer | undefined;
  #fragments: Buffer | undefined;

  /** The payload is valid during the call only. */
  constructor(onMessage: (payload: Buffer) => void) {
    this.#onMessage = onMessage;
  }

  push(next: Buffer): void {
    const chunk = this.#rest === undefined ? next : Buffer.concat([this.#rest, next]);
    let at = 0;
    while (chunk.length - at >= 2) {
      const first = chunk[at] ?? 0;
      const second = chunk[at + 1] ?? 0;
      const shortSize = second & 0x7f;
      const maskAt = at + (shortSize === 126 ? 4 : shortSize === 127 ? 10 : 2);
      const bodyAt = second > 0x7f ? maskAt + 4 : maskAt;
      if (chunk.length < bodyAt) break;
      const size =
        shortSize === 126 ? chunk.readUInt16BE(at + 2) : shortSize === 127 ? chunk.readUInt32BE(at + 6) : shortSize;
      if (chunk.length < bodyAt + size) break;
      const payload = chunk.subarray(bodyAt, bodyAt + size);
      if (bodyAt > maskAt) unmask(payload, chunk, maskAt);
      if ((first & 0x0f) < CONTROL_OPCODES) this.#frame(payload, first >= FIN);
      at = bodyAt + size;
    }
    this.#rest = at < chunk.length ? chunk.subarray(at) : undefined;
  }

  #frame(payload: Buffer, isFinal: boolean): void {
    const whole = this.#fragments === undefined ? payload : Buffer.concat([this.#fragments, payload]);
    this.#fragments = isFinal ? undefined : Buffer.from(whole);
    if (isFinal) this.#onMessage(whole);
  }
}

function unmask(payload: Buffer, chunk: Buffer, maskAt: number): void {
  for (let index = 0; index < payload.length; index++) {
    payload[index] = (payload[index] ?? 0) ^ (chunk[maskAt + (index & 3)] ?? 0);
  }
}
