import { audienceFor } from '@signalite/protocol';
import { SignJWT } from 'jose';
import type { HubCall } from './rest-call.ts';
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
  const now = Math.floor(context.now() / 1000);
  const token = await new SignJWT(userId === undefined ? {} : { nameid: userId })
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .setAudience(audienceFor('client', `${context.publicEndpoint(request)}/`, hubKey))
    .setIssuedAt(now)
    .setNotBefore(now)
    .setExpirationTime(now + minutes * MINUTE_S)
    .sign(Buffer.from(context.settings.current.primaryKey));
  return { json: JSON.stringify({ token }) };
}
