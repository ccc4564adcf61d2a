// Cuts what an app server sends to one client into whole hub messages: towards clients no WebSocket message may end in
// the middle of one, while older SDKs may send parts (service-protocol 7.3).

import { type HubFrame, hubFrameAt, hubMessageType } from '../outbound/hub-frame.ts';
import { isTextProtocol } from '../outbound/outbound-record.ts';

const CLOSE_TYPE = 7;

/** Whole hub messages at the start of a piece of data. */
interface Extent {
  /** Where the last whole message starts. */
  readonly lastStart: number;
  /** Where the last whole message ends. */
  readonly end: number;
  readonly count: number;
  readonly last: HubFrame | undefined;
}

/** Whole hub messages, ready for a client. */
export interface WholeMessagesCut {
  readonly messages: Uint8Array;
  readonly count: number;
  /** Where the last one starts. */
  readonly lastStart: number;
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
    const extent = extentOf(all, this.#isText);
    this.#tail = extent.end < all.length ? Buffer.from(all.subarray(extent.end)) : undefined;
    if (extent.count === 0) return undefined;
    const endsWithClose = extent.last !== undefined && hubMessageType(all, extent.last, this.#isText) === CLOSE_TYPE;
    const { count, lastStart } = extent;
    return { messages: all.subarray(0, extent.end), count, lastStart, endsWithClose };
  }
}

function extentOf(all: Buffer, isText: boolean): Extent {
  let end = 0;
  let count = 0;
  let lastStart = 0;
  let last: HubFrame | undefined;
  for (;;) {
    const frame = end < all.length ? hubFrameAt(all, end, isText) : undefined;
    if (frame === undefined) return { lastStart, end, count, last };
    last = frame;
    lastStart = end;
    end = frame.end;
    count += 1;
  }
}
