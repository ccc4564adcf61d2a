import { type HubProtocol, jsonHubProtocol, ProtocolError, parseHandshakeRequest } from '@signalite/protocol';
import { messagePackHubProtocol } from '@signalite/protocol/messagepack';

const PROTOCOLS: readonly HubProtocol[] = [jsonHubProtocol, messagePackHubProtocol];

/** Reads a whole hub handshake request as a hub server does (client-protocol 3.1). */
export function readServerlessHandshake(request: Uint8Array): { protocol: HubProtocol } | { error: string } {
  const parsed = parse(request);
  if (parsed === undefined) return { error: 'An unexpected error occurred during connection handshake.' };
  const { protocol: name, version } = parsed.request;
  const protocol = PROTOCOLS.find((one) => one.name === name.toLowerCase());
  if (protocol === undefined) return { error: `The protocol '${name}' is not supported.` };
  if (version < 0 || version > protocol.version) {
    return { error: `The server does not support version ${version} of the '${name}' protocol.` };
  }
  return { protocol };
}

function parse(request: Uint8Array) {
  try {
    return parseHandshakeRequest(request);
  } catch (error) {
    if (error instanceof ProtocolError) return undefined;
    throw error;
  }
}
