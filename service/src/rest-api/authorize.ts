import type { RequiredAudience } from '../auth/audience.ts';
import type { Verification } from '../auth/verification.ts';
import { verifyBearer } from '../auth/verify-bearer.ts';
import type { RestContext } from './rest-context.ts';

/**
 * Checks the token of a call (rest-api 3): an access key's, made for this path, or one that Microsoft Entra ID issued.
 * Only the header counts: what stands in a query stands in logs.
 */
export function authorize(
  context: RestContext,
  authorization: string | undefined,
  required: RequiredAudience,
): Promise<Verification> {
  const text = /^Bearer +(\S+) *$/i.exec(authorization ?? '')?.[1];
  return verifyBearer(context, text, required);
}
