import { type DecodedHubMessage, type HubProtocol, jsonHubProtocol, ProtocolError } from '@signalite/protocol';
import { messagePackHubProtocol } from '@signalite/protocol/messagepack';

/** The protocol that frames a client's hub messages: every protocol but JSON is framed as MessagePack. */
export function framedProtocol(isText: boolean): HubProtocol {
  return isText ? jsonHubProtocol : messagePackHubProtocol;
}

/** The message of one whole frame; undefined for what is none. */
export function decodeHubMessage(protocol: HubProtocol, frame: Uint8Array): DecodedHubMessage | undefined {
  const reader = protocol.createReader();
  reader.push(frame);
  try {
    return reader.next();
  } catch (error) {
    if (error instanceof ProtocolError) return undefined;
    throw error;
  }
}
