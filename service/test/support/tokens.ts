import { audienceFor } from '@signalite/protocol';
import { SignJWT } from 'jose';

export interface TokenOptions {
  readonly key: string;
  readonly audience?: string | string[];
  readonly claims?: Record<string, unknown>;
  readonly algorithm?: 'HS256' | 'HS512';
  /** Seconds from now; may lie in the past. */
  readonly expiresIn?: number;
  readonly notBefore?: number;
  readonly keyId?: string;
}

/** A token as SDKs write it. */
export function makeToken({
  key,
  audience,
  claims = {},
  algorithm = 'HS256',
  expiresIn = 3600,
  notBefore,
  keyId = '-618705820',
}: TokenOptions) {
  const now = Math.floor(Date.now() / 1000);
  const jwt = new SignJWT(claims).setProtectedHeader({ alg: algorithm, typ: 'JWT', kid: keyId });
  if (audience !== undefined) jwt.setAudience(audience);
  return jwt
    .setIssuedAt(now)
    .setNotBefore(now + (notBefore ?? 0))
    .setExpirationTime(now + expiresIn)
    .sign(new TextEncoder().encode(key));
}

/** The audience that an SDK writes: no port, whatever the endpoint has. */
export function sdkAudience(kind: 'client' | 'server', hub: string): string {
  return audienceFor(kind, 'http://localhost/', hub);
}
