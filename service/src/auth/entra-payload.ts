import { compactVerify, decodeJwt, decodeProtectedHeader, errors } from 'jose';
import { type EntraKeys, EntraKeysUnavailable } from './entra-keys.ts';
import { readPayload, type TokenPayload } from './token-payload.ts';
import { type TokenRefusal, TokenRefusals } from './token-refusal.ts';

const ALGORITHM = 'RS256';
const ACCESS_KEY_ALGORITHM = /^HS/;

/** The claims of a token of Microsoft Entra ID, or why they do not count. Undefined: it is no token of that kind. */
export type EntraPayload = { readonly payload: TokenPayload } | { readonly refusal: TokenRefusal } | undefined;

/** Claims with a signature that is good under the issuer's keys. */
export async function signedPayload(text: string, keys: EntraKeys): Promise<EntraPayload> {
  if (algorithmOf(text) !== ALGORITHM) return undefined;
  try {
    const verified = await compactVerify(text, keys, { algorithms: [ALGORITHM] });
    const payload = readPayload(verified.payload);
    return payload === undefined ? undefined : { payload };
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    if (error instanceof EntraKeysUnavailable || error instanceof errors.JWKSTimeout) {
      return { refusal: TokenRefusals.entraKeysUnavailable };
    }
    if (error instanceof errors.JWSInvalid) return undefined;
    // A signature that is wrong, a key that nobody knows, or one of the issuer's that is of no use.
    return { refusal: TokenRefusals.entraSignature };
  }
}

/** Claims as they stand there, whoever wrote them. A token as access keys sign them must be meant to be of this kind. */
export function statedPayload(text: string, isMeant: (payload: TokenPayload) => boolean): EntraPayload {
  const algorithm = algorithmOf(text);
  if (algorithm === undefined) return undefined;
  try {
    const payload = decodeJwt(text);
    return ACCESS_KEY_ALGORITHM.test(algorithm) && !isMeant(payload) ? undefined : { payload };
  } catch {
    return undefined; // not a token: whoever asked says so to the peer
  }
}

function algorithmOf(text: string): string | undefined {
  try {
    const { alg } = decodeProtectedHeader(text);
    return typeof alg === 'string' ? alg : undefined;
  } catch {
    return undefined; // as above
  }
}
