import { encodeHandshakeResponse, jsonHubProtocol } from '@signalite/protocol';
import { messagePackHubProtocol } from '@signalite/protocol/messagepack';
import type { CloseFrame } from '../lifetime/close-reasons.ts';
import { createRecord, isTextProtocol, type OutboundRecord, RecordKind } from '../outbound/outbound-record.ts';

/** A hub Close message in the client's own hub protocol; every protocol but JSON is framed as MessagePack. */
export function closeRecord(frame: CloseFrame, hubProtocol: string): OutboundRecord {
  const isText = isTextProtocol(hubProtocol);
  const protocol = isText ? jsonHubProtocol : messagePackHubProtocol;
  return createRecord(protocol.encode({ type: 7, ...frame }), isText, RecordKind.Close);
}

/** A hub handshake response with an error: a text frame whatever the protocol, as self-hosted SignalR writes it. */
export function handshakeErrorRecord(error: string): OutboundRecord {
  return createRecord(encodeHandshakeResponse(error), true, RecordKind.Handshake);
}
