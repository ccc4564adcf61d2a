import { encodeHandshakeResponse } from '@signalite/protocol';
import type { CloseFrame } from '../lifetime/close-reasons.ts';
import { framedProtocol } from '../outbound/framed-protocol.ts';
import { createRecord, isTextProtocol, type OutboundRecord, RecordKind } from '../outbound/outbound-record.ts';

/** A hub Close message in the client's own hub protocol. */
export function closeRecord(frame: CloseFrame, hubProtocol: string): OutboundRecord {
  const isText = isTextProtocol(hubProtocol);
  return createRecord(framedProtocol(isText).encode({ type: 7, ...frame }), isText, RecordKind.Close);
}

/** A hub handshake response with an error: a text frame whatever the protocol, as self-hosted SignalR writes it. */
export function handshakeErrorRecord(error: string): OutboundRecord {
  return createRecord(encodeHandshakeResponse(error), true, RecordKind.Handshake);
}
