// Tokens for server connections and for clients (service-protocol 2).
import type { webcrypto } from 'node:crypto';
import { SignJWT } from 'jose';

/** Longest token that the service takes. */
export const ACCESS_TOKEN_MAX_CHARACTERS = 4096;

const ISSUER = 'azure-signalr';
const HASHES = { HS256: 'SHA-256', HS512: 'SHA-512' } as const;

/** What a token says. */
export interface TokenContent {
  readonly audience: string;
  readonly claims: Readonly<Record<string, unknown>>;
}

export interface TokenSignerOptions {
  readonly accessKey: string;
  readonly algorithm: 'HS256' | 'HS512';
  readonly lifetimeMs: number;
  readonly now: () => number;
}

/** Signs tokens with the access key. */
export class TokenSigner {
  readonly #options: TokenSignerOptions;
  #key: Promise<webcrypto.CryptoKey> | undefined;

  constructor(options: TokenSignerOptions) {
    this.#options = options;
  }

  async sign({ audience, claims }: TokenContent): Promise<string> {
    const { algorithm, lifetimeMs, now } = this.#options;
    this.#key ??= importKey(this.#options.accessKey, HASHES[algorithm]);
    const issuedAt = Math.floor(now() / 1000);
    return new SignJWT({ ...claims })
      .setProtectedHeader({ alg: algorithm, typ: 'JWT' })
      .setNotBefore(issuedAt)
      .setExpirationTime(issuedAt + Math.floor(lifetimeMs / 1000))
      .setIssuedAt(issuedAt)
      .setIssuer(ISSUER)
      .setAudience(audience)
      .sign(await this.#key);
  }
}

/** Once: signing with an imported key costs a third less. */
function importKey(accessKey: string, hash: string): Promise<webcrypto.CryptoKey> {
  const bytes = new TextEncoder().encode(accessKey);
  return crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash }, false, ['sign']);
}
