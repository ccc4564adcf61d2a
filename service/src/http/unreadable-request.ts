import { ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { HttpContext } from './http-context.ts';
import { type Refusal, Refusals } from './refusal.ts';
import { writeRefusal } from './write-refusal.ts';

/** What the HTTP parser reports about a request that it cannot read, by the codes of Node. */
const REFUSAL_OF_CODE: Readonly<Record<string, Refusal>> = {
  HPE_HEADER_OVERFLOW: Refusals.headersTooLong,
  ERR_HTTP_REQUEST_TIMEOUT: Refusals.unfinished,
};

const PEER_LEFT = 'HPE_INVALID_EOF_STATE';

/**
 * Answers a request whose head could not be parsed: nothing of it is known, its path neither. A peer that is gone, or
 * that an answer is being written to, gets none: whoever handles its request hears of the end.
 */
export function refuseUnreadable({ events }: HttpContext, error: NodeJS.ErrnoException, socket: Duplex): void {
  const response = responseOn(socket);
  const isHandled = response !== undefined && (response.headersSent || error.code === PEER_LEFT);
  if (error.code === 'ECONNRESET' || isHandled || !socket.writable) {
    socket.destroy();
    return;
  }
  const refusal = REFUSAL_OF_CODE[error.code ?? ''] ?? Refusals.unreadable;
  events.emit({ name: 'requestRefused', path: '', status: refusal.status, reason: refusal.text });
  writeRefusal(socket, refusal);
}

/** The response that the server writes to a socket: Node keeps it there, and nowhere else. */
function responseOn(socket: Duplex): ServerResponse | undefined {
  return '_httpMessage' in socket && socket._httpMessage instanceof ServerResponse ? socket._httpMessage : undefined;
}
