// Where hub messages begin and end in a stream, and which type each has, without reading more (client-protocol 3.2).

const RECORD_SEPARATOR = 0x1e;
const FIXARRAY_MASK = 0xf0;
const FIXARRAY = 0x90;
const MORE_BIT = 0x80;
const PREFIX_MAX_BYTES = 5;
// As .NET writes it, first, and as the JavaScript client does, last.
const TYPE_FIRST = /^\{"type":(\d+)[,}]/;
const TYPE_LAST = /[,{]"type":(\d+)\}$/;
const TYPE_SEARCH_BYTES = 20;

/** One whole hub message in a buffer: offsets of its frame and of the body inside it. */
export interface HubFrame {
  readonly body: number;
  readonly bodyEnd: number;
  /** Where the next frame starts. */
  readonly end: number;
}

/** The frame that starts at `start`; undefined when it is not whole yet. Before `searched` no text frame ends. */
export function hubFrameAt(all: Buffer, start: number, isText: boolean, searched = start): HubFrame | undefined {
  if (!isText) return binaryFrameAt(all, start);
  const separator = all.indexOf(RECORD_SEPARATOR, Math.max(start, searched));
  return separator < 0 ? undefined : { body: start, bodyEnd: separator, end: separator + 1 };
}

/** The `type` of a message; undefined when it has none that can be read. */
export function hubMessageType(all: Buffer, { body, bodyEnd }: HubFrame, isText: boolean): number | undefined {
  if (isText) return textType(all, body, bodyEnd);
  if (bodyEnd - body < 2) return undefined;
  const isArray = ((all[body] ?? 0) & FIXARRAY_MASK) === FIXARRAY;
  const type = all[body + 1];
  return isArray && type !== undefined && type < MORE_BIT ? type : undefined;
}

function binaryFrameAt(all: Buffer, start: number): HubFrame | undefined {
  let size = 0;
  for (let index = 0; index < PREFIX_MAX_BYTES; index++) {
    const byte = all[start + index];
    if (byte === undefined) return undefined;
    size += (byte & ~MORE_BIT) * 2 ** (7 * index);
    if ((byte & MORE_BIT) !== 0) continue;
    const body = start + index + 1;
    return body + size > all.length ? undefined : { body, bodyEnd: body + size, end: body + size };
  }
  // Not a length prefix at all: let it pass as it is, whoever parses it says what is wrong with it.
  return { body: start, bodyEnd: all.length, end: all.length };
}

function textType(all: Buffer, body: number, bodyEnd: number): number | undefined {
  const first = TYPE_FIRST.exec(all.toString('latin1', body, Math.min(bodyEnd, body + TYPE_SEARCH_BYTES)));
  const found = first ?? TYPE_LAST.exec(all.toString('latin1', Math.max(body, bodyEnd - TYPE_SEARCH_BYTES), bodyEnd));
  if (found !== null) return Number(found[1]);
  try {
    const message: unknown = JSON.parse(all.toString('utf8', body, bodyEnd));
    const type = typeof message === 'object' && message !== null && 'type' in message ? message.type : undefined;
    return typeof type === 'number' ? type : undefined;
  } catch {
    // Not JSON: the app server reads it too, and says so.
    return undefined;
  }
}
