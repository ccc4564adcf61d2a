import { type HandshakeRequest, ProtocolError, parseHandshakeRequest } from '@signalite/protocol';
import { type CloseReason, CloseReasons } from '../lifetime/close-reasons.ts';

/** What reading a hub handshake request came to. */
export type HandshakeReading =
  | { readonly step: 'more' }
  | { readonly step: 'refused'; readonly reason: CloseReason }
  /** `length`: bytes of the request with its record separator; what follows belongs to the hub protocol. */
  | { readonly step: 'done'; readonly request: HandshakeRequest; readonly length: number };

/** Reads a client's hub handshake request (client-protocol 3.1, 5.4). */
export function readHandshakeRequest(bytes: Uint8Array, maxBytes: number): HandshakeReading {
  try {
    const parsed = parseHandshakeRequest(bytes.length > maxBytes ? bytes.subarray(0, maxBytes) : bytes);
    if (parsed !== undefined) return { step: 'done', request: parsed.request, length: parsed.length };
    if (bytes.length >= maxBytes) return { step: 'refused', reason: CloseReasons.handshakeTooLarge };
    return { step: 'more' };
  } catch (error) {
    if (error instanceof ProtocolError) return { step: 'refused', reason: CloseReasons.handshakeMalformed };
    throw error;
  }
}
