// Names of token claims that steer the service (service-protocol 2.4).

/** Claims that app servers put into client tokens for the service. */
export const ServiceClaim = {
  /** User id. */
  UserId: 'asrs.s.uid',
  /** Name of the app server to route to. */
  ServerName: 'asrs.s.sn',
  /** `Preferred` or `Required`. */
  ServerStickyMode: 'asrs.s.ssticky',
  /** `true` for a diagnostic client. */
  DiagnosticClient: 'asrs.s.dc',
  /** Hub handshake timeout in seconds. */
  HandshakeTimeout: 'asrs.s.cht',
  /** Authentication type of the rebuilt identity. */
  AuthenticationType: 'asrs.s.aut',
  /** Number of endpoints that the app server uses. */
  ServiceEndpointCount: 'asrs.s.secn',
  /** `True` when close messages may hold details. */
  DetailedErrors: 'asrs.s.derror',
  /** Claim type of user names. */
  NameClaimType: 'asrs.s.nt',
  /** Claim type of roles. */
  RoleClaimType: 'asrs.s.rt',
  /** Seconds that a long-polling client may stay away, 1 to 300. */
  MaxPollInterval: 'asrs.s.ttl',
  /** Allowed transports: 1 WebSockets, 2 ServerSentEvents, 4 LongPolling, added up. */
  TransportTypes: 'asrs.s.htt',
  /** `true` when the client is to be closed at `AuthenticationExpiresOn`. */
  CloseOnAuthenticationExpiration: 'asrs.s.coae',
  /** Unix seconds. */
  AuthenticationExpiresOn: 'asrs.s.aeo',
  /** ASP.NET SignalR: application id. */
  AspNetId: 'asrs.s.id',
  /** ASP.NET SignalR: application name. */
  AspNetApplicationName: 'asrs.s.apn',
  /** ASP.NET SignalR: version. */
  AspNetVersion: 'asrs.s.vn',
} as const;
export type ServiceClaim = (typeof ServiceClaim)[keyof typeof ServiceClaim];

/** Starts the names of all claims that are for the service. */
export const SERVICE_CLAIM_PREFIX = 'asrs.s.';

/** Put before the name of a user's claim that would clash with a reserved one. */
export const USER_CLAIM_PREFIX = 'asrs.u.';

/** Names that tokens use for themselves; a user's claim of such a name travels with `USER_CLAIM_PREFIX`. */
export const RESERVED_CLAIM_NAMES: ReadonlySet<string> = new Set([
  'aud',
  'exp',
  'iat',
  'nbf',
  'iss',
  'actort',
  'acr',
  'azp',
  'c_hash',
  'jti',
  'nonce',
]);
