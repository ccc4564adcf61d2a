// Who a client is, out of the claims that came with it (service-protocol 2.6).
import {
  type Claim,
  claimTypeOf,
  RESERVED_CLAIM_NAMES,
  ROLE_CLAIM_TYPE,
  SERVICE_CLAIM_PREFIX,
  USER_CLAIM_PREFIX,
} from '@signalite/protocol';

/** The user behind a client, as your app described it at negotiate. */
export interface HubUser {
  /** In the order in which the app gave them; types repeat. Short names of tokens come as full claim types. */
  readonly claims: readonly Claim[];
  /** True when there is at least one claim. */
  readonly isAuthenticated: boolean;
  /** The first value of a claim, by its full type or its short name (`role`, `nameid`, `email`). */
  value(type: string): string | undefined;
  /** All values of a claim. */
  values(type: string): string[];
  /** True when there is a claim `role` of this value, with its case. */
  isInRole(role: string): boolean;
}

/** Leaves out what was meant for the service, and gives clashing names back to the user's claims. */
export function hubUser(received: readonly Claim[]): HubUser {
  return userOf(received.flatMap((claim) => userClaim(claim) ?? []));
}

/** The user with these claims. */
export function userOf(claims: readonly Claim[]): HubUser {
  const values = (type: string): string[] => {
    const full = claimTypeOf(type);
    return claims.filter((claim) => claim.type === type || claimTypeOf(claim.type) === full).map(({ value }) => value);
  };
  return {
    claims,
    isAuthenticated: claims.length > 0,
    values,
    value: (type) => values(type)[0],
    isInRole: (role) => values(ROLE_CLAIM_TYPE).includes(role),
  };
}

function userClaim({ type, value }: Claim): Claim | undefined {
  if (type.startsWith(USER_CLAIM_PREFIX)) return { type: type.slice(USER_CLAIM_PREFIX.length), value };
  if (type.startsWith(SERVICE_CLAIM_PREFIX) || RESERVED_CLAIM_NAMES.has(type)) return undefined;
  return { type, value };
}
