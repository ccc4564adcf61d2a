import { claimsFromJwt } from '@signalite/protocol';
import type { Claim } from '@signalite/protocol/service';
import { compactVerify, decodeJwt, decodeProtectedHeader, errors } from 'jose';
import { LRUCache } from 'lru-cache';
import { AuthMode } from '../config/auth-mode.ts';
import type { ResourceSettings, ResourceSettingsValues } from '../settings/resource-settings.ts';
import { matchesAudience, type RequiredAudience, readAudiences } from './audience.ts';
import { type HandedOutKeys, isHandedOutKeyId, type LiveKey } from './handed-out-keys.ts';
import { SigningKeys, TOKEN_ALGORITHMS, type TokenAlgorithm } from './signing-keys.ts';
import { lifetimeOf, lifetimeRefusal, readPayload, type TokenPayload } from './token-payload.ts';
import { TokenRefusals } from './token-refusal.ts';
import { accepted, refused, type Verification } from './verification.ts';
import type { VerifiedToken } from './verified-token.ts';

export interface TokenVerifierOptions {
  /** Tokens remembered as verified. */
  readonly maxRemembered: number;
  /** Tolerated difference of clocks. Milliseconds. */
  readonly clockSkewMs: number;
  readonly mode: AuthMode;
  readonly handedOutKeys: HandedOutKeys;
  readonly now: () => number;
}

/**
 * Checks access-key tokens (service-protocol 2.2): signature under either key, or under the handed-out one that the token
 * names; lifetime; audience. Verified tokens are remembered, because a look-up costs a thousandth of a verify; they are
 * forgotten when keys or mode change, and their lifetime and audience are looked at every time.
 */
export class TokenVerifier {
  readonly #settings: ResourceSettings;
  readonly #options: TokenVerifierOptions;
  readonly #remembered: LRUCache<string, VerifiedToken>;
  #keys: SigningKeys;

  constructor(settings: ResourceSettings, options: TokenVerifierOptions) {
    this.#settings = settings;
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
    if (this.#options.mode === AuthMode.Off) return accepted(unchecked(text));
    if (text === undefined || text === '') return refused(TokenRefusals.missing);
    const remembered = this.#remembered.get(text);
    const verification = remembered === undefined ? await this.#verifySignature(text) : accepted(remembered);
    if (!verification.ok) return verification;
    const refusal = lifetimeRefusal(verification.token, this.#options.now());
    if (refusal !== undefined) return refused(refusal);
    const isStrict = this.#options.mode === AuthMode.Strict;
    const { audiences, signer } = verification.token;
    if (isStrict && !matchesAudience(audiences, required)) return refused(TokenRefusals.audience);
    const isAllowed = signer !== 'access-key' || this.#settings.current.localAuth;
    return isAllowed ? verification : refused(TokenRefusals.localAuthOff);
  }

  async #verifySignature(text: string): Promise<Verification> {
    const { algorithm, keyId } = headerOf(text);
    if (algorithm === undefined) return refused(TokenRefusals.malformed);
    const keys = this.#keys;
    const handedOut = this.#options.handedOutKeys.find(keyId);
    for (const key of await (handedOut?.signing ?? keys).get(algorithm)) {
      const payload = await payloadOf(text, key, algorithm);
      if (payload === 'other-key') continue;
      if (payload === 'malformed') return refused(TokenRefusals.malformed);
      // The keys may have changed while the signature was computed.
      if (handedOut === undefined && keys !== this.#keys) return refused(TokenRefusals.signature);
      return this.#remember(text, payload, handedOut);
    }
    return refused(isHandedOutKeyId(keyId) ? TokenRefusals.handedOutKey : TokenRefusals.signature);
  }

  #remember(text: string, payload: TokenPayload, handedOut: LiveKey | undefined): Verification {
    const isStrict = this.#options.mode === AuthMode.Strict;
    const { validFrom, validUntil } = lifetimeOf(payload, this.#options.clockSkewMs);
    if (isStrict && validUntil === undefined) return refused(TokenRefusals.withoutExpiry);
    const ownEnd = (isStrict ? validUntil : undefined) ?? Number.POSITIVE_INFINITY;
    const token: VerifiedToken = {
      signer: handedOut === undefined ? 'access-key' : 'handed-out-key',
      claims: claimsFromJwt(payload),
      audiences: readAudiences(payload.aud),
      validFrom: isStrict ? validFrom : 0,
      // Not longer than its key.
      validUntil: handedOut === undefined ? ownEnd : Math.min(ownEnd, handedOut.validUntil),
    };
    this.#remembered.set(text, token);
    return accepted(token);
  }
}

function keysOf({ primaryKey, secondaryKey }: ResourceSettingsValues): SigningKeys {
  return new SigningKeys(secondaryKey === undefined ? [primaryKey] : [primaryKey, secondaryKey]);
}

/** What a token says, or nothing at all: who a client is may matter where nobody checks it. */
function unchecked(text: string | undefined): VerifiedToken {
  return {
    signer: 'nobody',
    claims: claimsOf(text),
    audiences: [],
    validFrom: 0,
    validUntil: Number.POSITIVE_INFINITY,
  };
}

function claimsOf(text: string | undefined): readonly Claim[] {
  try {
    return claimsFromJwt(decodeJwt(text ?? ''));
  } catch {
    return []; // not a token, which is as good as any
  }
}

/** What a token says of its signature. `keyId` is empty when it says nothing. */
function headerOf(text: string): { readonly algorithm: TokenAlgorithm | undefined; readonly keyId: string } {
  try {
    const { alg, kid } = decodeProtectedHeader(text);
    const algorithm = Object.keys(TOKEN_ALGORITHMS).find((name): name is TokenAlgorithm => name === alg);
    return { algorithm, keyId: typeof kid === 'string' ? kid : '' };
  } catch {
    return { algorithm: undefined, keyId: '' }; // not a token: the caller says so to the peer
  }
}

async function payloadOf(
  text: string,
  key: Parameters<typeof compactVerify>[1],
  algorithm: TokenAlgorithm,
): Promise<TokenPayload | 'other-key' | 'malformed'> {
  try {
    const { payload } = await compactVerify(text, key, { algorithms: [algorithm] });
    return readPayload(payload) ?? 'malformed';
  } catch (error) {
    if (error instanceof errors.JWSSignatureVerificationFailed) return 'other-key';
    if (error instanceof errors.JOSEError || error instanceof SyntaxError) return 'malformed';
    throw error;
  }
}
