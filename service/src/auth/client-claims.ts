import { ServiceClaim, userIdOf } from '@signalite/protocol';
import type { Claim } from '@signalite/protocol/service';
import type { ClientIdentity } from '../client-connection/client-identity.ts';
import type { StickyServer } from '../hub/hub-servers.ts';

const HANDSHAKE_MIN_S = 1;
const HANDSHAKE_MAX_S = 30;

/** Ids of a client connection: the public one and the secret one (client-protocol 5.3). */
export interface ConnectionIds {
  readonly connectionId: string;
  readonly connectionToken: string;
}

/** Who a client is and what its app wants of the service, by its token's claims (service-protocol 2.4, 2.5). */
export function identityOf(ids: ConnectionIds, claims: readonly Claim[]): ClientIdentity {
  return { ...ids, userId: userIdOf(claims), sticky: stickyOf(claims), handshakeMs: handshakeMsOf(claims) };
}

/** True when the app asked for this client to be traced. */
export function isDiagnosticClient(claims: readonly Claim[]): boolean {
  return claimValue(claims, ServiceClaim.DiagnosticClient)?.toLowerCase() === 'true';
}

function claimValue(claims: readonly Claim[], type: string): string | undefined {
  return claims.find((claim) => claim.type === type)?.value;
}

function stickyOf(claims: readonly Claim[]): StickyServer | undefined {
  const serverId = claimValue(claims, ServiceClaim.ServerName);
  const mode = claimValue(claims, ServiceClaim.ServerStickyMode);
  if (serverId === undefined || (mode !== 'Required' && mode !== 'Preferred')) return undefined;
  return { serverId, isRequired: mode === 'Required' };
}

function handshakeMsOf(claims: readonly Claim[]): number | undefined {
  const seconds = Number(claimValue(claims, ServiceClaim.HandshakeTimeout));
  return seconds >= HANDSHAKE_MIN_S && seconds <= HANDSHAKE_MAX_S ? seconds * 1000 : undefined;
}
