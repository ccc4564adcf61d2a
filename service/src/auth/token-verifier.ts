import { claimsFromJwt } from '@signalite/protocol';
import { compactVerify, decodeProtectedHeader, errors } from 'jose';
import { LRUCache } from 'lru-cache';
import { AuthMode } from '../config/auth-mode.ts';
import type { ResourceSettings, ResourceSettingsValues } from '../config/resource-settings.ts';
import { matchesAudience, type RequiredAudience, readAudiences } from './audience.ts';
import { SigningKeys, TOKEN_ALGORITHMS, type TokenAlgorithm } from './signing-keys.ts';
import { type TokenRefusal, TokenRefusals } from './token-refusal.ts';
import type { VerifiedToken } from './verified-token.ts';

export interface TokenVerifierOptions {
  /** Tokens remembered as verified. */
  readonly maxRemembered: number;
  /** Tolerated difference of clocks. Milliseconds. */
  readonly clockSkewMs: number;
  readonly mode: AuthMode;
  readonly now: () => number;
}

/** Claims as they stand in a token. */
interface TokenPayload {
  readonly [claim: string]: unknown;
  readonly exp?: unknown;
  readonly nbf?: unknown;
  readonly aud?: unknown;
}

/** A verified token, or why it was refused. */
export type Verification =
  | { readonly ok: true; readonly token: VerifiedToken }
  | { readonly ok: false; readonly refusal: TokenRefusal };

/**
 * Checks access-key tokens (service-protocol 2.2): signature under either key, lifetime, audience. Verified tokens are
 * remembered, because a look-up costs a thousandth of a verify; they are forgotten when keys or mode change, and their
 * lifetime and audience are looked at every time.
 */
export class TokenVerifier {
  readonly #options: TokenVerifierOptions;
  readonly #remembered: LRUCache<string, VerifiedToken>;
  #keys: SigningKeys;

  constructor(settings: ResourceSettings, options: TokenVerifierOptions) {
    this.#options = options;
    this.#remembered = new LRUCache({ max: options.maxRemembered });
    this.#keys = keysOf(settings.current);
    settings.onChange((now, before) => {
      const isSame =
        now.primaryKey === before.primaryKey &&
        now.secondaryKey === before.secondaryKey &&
        now.serviceMode === before.serviceMode;
      if (isSame) return;
      this.#keys = keysOf(now);
      this.#remembered.clear();
    });
  }

  async verify(text: string | undefined, required: RequiredAudience): Promise<Verification> {
    if (text === undefined || text === '') return refused(TokenRefusals.missing);
    const remembered = this.#remembered.get(text);
    const verification = remembered === undefined ? await this.#verifySignature(text) : accepted(remembered);
    if (!verification.ok || this.#options.mode === AuthMode.Lenient) return verification;
    const now = this.#options.now();
    if (verification.token.validUntil <= now) return refused(TokenRefusals.expired);
    if (verification.token.validFrom > now) return refused(TokenRefusals.notYetValid);
    return matchesAudience(verification.token.audiences, required) ? verification : refused(TokenRefusals.audience);
  }

  async #verifySignature(text: string): Promise<Verification> {
    const keys = this.#keys;
    const algorithm = algorithmOf(text);
    if (algorithm === undefined) return refused(TokenRefusals.malformed);
    for (const key of await keys.get(algorithm)) {
      const payload = await payloadOf(text, key, algorithm);
      if (payload === 'other-key') continue;
      if (payload === 'malformed') return refused(TokenRefusals.malformed);
      return this.#remember(text, payload, keys);
    }
    return refused(TokenRefusals.signature);
  }

  #remember(text: string, payload: TokenPayload, keys: SigningKeys): Verification {
    const { clockSkewMs, mode } = this.#options;
    const { exp, nbf, aud } = payload;
    const isTimed = typeof exp === 'number';
    if (!isTimed && mode !== AuthMode.Lenient) return refused(TokenRefusals.withoutExpiry);
    const token: VerifiedToken = {
      claims: claimsFromJwt(payload),
      audiences: readAudiences(aud),
      validFrom: typeof nbf === 'number' ? nbf * 1000 - clockSkewMs : 0,
      validUntil: isTimed ? exp * 1000 + clockSkewMs : Number.POSITIVE_INFINITY,
    };
    // The keys may have changed while the signature was computed.
    if (keys === this.#keys) this.#remembered.set(text, token);
    else return refused(TokenRefusals.signature);
    return accepted(token);
  }
}

function keysOf({ primaryKey, secondaryKey }: ResourceSettingsValues): SigningKeys {
  return new SigningKeys(secondaryKey === undefined ? [primaryKey] : [primaryKey, secondaryKey]);
}

function accepted(token: VerifiedToken): Verification {
  return { ok: true, token };
}

function refused(refusal: TokenRefusal): Verification {
  return { ok: false, refusal };
}

function algorithmOf(text: string): TokenAlgorithm | undefined {
  try {
    const { alg } = decodeProtectedHeader(text);
    return Object.keys(TOKEN_ALGORITHMS).find((name): name is TokenAlgorithm => name === alg);
  } catch {
    return undefined; // not a token: the caller says so to the peer
  }
}

async function payloadOf(
  text: string,
  key: Parameters<typeof compactVerify>[1],
  algorithm: TokenAlgorithm,
): Promise<TokenPayload | 'other-key' | 'malformed'> {
  try {
    // Lifetime is checked by the caller, each time a token is used and not only when it is first seen.
    const { payload } = await compactVerify(text, key, { algorithms: [algorithm] });
    const parsed: unknown = JSON.parse(new TextDecoder().decode(payload));
    return isPayload(parsed) ? parsed : 'malformed';
  } catch (error) {
    if (error instanceof errors.JWSSignatureVerificationFailed) return 'other-key';
    if (error instanceof errors.JOSEError || error instanceof SyntaxError) return 'malformed';
    throw error;
  }
}

function isPayload(value: unknown): value is TokenPayload {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
