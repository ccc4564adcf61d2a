import type { Duplex } from 'node:stream';
import type { HttpContext } from './http-context.ts';
import { type Refusal, Refusals } from './refusal.ts';
import { writeRefusal } from './write-refusal.ts';

/** What the HTTP parser reports about a request that it cannot read, by the codes of Node. */
const REFUSAL_OF_CODE: Readonly<Record<string, Refusal>> = {
  HPE_HEADER_OVERFLOW: Refusals.headersTooLong,
  ERR_HTTP_REQUEST_TIMEOUT: Refusals.unfinished,
};

/** Answers a request whose head could not be parsed: nothing of it is known, its path neither. */
export function refuseUnreadable({ events }: HttpContext, error: NodeJS.ErrnoException, socket: Duplex): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const refusal = REFUSAL_OF_CODE[error.code ?? ''] ?? Refusals.unreadable;
  events.emit({ name: 'requestRefused', path: '', status: refusal.status, reason: refusal.text });
  writeRefusal(socket, refusal);
}
