import type { IncomingMessage } from 'node:http';
import { HUB_NAME_PATTERN } from '@signalite/protocol';
import type { RequiredAudience } from '../auth/audience.ts';
import type { Verification } from '../auth/verification.ts';
import type { VerifiedToken } from '../auth/verified-token.ts';
import { verifyBearer } from '../auth/verify-bearer.ts';
import type { HttpContext } from './http-context.ts';
import { isRefusedByNetwork } from './network-refusal.ts';
import { type Refusal, Refusals, tokenRefusal } from './refusal.ts';
import { queryValue, queryValues } from './request-target.ts';

/** What is checked of every request to `/client` and `/server`. */
export interface AdmissionRequest {
  readonly kind: 'client' | 'server';
  readonly rawQuery: string;
  readonly request: IncomingMessage;
}

/** A request that may go on, with its hub and its token. */
export interface Admitted {
  /** Hub key: lower case. */
  readonly hub: string;
  readonly token: VerifiedToken;
}

type Judge = (context: HttpContext, text: string | undefined, required: RequiredAudience) => Promise<Verification>;

/** Tokens of clients are always made by an app server, with a key (service-protocol 11). */
const JUDGES: Readonly<Record<AdmissionRequest['kind'], Judge>> = {
  client: ({ verifier }, text, required) => verifier.verify(text, required),
  server: verifyBearer,
};

const ACL_TYPES = { client: 'ClientConnection', server: 'ServerConnection' } as const;

/** Checks network, hub and token, in this order (client-protocol 5.6, service-protocol 3). */
export async function admit(context: HttpContext, request: AdmissionRequest): Promise<Admitted | Refusal> {
  if (isRefusedByNetwork(context, ACL_TYPES[request.kind], request.request)) return Refusals.network;
  const [hub, ...more] = queryValues(request.rawQuery, 'hub');
  if (hub === undefined || more.length > 0 || !HUB_NAME_PATTERN.test(hub)) return Refusals.hub;
  const required = { path: [request.kind], hub, hosts: context.options.audienceHosts };
  const verification = await JUDGES[request.kind](context, tokenOf(request), required);
  if (!verification.ok) return tokenRefusal(verification.refusal);
  if (context.isStopping()) return Refusals.stopping;
  return { hub: hub.toLowerCase(), token: verification.token };
}

/** The header first, else the query, on these routes whatever the transport (client-protocol 1.2). */
function tokenOf({ request, rawQuery }: AdmissionRequest): string | undefined {
  const bearer = /^Bearer +(.+)$/i.exec(request.headers.authorization ?? '')?.[1];
  return bearer ?? queryValue(rawQuery, 'access_token');
}
