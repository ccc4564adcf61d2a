import type { IncomingMessage } from 'node:http';
import type { ServiceLimits } from '../config/limits.ts';
import { type Refusal, Refusals } from './refusal.ts';

// `: ` and the line break of each header.
const HEADER_LINE_EXTRA_BYTES = 4;

/** Looks at the size of a request's head: 414 for its URI, 431 for its headers (service-protocol 12.6). */
export function sizeRefusal(limits: ServiceLimits, { url = '', rawHeaders }: IncomingMessage): Refusal | undefined {
  if (url.length > limits.uriBytes) return Refusals.uriTooLong;
  let bytes = (rawHeaders.length / 2) * HEADER_LINE_EXTRA_BYTES;
  // Node gives the bytes of a head as characters, one each.
  for (const text of rawHeaders) bytes += text.length;
  return bytes > limits.headerBytes ? Refusals.headersTooLong : undefined;
}
