import type { Claim } from '../service/messages.ts';
import { ServiceClaim } from './claim-names.ts';
import { claimTypeOf, NAME_IDENTIFIER_CLAIM_TYPE } from './claim-types.ts';

/**
 * The claims of a token's payload, in its order, with their types in full (service-protocol 2.5). Arrays give one claim
 * per element, numbers and booleans their text, objects their JSON text, null an empty text.
 */
export function claimsFromJwt(payload: Readonly<Record<string, unknown>>): Claim[] {
  const claims: Claim[] = [];
  for (const [name, value] of Object.entries(payload)) {
    const type = claimTypeOf(name);
    for (const item of Array.isArray(value) ? value : [value]) claims.push({ type, value: claimText(item) });
  }
  return claims;
}

function claimText(value: unknown): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/**
 * The user id: the service's own claim, else who the token says the user is; undefined for an anonymous client
 * (service-protocol 2.5). Empty values count as absent.
 */
export function userIdOf(claims: readonly Claim[]): string | undefined {
  return firstValue(claims, ServiceClaim.UserId) ?? firstValue(claims, NAME_IDENTIFIER_CLAIM_TYPE);
}

function firstValue(claims: readonly Claim[], type: string): string | undefined {
  return claims.find((claim) => claimTypeOf(claim.type) === type && claim.value !== '')?.value;
}
