// Cuts what an app server sends to one client into whole hub messages: towards clients no WebSocket message may end in
// the middle of one, while older SDKs may send parts (service-protocol 7.3).

import { isTextProtocol } from '../outbound/outbound-record.ts';

const RECORD_SEPARATOR = 0x1e;
const CLOSE_TEXT = Buffer.from('{"type":7');
const CLOSE_TYPE = 7;
const FIXARRAY_MASK = 0xf0;
const FIXARRAY = 0x90;
const MORE_BIT = 0x80;
const PREFIX_MAX_BYTES = 5;

/** Whole hub messages at the start of a piece of data. */
interface Extent {
  /** Where the last whole message ends. */
  readonly end: number;
  readonly count: number;
  /** Where the body of the last whole message starts. */
  readonly lastBody: number;
}

/** Whole hub messages, ready for a client. */
export interface WholeMessagesCut {
  readonly messages: Uint8Array;
  readonly count: number;
  readonly endsWithClose: boolean;
}

/** Holds the tail of a message until the rest of it comes. One for each client of an older SDK. */
export class WholeMessages {
  readonly #isText: boolean;
  #tail: Buffer | undefined;

  constructor(hubProtocol: string) {
    this.#isText = isTextProtocol(hubProtocol);
  }

  /** Bytes held back. */
  get tailBytes(): number {
    return this.#tail?.length ?? 0;
  }

  /** Undefined: not one message is whole yet. The cut may be a view of `payload`. */
  push(payload: Uint8Array): WholeMessagesCut | undefined {
    const view = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength);
    const all = this.#tail === undefined ? view : Buffer.concat([this.#tail, view]);
    const extent = this.#isText ? textExtent(all) : binaryExtent(all);
    this.#tail = extent.end < all.length ? Buffer.from(all.subarray(extent.end)) : undefined;
    if (extent.count === 0) return undefined;
    const endsWithClose = this.#isText ? isTextClose(all, extent) : isBinaryClose(all, extent);
    return { messages: all.subarray(0, extent.end), count: extent.count, endsWithClose };
  }
}

function textExtent(all: Buffer): Extent {
  let end = 0;
  let count = 0;
  let lastBody = 0;
  for (let at = all.indexOf(RECORD_SEPARATOR); at >= 0; at = all.indexOf(RECORD_SEPARATOR, end)) {
    lastBody = end;
    end = at + 1;
    count += 1;
  }
  return { end, count, lastBody };
}

function isTextClose(all: Buffer, { lastBody }: Extent): boolean {
  return all.subarray(lastBody, lastBody + CLOSE_TEXT.length).equals(CLOSE_TEXT);
}

function binaryExtent(all: Buffer): Extent {
  let end = 0;
  let count = 0;
  let lastBody = 0;
  while (end < all.length) {
    const prefix = readPrefix(all, end);
    if (prefix === undefined || prefix.body + prefix.size > all.length) break;
    lastBody = prefix.body;
    end = prefix.body + prefix.size;
    count += 1;
  }
  return { end, count, lastBody };
}

function readPrefix(all: Buffer, start: number): { body: number; size: number } | undefined {
  let size = 0;
  for (let index = 0; index < PREFIX_MAX_BYTES; index++) {
    const byte = all[start + index];
    if (byte === undefined) return undefined;
    size += (byte & ~MORE_BIT) * 2 ** (7 * index);
    if ((byte & MORE_BIT) === 0) return { body: start + index + 1, size };
  }
  // Not a length prefix at all: let it pass as it is, the client's parser says what is wrong with it.
  return { body: start, size: all.length - start };
}

function isBinaryClose(all: Buffer, { lastBody }: Extent): boolean {
  return ((all[lastBody] ?? 0) & FIXARRAY_MASK) === FIXARRAY && all[lastBody + 1] === CLOSE_TYPE;
}
