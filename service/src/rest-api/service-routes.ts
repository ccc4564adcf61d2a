import type { TokenSigner } from '../auth/verified-token.ts';
import type { RestCall } from './rest-call.ts';
import { Problems, RestProblem } from './rest-problem.ts';
import { type Answer, type ServiceRoute, serviceRoute } from './route.ts';

const MAY_HAVE_KEYS: readonly TokenSigner[] = ['entra', 'nobody'];

export const OPEN_API_PATH = '/openapi.json';

/** What is asked of the service itself. `document`: the OpenAPI document as JSON text. */
export function serviceRoutes(document: () => string): ServiceRoute[] {
  return [
    serviceRoute('/health', {
      methods: ['GET', 'HEAD'],
      success: { dated: 200, v1: 200 },
      summary: 'Is the service there?',
      isAnonymous: true,
      handle: () => undefined,
    }),
    serviceRoute(OPEN_API_PATH, {
      methods: ['GET'],
      success: { dated: 200 },
      summary: 'This document',
      answer: 'document',
      isAnonymous: true,
      handle: () => ({ json: document() }),
    }),
    serviceRoute('/auth/accessKey', {
      methods: ['GET'],
      success: { dated: 200, v1: 200 },
      summary: 'Get a key for client tokens, with a token of Microsoft Entra ID',
      answer: 'access-key',
      isAnonymous: false,
      handle: handOutKey,
    }),
  ];
}

/** For tokens of Microsoft Entra ID alone: whoever has a key would never lose it (rest-api 3.4). */
function handOutKey({ context, token }: RestCall): Answer {
  if (context.entra === undefined) throw new RestProblem(Problems.noAccessKeys);
  if (token === undefined || !MAY_HAVE_KEYS.includes(token.signer)) throw new RestProblem(Problems.entraTokenNeeded);
  const { keyId, accessKey } = context.entra.handOutKey();
  return { json: JSON.stringify({ KeyId: keyId, AccessKey: accessKey }) };
}
