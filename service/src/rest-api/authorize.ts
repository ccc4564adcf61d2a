import type { RequiredAudience } from '../auth/audience.ts';
import type { Verification } from '../auth/token-verifier.ts';
import type { RestContext } from './rest-context.ts';

/**
 * Checks the token of a call (rest-api 3): an access key's, made for this path, or one that Microsoft Entra ID issued.
 * Only the header counts: what stands in a query stands in logs.
 */
export async function authorize(
  { verifier, entra }: RestContext,
  authorization: string | undefined,
  required: RequiredAudience,
): Promise<Verification> {
  const text = /^Bearer +(\S+) *$/i.exec(authorization ?? '')?.[1];
  const verification = await verifier.verify(text, required);
  if (verification.ok || entra === undefined || text === undefined) return verification;
  return verification.refusal.isOtherIssuer === true ? entra.verify(text) : verification;
}
