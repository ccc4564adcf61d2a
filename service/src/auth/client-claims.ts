import { ServiceClaim, userIdOf } from '@signalite/protocol';
import type { Claim } from '@signalite/protocol/service';
import type { ClientIdentity } from '../client-connection/client-identity.ts';
import type { StickyServer } from '../hub/sticky-server.ts';
import { TransportKind } from '../transport/transport.ts';

const HANDSHAKE_MIN_S = 1;
const HANDSHAKE_MAX_S = 30;
const POLL_INTERVAL_MIN_S = 1;
const POLL_INTERVAL_MAX_S = 300;
// Flags of `asrs.s.htt`.
const TRANSPORT_FLAGS: readonly (readonly [number, TransportKind])[] = [
  [1, TransportKind.WebSockets],
  [2, TransportKind.ServerSentEvents],
  [4, TransportKind.LongPolling],
];
const ALL_TRANSPORTS: readonly TransportKind[] = TRANSPORT_FLAGS.map(([, kind]) => kind);

/** Ids of a client connection: the public one and the secret one (client-protocol 5.3). */
export interface ConnectionIds {
  readonly connectionId: string;
  readonly connectionToken: string;
  /** Stateful reconnect was negotiated. */
  readonly mayResume: boolean;
}

/** Who a client is and what its app wants of the service, by its token's claims (service-protocol 2.4, 2.5). */
export function identityOf(ids: ConnectionIds, claims: readonly Claim[]): ClientIdentity {
  return {
    ...ids,
    userId: userIdOf(claims),
    sticky: stickyOf(claims),
    handshakeMs: millisecondsOf(claims, ServiceClaim.HandshakeTimeout, [HANDSHAKE_MIN_S, HANDSHAKE_MAX_S]),
    pollIntervalMs: millisecondsOf(claims, ServiceClaim.MaxPollInterval, [POLL_INTERVAL_MIN_S, POLL_INTERVAL_MAX_S]),
    expiresAt: expiresAtOf(claims),
  };
}

/** Transports that the app allows this client, in the order in which they are offered. Default: all. */
export function allowedTransports(claims: readonly Claim[]): readonly TransportKind[] {
  const flags = Number(claimValue(claims, ServiceClaim.TransportTypes) ?? Number.NaN);
  if (!Number.isInteger(flags)) return ALL_TRANSPORTS;
  return TRANSPORT_FLAGS.filter(([flag]) => (flags & flag) !== 0).map(([, kind]) => kind);
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

/** A claim in seconds that holds within its bounds only. */
function millisecondsOf(
  claims: readonly Claim[],
  type: string,
  [least, most]: readonly [number, number],
): number | undefined {
  const seconds = Number(claimValue(claims, type));
  return seconds >= least && seconds <= most ? seconds * 1000 : undefined;
}

function expiresAtOf(claims: readonly Claim[]): number | undefined {
  const isAsked = claimValue(claims, ServiceClaim.CloseOnAuthenticationExpiration)?.toLowerCase() === 'true';
  if (!isAsked || isDiagnosticClient(claims)) return undefined;
  const seconds = Number(claimValue(claims, ServiceClaim.AuthenticationExpiresOn));
  return seconds > 0 ? seconds * 1000 : undefined;
}
