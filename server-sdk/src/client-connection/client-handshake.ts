// The hub handshake of a client: what it asks for, and why it may be refused (client-protocol 3.1).
import { ProtocolError, parseHandshakeRequest } from '@signalite/protocol';
import {
  HANDSHAKE_CANCELED,
  handshakeFailed,
  protocolNotSupported,
  protocolVersionNotSupported,
} from '../hub/error-text.ts';
import type { ResolvedHubOptions } from '../options.ts';
import type { ClientProtocol, HubProtocols } from './hub-protocols.ts';

/** What the bytes that came so far say. */
export type HandshakeOutcome =
  | { readonly kind: 'incomplete' }
  | { readonly kind: 'refused'; readonly error: string }
  /** `rest` belongs to the hub protocol already. */
  | { readonly kind: 'accepted'; readonly protocol: ClientProtocol; readonly rest: Uint8Array };

type HandshakeOptions = Pick<ResolvedHubOptions, 'enableDetailedErrors' | 'maximumReceiveMessageSize'>;

export function readHandshake(bytes: Uint8Array, protocols: HubProtocols, options: HandshakeOptions): HandshakeOutcome {
  const max = options.maximumReceiveMessageSize ?? Number.POSITIVE_INFINITY;
  try {
    const parsed = parseHandshakeRequest(bytes);
    if ((parsed?.length ?? bytes.length) > max) return refused(HANDSHAKE_CANCELED);
    if (parsed === undefined) return { kind: 'incomplete' };
    const { protocol: name, version } = parsed.request;
    const protocol = protocols.find(name);
    if (protocol === undefined) return refused(protocolNotSupported(name));
    if (version > protocol.protocol.version) return refused(protocolVersionNotSupported(name, version));
    return { kind: 'accepted', protocol, rest: bytes.subarray(parsed.length) };
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    return refused(handshakeFailed(error.message, options.enableDetailedErrors));
  }
}

function refused(error: string): HandshakeOutcome {
  return { kind: 'refused', error };
}
