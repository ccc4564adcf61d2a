// The claims of a client's token (service-protocol 2.4, 2.5).
import {
  type Claim,
  claimNameOf,
  RESERVED_CLAIM_NAMES,
  ServiceClaim,
  TransportName,
  USER_CLAIM_PREFIX,
} from '@signalite/protocol';

/** A claim's value: numbers and booleans keep their type in the token. */
export type ClaimValue = string | number | boolean;

/** Claims of a user: by name, with one value or several, or as a list. Names may be short or full claim types. */
export type ClaimsInput = Readonly<Record<string, ClaimValue | readonly ClaimValue[]>> | readonly Claim[];

/** What the service is told about a client. */
export interface ServiceClaims {
  readonly userId?: string | undefined;
  readonly serverName?: string | undefined;
  readonly stickyMode?: 'Preferred' | 'Required' | undefined;
  readonly handshakeTimeoutMs: number;
  readonly isDetailed: boolean;
  /** Told when there are several. */
  readonly endpointCount?: number | undefined;
  readonly transports?: readonly TransportName[] | undefined;
  readonly maxPollIntervalSeconds?: number | undefined;
  readonly expiresAt?: Date | undefined;
  readonly isDiagnostic?: boolean | undefined;
}

const DEFAULT_HANDSHAKE_SECONDS = 15;
const HANDSHAKE_SECONDS_MAX = 30;
const TRANSPORT_BITS: { readonly [T in TransportName]: number } = {
  [TransportName.WebSockets]: 1,
  [TransportName.ServerSentEvents]: 2,
  [TransportName.LongPolling]: 4,
};
const SUBJECT = 'sub';

/** The payload of a client's token, without audience and lifetime. */
export function clientTokenClaims(service: ServiceClaims, user: ClaimsInput): Record<string, unknown> {
  const payload: Record<string, unknown> = {};
  for (const [name, value] of serviceClaims(service)) if (value !== undefined) payload[name] = value;
  for (const [name, value] of userClaims(user)) addClaim(payload, name, value);
  return payload;
}

function serviceClaims(service: ServiceClaims): [string, string | undefined][] {
  const { endpointCount = 1, expiresAt, maxPollIntervalSeconds, transports } = service;
  return [
    [ServiceClaim.UserId, service.userId],
    [ServiceClaim.ServerName, service.stickyMode === undefined ? undefined : service.serverName],
    [ServiceClaim.ServerStickyMode, service.stickyMode],
    [ServiceClaim.DiagnosticClient, service.isDiagnostic === true ? 'true' : undefined],
    [ServiceClaim.HandshakeTimeout, handshakeSeconds(service.handshakeTimeoutMs)],
    [ServiceClaim.ServiceEndpointCount, endpointCount > 1 ? `${endpointCount}` : undefined],
    [ServiceClaim.DetailedErrors, service.isDetailed ? 'True' : undefined],
    [ServiceClaim.MaxPollInterval, maxPollIntervalSeconds === undefined ? undefined : `${maxPollIntervalSeconds}`],
    [ServiceClaim.TransportTypes, transports === undefined ? undefined : transportBits(transports)],
    [ServiceClaim.CloseOnAuthenticationExpiration, expiresAt === undefined ? undefined : 'true'],
    [ServiceClaim.AuthenticationExpiresOn, expiresAt && expirySeconds(expiresAt)],
  ];
}

function expirySeconds(expiresAt: Date): string {
  const milliseconds = expiresAt.getTime();
  if (Number.isNaN(milliseconds)) throw new TypeError('expiresAt is not a valid date.');
  return `${Math.floor(milliseconds / 1000)}`;
}

/** Only where it differs from the service's own, and within what the service takes. */
function handshakeSeconds(milliseconds: number): string | undefined {
  const seconds = Math.floor(milliseconds / 1000);
  const isSent = seconds !== DEFAULT_HANDSHAKE_SECONDS && seconds >= 1 && seconds <= HANDSHAKE_SECONDS_MAX;
  return isSent ? `${seconds}` : undefined;
}

function transportBits(transports: readonly TransportName[]): string {
  return `${transports.reduce((bits, transport) => bits | TRANSPORT_BITS[transport], 0)}`;
}

/** Name and value of each claim; names as in tokens. */
export function userClaims(user: ClaimsInput): [string, ClaimValue][] {
  if (isClaimList(user)) return user.map(({ type, value }) => [claimNameOf(type), value]);
  return Object.entries(user).flatMap(([type, value]) => {
    const name = claimNameOf(type);
    return valuesOf(value).map((one): [string, ClaimValue] => [name, one]);
  });
}

function isClaimList(user: ClaimsInput): user is readonly Claim[] {
  return Array.isArray(user);
}

function valuesOf(value: ClaimValue | readonly ClaimValue[]): readonly ClaimValue[] {
  return typeof value === 'object' ? value : [value];
}

/** Repeated names become arrays; names that the token needs for itself travel with a prefix, as a second subject does. */
function addClaim(payload: Record<string, unknown>, name: string, value: ClaimValue): void {
  const isSecondSubject = name === SUBJECT && Object.hasOwn(payload, SUBJECT);
  const key = RESERVED_CLAIM_NAMES.has(name) || isSecondSubject ? `${USER_CLAIM_PREFIX}${name}` : name;
  const before = Object.hasOwn(payload, key) ? payload[key] : undefined;
  if (before === undefined) payload[key] = value;
  else payload[key] = Array.isArray(before) ? [...before, value] : [before, value];
}
