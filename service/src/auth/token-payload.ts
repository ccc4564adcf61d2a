import { type TokenRefusal, TokenRefusals } from './token-refusal.ts';
import type { VerifiedToken } from './verified-token.ts';

/** Claims as they stand in a token. */
export interface TokenPayload {
  readonly [claim: string]: unknown;
  readonly exp?: unknown;
  readonly nbf?: unknown;
  readonly aud?: unknown;
  readonly iss?: unknown;
}

/** The claims in a token's bytes; undefined when they hold something else. Throws `SyntaxError` when it is no JSON. */
export function readPayload(bytes: Uint8Array): TokenPayload | undefined {
  const parsed: unknown = JSON.parse(new TextDecoder().decode(bytes));
  return isPayload(parsed) ? parsed : undefined;
}

/** From when to when a token holds, in milliseconds since 1970, with the tolerated difference of clocks. */
export function lifetimeOf({ exp, nbf }: TokenPayload, clockSkewMs: number) {
  return {
    validFrom: typeof nbf === 'number' ? nbf * 1000 - clockSkewMs : 0,
    /** Undefined: it has no end. */
    validUntil: typeof exp === 'number' ? exp * 1000 + clockSkewMs : undefined,
  };
}

/** Looked at each time a token is used, and not only when it is first seen. */
export function lifetimeRefusal({ validFrom, validUntil }: VerifiedToken, now: number): TokenRefusal | undefined {
  if (validUntil <= now) return TokenRefusals.expired;
  return validFrom > now ? TokenRefusals.notYetValid : undefined;
}

function isPayload(value: unknown): value is TokenPayload {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
