// Where a client goes, and with which token: what negotiate answers (upstream-and-emulator 5).
import { audienceFor, clientUrl, type TransportName } from '@signalite/protocol';
import type { NegotiateRoute } from '../endpoints/hub-endpoints.ts';
import { SignalRServerError } from '../errors.ts';
import { type ClaimsInput, clientTokenClaims, type ServiceClaims } from '../negotiate/client-claims.ts';
import { ACCESS_TOKEN_MAX_CHARACTERS } from '../negotiate/negotiate.ts';

/** Who a client is, and how it may connect. Everything is optional. */
export interface ClientAccessOptions {
  /** Default: the client is anonymous, unless `claims` has `nameid` or `sub`. */
  readonly userId?: string;
  /** Claims of the user. Default: none. */
  readonly claims?: ClaimsInput;
  /** Life of the token. Milliseconds. Default: `accessTokenLifetimeMs`. */
  readonly lifetimeMs?: number;
  /** The client learns the text of errors that the service itself reports. Default false. */
  readonly enableDetailedErrors?: boolean;
  /** Transports that the client may use. Default: all that the service offers. */
  readonly transports?: readonly TransportName[];
  /** Seconds that a long-polling client may stay away between polls, 1 to 300. Default: the service's, 5. */
  readonly maxPollIntervalSeconds?: number;
  /** The service closes the client's connection at this time and lets it come back. Default: never. */
  readonly expiresAt?: Date;
}

/** What a client is answered at negotiate: as JSON it is all that SignalR clients need. */
export interface ClientAccess {
  /** Where it connects. */
  readonly url: string;
  /** What it shows there. */
  readonly accessToken: string;
}

/** What the tokens of all clients say: the service's own values, for which no claim is sent. */
export const SERVICE_CLAIMS: ServiceClaims = { isDetailed: false, handshakeTimeoutMs: 15_000 };

/** `hub` is a hub key. Rejects with `invalid-options`, `sign-in-failed`, `not-connected`. */
export async function clientAccess(
  route: NegotiateRoute,
  hub: string,
  options: ClientAccessOptions,
): Promise<ClientAccess> {
  if (route.kind !== 'endpoint') throw nowhere();
  const { address, tokens } = route.endpoint;
  const { claims: userClaims = {}, enableDetailedErrors = false, lifetimeMs, ...service } = options;
  if (lifetimeMs !== undefined && !(lifetimeMs >= 1000)) throw invalid('lifetimeMs must be at least 1000.');
  const about = { ...SERVICE_CLAIMS, ...service, isDetailed: enableDetailedErrors };
  const accessToken = await tokens.forClient({
    audience: audienceFor('client', address.audienceBaseUrl, hub),
    claims: clientTokenClaims(about, userClaims),
    ...(lifetimeMs === undefined ? {} : { lifetimeMs }),
  });
  if (accessToken.length > ACCESS_TOKEN_MAX_CHARACTERS) {
    throw invalid(`claims: the token would have more than ${ACCESS_TOKEN_MAX_CHARACTERS} characters. Give fewer.`);
  }
  return { url: clientUrl(address.clientEndpoint, hub), accessToken };
}

function nowhere(): SignalRServerError {
  return new SignalRServerError('not-connected', 'No endpoint that clients could be sent to is connected.');
}

function invalid(message: string): SignalRServerError {
  return new SignalRServerError('invalid-options', message);
}
