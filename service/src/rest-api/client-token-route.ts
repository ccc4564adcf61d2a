import { audienceFor } from '@signalite/protocol';
import { SignJWT } from 'jose';
import type { HubCall } from './rest-call.ts';
import type { RestContext } from './rest-context.ts';
import { type Answer, type HubRoute, hubRoute } from './route.ts';

const DEFAULT_MINUTES = 60;
const MINUTE_S = 60;

/** A token for a client, for callers who have no access key (rest-api 7.8). */
export const CLIENT_TOKEN_ROUTE: HubRoute = hubRoute('/:generateToken', {
  methods: ['POST'],
  success: { dated: 200, v1: 200 },
  summary: 'Make an access token for a client',
  query: ['application', 'userId', 'minutesToExpire'],
  answer: 'token',
  handle: makeToken,
});

async function makeToken({ context, request, hubKey, query }: HubCall<never>): Promise<Answer> {
  const minutes = query.integer('minutesToExpire', 1) ?? DEFAULT_MINUTES;
  const userId = query.text('userId');
  const { accessKey, ...header } = signingKeyOf(context);
  const now = Math.floor(context.now() / 1000);
  const token = await new SignJWT(userId === undefined ? {} : { nameid: userId })
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT', ...header })
    .setAudience(audienceFor('client', `${context.publicEndpoint(request)}/`, hubKey))
    .setIssuedAt(now)
    .setNotBefore(now)
    .setExpirationTime(now + minutes * MINUTE_S)
    .sign(Buffer.from(accessKey));
  return { json: JSON.stringify({ token }) };
}

/** Where tokens of the access keys are not accepted, they would be of no use. */
function signingKeyOf({ settings, handedOutKeys }: RestContext): { accessKey: string; kid?: string } {
  const { localAuth, primaryKey } = settings.current;
  if (localAuth) return { accessKey: primaryKey };
  const { accessKey, keyId } = handedOutKeys.handOut();
  return { accessKey, kid: keyId };
}
