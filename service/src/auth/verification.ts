import type { TokenRefusal } from './token-refusal.ts';
import type { VerifiedToken } from './verified-token.ts';

/** A verified token, or why it was refused. */
export type Verification =
  | { readonly ok: true; readonly token: VerifiedToken }
  | { readonly ok: false; readonly refusal: TokenRefusal };

export function accepted(token: VerifiedToken): Verification {
  return { ok: true, token };
}

export function refused(refusal: TokenRefusal): Verification {
  return { ok: false, refusal };
}
