import type { AccessKeyGrant } from '../server-connection/server-context.ts';
import type { EntraBearers } from './entra-bearers.ts';

/** Gives an app server a key for client tokens, for its token of Microsoft Entra ID (service-protocol 11). */
export async function grantAccessKey(entra: EntraBearers | undefined, token: string): Promise<AccessKeyGrant> {
  if (entra === undefined) {
    return {
      errorType: 'NotSupported',
      errorMessage: 'This service hands out no access keys. Use a connection string with an AccessKey.',
    };
  }
  const verification = await entra.verify(token);
  if (verification?.ok === true) return entra.handOutKey();
  const { status, text } = verification?.refusal ?? NO_ENTRA_TOKEN;
  return { errorType: ERROR_TYPES[status], errorMessage: text };
}

const NO_ENTRA_TOKEN = { status: 401, text: 'This is no token of Microsoft Entra ID that can be accepted.' } as const;
const ERROR_TYPES = { 401: 'Unauthorized', 403: 'Forbidden', 503: 'ServiceUnavailable' } as const;
