// Bearer tokens for upstreams with `auth.type` ManagedIdentity (upstream-and-emulator 2.6). In the cloud Microsoft
// issues them; here the service does, with a key of its own, and publishes what it takes to verify them.

import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JSONWebKeySet, SignJWT } from 'jose';
import { LRUCache } from 'lru-cache';

/** Where the service publishes the documents. */
export const OPENID_CONFIGURATION_PATH = '/.well-known/openid-configuration';
export const JWKS_PATH = '/.well-known/jwks.json';

/** The tenant of tokens when none is given. */
export const LOCAL_TENANT_ID = '5161a117-0000-4000-8000-000000000001';
const LOCAL_CLIENT_ID = '5161a117-0000-4000-8000-000000000002';
const LOCAL_PRINCIPAL_ID = '5161a117-0000-4000-8000-000000000003';

const ALGORITHM = 'RS256';
const TOKEN_LIFETIME_S = 3600;
/** A token is renewed while it has so long to live. */
const TOKEN_RESERVE_S = 300;
const RESOURCES_MAX = 100;

export interface ManagedIdentity {
  /** A bearer token for a resource; an empty name is one, too. */
  tokenFor(resource: string): Promise<string>;
  /** The document at `OPENID_CONFIGURATION_PATH`. `endpoint`: URL under which the service is reached. */
  openIdConfiguration(endpoint: string): Readonly<Record<string, unknown>>;
  /** The document at `JWKS_PATH`. */
  keySet(): Promise<JSONWebKeySet>;
}

export interface ManagedIdentityOptions {
  /** Default `LOCAL_TENANT_ID`. */
  readonly tenantId?: string | undefined;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

type SigningKey = Awaited<ReturnType<typeof createSigningKey>>;

/** An issuer with a key of its own, which is made when it is first needed: that takes a processor a while. */
export function createManagedIdentity({ tenantId = LOCAL_TENANT_ID, now }: ManagedIdentityOptions): ManagedIdentity {
  const issuer = `https://sts.windows.net/${tenantId}/`;
  const tokens = new LRUCache<string, { readonly text: string; readonly expiresAt: number }>({ max: RESOURCES_MAX });
  let key: Promise<SigningKey> | undefined;
  const signingKey = () => {
    key ??= createSigningKey();
    return key;
  };
  return {
    async tokenFor(resource) {
      const seconds = Math.floor(now() / 1000);
      const known = tokens.get(resource);
      if (known !== undefined && known.expiresAt > seconds + TOKEN_RESERVE_S) return known.text;
      const { privateKey, kid } = await signingKey();
      const text = await new SignJWT({ ...subjectClaims(issuer), tid: tenantId, ver: '1.0' })
        .setProtectedHeader({ alg: ALGORITHM, typ: 'JWT', kid })
        .setIssuer(issuer)
        .setAudience(resource)
        .setIssuedAt(seconds)
        .setNotBefore(seconds)
        .setExpirationTime(seconds + TOKEN_LIFETIME_S)
        .sign(privateKey);
      tokens.set(resource, { text, expiresAt: seconds + TOKEN_LIFETIME_S });
      return text;
    },
    openIdConfiguration(endpoint) {
      return {
        issuer,
        jwks_uri: `${endpoint.replace(/\/$/, '')}${JWKS_PATH}`,
        response_types_supported: ['token'],
        subject_types_supported: ['public'],
        id_token_signing_alg_values_supported: [ALGORITHM],
      };
    },
    async keySet() {
      const { publicJwk } = await signingKey();
      return { keys: [publicJwk] };
    },
  };
}

/** Who the service is, as tokens of managed identities say it. */
function subjectClaims(issuer: string) {
  return {
    appid: LOCAL_CLIENT_ID,
    appidacr: '2',
    idp: issuer,
    idtyp: 'app',
    oid: LOCAL_PRINCIPAL_ID,
    sub: LOCAL_PRINCIPAL_ID,
  };
}

async function createSigningKey() {
  const { privateKey, publicKey } = await generateKeyPair(ALGORITHM);
  const jwk = await exportJWK(publicKey);
  const kid = await calculateJwkThumbprint(jwk);
  return { privateKey, kid, publicJwk: { ...jwk, kid, use: 'sig', alg: ALGORITHM } };
}
