// The app server's half of negotiate: it sends the client on to the service (service-protocol 1.5).
import { randomBytes } from 'node:crypto';
import { audienceFor, clientUrl, encodeNegotiateResponse, type TransportName } from '@signalite/protocol';
import type { NegotiateRoute } from '../endpoints/hub-endpoints.ts';
import type { HubHttpRequest } from '../hub/hub-http-request.ts';
import { type ClaimsInput, clientTokenClaims, type ServiceClaims } from './client-claims.ts';
import { admit, type HubAdmission } from './client-identity.ts';
import { hubPath } from './incoming-request.ts';

/** A value, or how to find it for one request. */
export type PerRequest<R, T> = T | ((request: R) => T | Promise<T>);

/** Who the client is, and how it may connect. Everything is optional. */
export interface NegotiateOptions<R = Request> {
  /** Comes before `userIdProvider`. Default: what that gives, else the claim `nameid` or `sub`, else anonymous. */
  readonly userId?: PerRequest<R, string | undefined>;
  /** Claims of the user, for `context.user` in the hub. Default: none. */
  readonly claims?: PerRequest<R, ClaimsInput | undefined>;
  /** Transports that the client may use. Default: all that the service offers. */
  readonly transports?: readonly TransportName[];
  /** Seconds that a long-polling client may stay away between polls, 1 to 300. Default: the service's, 5. */
  readonly maxPollIntervalSeconds?: number;
  /** The service closes the client's connection at this time and lets it come back. Default: never. */
  readonly expiresAt?: PerRequest<R, Date | undefined>;
  /** The service logs every message of this client, wherever it goes. Default false. */
  readonly isDiagnosticClient?: PerRequest<R, boolean | undefined>;
}

/** A negotiate request, free of any web framework. */
export interface NegotiateRequest {
  /** Path of the request, `/chat/negotiate`. */
  readonly path: string;
  /** With or without `?`. */
  readonly query: string;
  /** The whole request, for those who want to know. */
  readonly describe: () => HubHttpRequest;
}

/** What to answer. */
export interface NegotiateAnswer {
  readonly status: 200 | 401 | 403 | 404 | 405 | 413 | 500;
  readonly contentType: 'application/json' | 'text/plain';
  readonly body: string;
  /** Beside Content-Type and Content-Length. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** The hub that clients are sent to. */
export interface NegotiatedHub {
  /** Application and hub, in lower case. */
  readonly key: string;
  /** What every client's token says. */
  readonly claims: () => ServiceClaims;
  /** Where the client goes. Rejects when the app's router does. */
  readonly route: (describe: () => HubHttpRequest) => Promise<NegotiateRoute>;
  readonly admission: HubAdmission;
}

const REQUEST_ID_BYTES = 9;
/** Longest token that the service takes. */
export const ACCESS_TOKEN_MAX_CHARACTERS = 4096;
const REFUSALS = {
  none: 'Unable to get the negotiate endpoint',
  offline: 'Azure SignalR Service is not connected yet, please try again later.',
} as const;
const TOKEN_TOO_LONG = 'AccessToken must not be longer than 4K.';

/** Answers a request of a client of `hub`. Rejects when one of the app's own functions, or the sign-in, does. */
export async function answerNegotiate<R>(
  hub: NegotiatedHub,
  request: NegotiateRequest,
  { options, source }: { readonly options: NegotiateOptions<R>; readonly source: R },
): Promise<NegotiateAnswer> {
  const userClaims = (await resolve(options.claims, source)) ?? {};
  const given = { userId: await resolve(options.userId, source), claims: userClaims };
  const admittance = await admit(hub.admission, given, request.describe);
  if (admittance.status !== 'admitted') return notAdmitted(admittance.status);
  const route = await hub.route(request.describe);
  if (route.kind !== 'endpoint') return refusal(500, REFUSALS[route.kind]);
  const { address, tokens } = route.endpoint;
  const { maxPollIntervalSeconds, transports } = options;
  const { userId } = admittance;
  const expiresAt = await resolve(options.expiresAt, source);
  const isDiagnostic = await resolve(options.isDiagnosticClient, source);
  const service = { ...hub.claims(), userId, expiresAt, isDiagnostic, maxPollIntervalSeconds, transports };
  const claims = clientTokenClaims(service, userClaims);
  const audience = audienceFor('client', address.audienceBaseUrl, hub.key);
  const accessToken = await tokens.forClient({ audience, claims });
  if (accessToken.length > ACCESS_TOKEN_MAX_CHARACTERS) return refusal(413, TOKEN_TOO_LONG);
  const url = clientUrl(address.clientEndpoint, hub.key, {
    originalPath: hubPath(request.path),
    originalQuery: request.query,
    requestId: randomBytes(REQUEST_ID_BYTES).toString('base64url'),
  });
  const body = encodeNegotiateResponse({ kind: 'redirect', url, accessToken });
  return { status: 200, contentType: 'application/json', body };
}

/** As ASP.NET Core answers: without a word. */
function notAdmitted(status: 401 | 403): NegotiateAnswer {
  const headers = status === 401 ? { headers: { 'WWW-Authenticate': 'Bearer' } } : {};
  return { status, contentType: 'text/plain', body: '', ...headers };
}

function refusal(status: 413 | 500, body: string): NegotiateAnswer {
  return { status, contentType: 'text/plain', body };
}

async function resolve<R, T extends string | boolean | Date | ClaimsInput | undefined>(
  value: PerRequest<R, T> | undefined,
  source: R,
): Promise<T | undefined> {
  return typeof value === 'function' ? value(source) : value;
}
