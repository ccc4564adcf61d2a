// Tokens by hand (service-protocol 2): a suite that signs with a library could not make wrong ones.
import { createHmac } from 'node:crypto';

const DIGESTS = { HS256: 'sha256', HS512: 'sha512' } as const;
const LIFETIME_SECONDS = 3600;

/** What a token says beside its lifetime, which is an hour unless `exp` is given. */
export type TokenPayload = Readonly<Record<string, unknown>>;

export interface TokenForm {
  readonly algorithm?: keyof typeof DIGESTS;
  readonly keyId?: string;
}

/** A token signed with the UTF-8 bytes of `accessKey`. */
export function signToken(
  accessKey: string,
  payload: TokenPayload,
  { algorithm = 'HS256', keyId }: TokenForm = {},
): string {
  const now = Math.floor(Date.now() / 1000);
  const header = { alg: algorithm, typ: 'JWT', ...(keyId === undefined ? {} : { kid: keyId }) };
  const signed = `${part(header)}.${part({ nbf: now, iat: now, exp: now + LIFETIME_SECONDS, ...payload })}`;
  return `${signed}.${createHmac(DIGESTS[algorithm], accessKey).update(signed).digest('base64url')}`;
}

/** A token without a signature: `alg` is `none`. */
export function unsignedToken(payload: TokenPayload): string {
  const exp = Math.floor(Date.now() / 1000) + LIFETIME_SECONDS;
  return `${part({ alg: 'none', typ: 'JWT' })}.${part({ exp, ...payload })}.`;
}

function part(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
