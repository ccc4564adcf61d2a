// Signs tokens with one key (service-protocol 2.1).
import type { webcrypto } from 'node:crypto';
import { SignJWT } from 'jose';
import type { TokenContent } from './endpoint-tokens.ts';

const ISSUER = 'azure-signalr';
const HASHES = { HS256: 'SHA-256', HS512: 'SHA-512' } as const;

/** How tokens are signed. */
export interface SigningOptions {
  readonly algorithm: 'HS256' | 'HS512';
  /** Life of a token that does not say it itself. */
  readonly lifetimeMs: number;
  readonly now: () => number;
}

/** One key, with the id that the service gave it, if it did. */
export class SigningKey {
  readonly #options: SigningOptions;
  readonly #keyId: string | undefined;
  readonly #key: Promise<webcrypto.CryptoKey>;

  constructor(accessKey: string, options: SigningOptions, keyId?: string) {
    this.#options = options;
    this.#keyId = keyId;
    this.#key = importKey(accessKey, HASHES[options.algorithm]);
  }

  async sign({ audience, claims, lifetimeMs = this.#options.lifetimeMs }: TokenContent): Promise<string> {
    const { algorithm, now } = this.#options;
    const issuedAt = Math.floor(now() / 1000);
    const header = { alg: algorithm, typ: 'JWT', ...(this.#keyId === undefined ? {} : { kid: this.#keyId }) };
    return new SignJWT({ ...claims })
      .setProtectedHeader(header)
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
