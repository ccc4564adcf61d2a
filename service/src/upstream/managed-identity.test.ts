// upstream-and-emulator 2.6
import { createLocalJWKSet, jwtVerify } from 'jose';
import { expect, test } from 'vitest';
import { createManagedIdentity, LOCAL_TENANT_ID } from './managed-identity.ts';

const HOUR_MS = 3_600_000;

test('a token can be verified with what is published, and names its tenant and resource', async () => {
  const identity = createManagedIdentity({ now: Date.now });
  const { issuer, jwks_uri } = identity.openIdConfiguration('http://localhost:8888/');
  expect(jwks_uri).toBe('http://localhost:8888/.well-known/jwks.json');
  const keys = createLocalJWKSet(await identity.keySet());
  const { payload, protectedHeader } = await jwtVerify(await identity.tokenFor('api://app'), keys, {
    issuer: String(issuer),
    audience: 'api://app',
    algorithms: ['RS256'],
  });
  expect(protectedHeader).toMatchObject({ alg: 'RS256', typ: 'JWT', kid: expect.any(String) });
  expect(payload).toMatchObject({
    iss: `https://sts.windows.net/${LOCAL_TENANT_ID}/`,
    tid: LOCAL_TENANT_ID,
    ver: '1.0',
    appid: expect.any(String),
    oid: payload.sub,
  });
  expect(Number(payload.exp) - Number(payload.iat)).toBe(3600);
});

test('private parts of the key are not published', async () => {
  const { keys } = await createManagedIdentity({ now: Date.now }).keySet();
  expect(keys.map((key) => Object.keys(key).sort())).toEqual([['alg', 'e', 'kid', 'kty', 'n', 'use']]);
});

test('the tenant can be chosen, and the resource may be empty', async () => {
  const identity = createManagedIdentity({ tenantId: 'my-tenant', now: Date.now });
  const keys = createLocalJWKSet(await identity.keySet());
  const issuer = 'https://sts.windows.net/my-tenant/';
  expect(identity.openIdConfiguration('http://h')).toMatchObject({ issuer });
  const { payload } = await jwtVerify(await identity.tokenFor(''), keys, { issuer });
  expect(payload.aud).toBe('');
});

test('a token serves until shortly before its end', async () => {
  let now = Date.now();
  const identity = createManagedIdentity({ now: () => now });
  const first = await identity.tokenFor('a');
  now += HOUR_MS - 301_000;
  expect(await identity.tokenFor('a')).toBe(first);
  expect(await identity.tokenFor('b')).not.toBe(first);
  now += 2_000;
  expect(await identity.tokenFor('a')).not.toBe(first);
});
