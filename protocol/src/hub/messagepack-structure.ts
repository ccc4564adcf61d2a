import { ProtocolError } from '../protocol-error.ts';

/** What a look at the heads of all values in a body tells. */
export interface MessagePackStructure {
  /** True when a value holds bytes (bin or an extension), which a decoder gives as a view. */
  readonly hasBytes: boolean;
}

/** Deeper nesting is neither read nor written; it is the limit that .NET applies to untrusted data. */
export const MESSAGEPACK_DEPTH_MAX = 500;

/** The same limit as the library's encoder counts it: scalars inside the deepest array or map are one level more. */
export const ENCODER_DEPTH_MAX: number = MESSAGEPACK_DEPTH_MAX + 1;

/**
 * Checks that `body` is exactly one well-formed MessagePack value, before a decoder builds anything.
 *
 * A decoder that trusts a head of five bytes allocates gigabytes for an array that never comes. After this check every
 * announced value is known to be there, so that a body costs memory in proportion to its length.
 */
export function checkMessagePackStructure(body: Uint8Array): MessagePackStructure {
  const cursor = { body, view: new DataView(body.buffer, body.byteOffset, body.byteLength), at: 0, hasBytes: false };
  // Values still to come, per level of nesting.
  const levels: number[] = [1];
  while (levels.length > 0) {
    const left = levels[levels.length - 1] ?? 0;
    if (left === 0) {
      levels.pop();
      continue;
    }
    levels[levels.length - 1] = left - 1;
    const children = skipHead(cursor);
    if (children === 0) continue;
    if (levels.length > MESSAGEPACK_DEPTH_MAX) throw malformed('The values are nested too deep.');
    levels.push(children);
  }
  if (cursor.at !== body.length) throw malformed('Bytes are left behind the message.');
  return cursor;
}

interface Cursor {
  readonly body: Uint8Array;
  readonly view: DataView;
  at: number;
  hasBytes: boolean;
}

/** Goes over one value, or over the head of an array or a map, and gives how many values belong to it. */
function skipHead(cursor: Cursor): number {
  const code = readUint(cursor, 1);
  if (code < 0x80 || code >= 0xe0) return 0;
  if (code < 0x90) return 2 * (code & 0x0f);
  if (code < 0xa0) return code & 0x0f;
  if (code < 0xc0) return skip(cursor, code & 0x1f);
  const head = HEADS[code - 0xc0];
  if (head === undefined) throw malformed('A byte that MessagePack does not use was read.');
  return head(cursor);
}

const scalar = (length: number) => (cursor: Cursor) => skip(cursor, length);
const text = (width: LengthBytes) => (cursor: Cursor) => skip(cursor, readUint(cursor, width));
const array = (width: LengthBytes) => (cursor: Cursor) => readUint(cursor, width);
const map = (width: LengthBytes) => (cursor: Cursor) => 2 * readUint(cursor, width);
const binary = (width: LengthBytes) => (cursor: Cursor) => skipBytes(cursor, readUint(cursor, width));
const extension = (width: LengthBytes) => (cursor: Cursor) => skipBytes(cursor, readUint(cursor, width) + 1);
const fixedExtension = (length: number) => (cursor: Cursor) => skipBytes(cursor, length + 1);

/** What follows the codes 0xC0 to 0xDF, in order; 0xC1 is not used. */
const HEADS: ReadonlyArray<((cursor: Cursor) => number) | undefined> = [
  ...[scalar(0), undefined, scalar(0), scalar(0)],
  ...[binary(1), binary(2), binary(4)],
  ...[extension(1), extension(2), extension(4)],
  ...[scalar(4), scalar(8)],
  ...[scalar(1), scalar(2), scalar(4), scalar(8)],
  ...[scalar(1), scalar(2), scalar(4), scalar(8)],
  ...[fixedExtension(1), fixedExtension(2), fixedExtension(4), fixedExtension(8), fixedExtension(16)],
  ...[text(1), text(2), text(4)],
  ...[array(2), array(4)],
  ...[map(2), map(4)],
];

type LengthBytes = 1 | 2 | 4;

function readUint(cursor: Cursor, width: LengthBytes): number {
  const { at, view } = cursor;
  skip(cursor, width);
  if (width === 1) return view.getUint8(at);
  return width === 2 ? view.getUint16(at) : view.getUint32(at);
}

function skipBytes(cursor: Cursor, length: number): 0 {
  cursor.hasBytes = true;
  return skip(cursor, length);
}

function skip(cursor: Cursor, length: number): 0 {
  if (length > cursor.body.length - cursor.at) throw cutOff();
  cursor.at += length;
  return 0;
}

function cutOff(): ProtocolError {
  return malformed('The message ends in the middle of a value.');
}

function malformed(message: string): ProtocolError {
  return new ProtocolError('malformed', message);
}
