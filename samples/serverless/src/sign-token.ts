import { SignJWT } from 'jose';

export interface TokenOptions {
  readonly accessKey: string;
  /** The URL that the token opens, without its query if it is a REST call's. */
  readonly audience: string;
  /** As `1h` or `5m`. */
  readonly expiresIn: string;
  readonly userId?: string;
}

/** Signs a token as the service wants it (service-protocol 2). The key is the text itself: no base64. */
export function signToken({ accessKey, audience, expiresIn, userId }: TokenOptions): Promise<string> {
  return new SignJWT(userId === undefined ? {} : { nameid: userId })
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .setAudience(audience)
    .setIssuedAt()
    .setExpirationTime(expiresIn)
    .sign(new TextEncoder().encode(accessKey));
}
