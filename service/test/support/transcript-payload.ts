// Bytes of hub protocols in transcripts: text where they are UTF-8, base64 elsewhere, long runs of one byte by their
// length. What is written reads back as the same bytes.

const RUN_BYTES_MIN = 64;

export type PayloadPart = string | { readonly base64: string } | { readonly repeat: string; readonly times: number };

export type TranscriptPayload = PayloadPart | readonly PayloadPart[];

export function writePayload(bytes: Buffer): TranscriptPayload {
  const parts: PayloadPart[] = [];
  let from = 0;
  for (let at = 0; at < bytes.length; ) {
    const end = endOfRun(bytes, at);
    if (end - at >= RUN_BYTES_MIN) {
      if (at > from) parts.push(writePart(bytes.subarray(from, at)));
      parts.push({ repeat: bytes.toString('latin1', at, at + 1), times: end - at });
      from = end;
    }
    at = end;
  }
  if (from < bytes.length || parts.length === 0) parts.push(writePart(bytes.subarray(from)));
  const [only] = parts;
  return parts.length === 1 && only !== undefined ? only : parts;
}

export function readPayload(payload: TranscriptPayload): Buffer {
  return Buffer.concat(isList(payload) ? payload.map(readPart) : [readPart(payload)]);
}

function endOfRun(bytes: Buffer, from: number): number {
  let end = from + 1;
  while (end < bytes.length && bytes[end] === bytes[from]) end++;
  return end;
}

function writePart(bytes: Buffer): PayloadPart {
  const text = bytes.toString();
  return Buffer.from(text).equals(bytes) ? text : { base64: bytes.toString('base64') };
}

function readPart(part: PayloadPart): Buffer {
  if (typeof part === 'string') return Buffer.from(part);
  return 'base64' in part ? Buffer.from(part.base64, 'base64') : Buffer.from(part.repeat.repeat(part.times), 'latin1');
}

function isList(payload: TranscriptPayload): payload is readonly PayloadPart[] {
  return Array.isArray(payload);
}
