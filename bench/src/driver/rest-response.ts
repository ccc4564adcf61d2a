/** What a driver wants of an answer. */
export interface RestResponse {
  readonly status: number;
  /** Where the next answer starts. */
  readonly end: number;
}

const HEAD_END = '\r\n\r\n';
// Answers to sends have at most a few characters of JSON, in which this cannot stand.
const LAST_CHUNK = '0\r\n\r\n';
const STATUS_AT = 'HTTP/1.1 '.length;

/** Reads the answer at the start of `bytes`; undefined while it is not complete. */
export function readResponse(bytes: Buffer): RestResponse | undefined {
  const headEnd = bytes.indexOf(HEAD_END);
  if (headEnd < 0) return undefined;
  const head = bytes.toString('latin1', 0, headEnd);
  const end = bodyEnd(bytes, head, headEnd + HEAD_END.length);
  if (end === undefined || end > bytes.length) return undefined;
  return { status: Number(head.slice(STATUS_AT, STATUS_AT + 3)), end };
}

function bodyEnd(bytes: Buffer, head: string, bodyAt: number): number | undefined {
  const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
  if (length !== undefined) return bodyAt + Number(length);
  if (!/\r\ntransfer-encoding: *chunked/i.test(head)) return bodyAt;
  const last = bytes.indexOf(LAST_CHUNK, bodyAt);
  return last < 0 ? undefined : last + LAST_CHUNK.length;
}
