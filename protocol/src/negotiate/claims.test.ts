import { describe, expect, test } from 'vitest';
import { RESERVED_CLAIM_NAMES, ServiceClaim } from './claim-names.ts';
import {
  claimNameOf,
  claimTypeOf,
  NAME_CLAIM_TYPE,
  NAME_IDENTIFIER_CLAIM_TYPE,
  ROLE_CLAIM_TYPE,
} from './claim-types.ts';
import { claimsFromJwt, userIdOf } from './claims.ts';

describe('claim types', () => {
  test.each([
    ['nameid', 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/nameidentifier'],
    ['sub', 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/nameidentifier'],
    ['unique_name', 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/name'],
    ['given_name', 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/givenname'],
    ['gender', 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/gender'],
    ['actort', 'http://schemas.xmlsoap.org/ws/2009/09/identity/claims/actor'],
    ['roles', 'http://schemas.microsoft.com/ws/2008/06/identity/claims/role'],
    ['winaccountname', 'http://schemas.microsoft.com/ws/2008/06/identity/claims/windowsaccountname'],
    ['oid', 'http://schemas.microsoft.com/identity/claims/objectidentifier'],
    ['acr', 'http://schemas.microsoft.com/claims/authnclassreference'],
    ['adfs1email', 'http://schemas.xmlsoap.org/claims/EmailAddress'],
    ['certeku', 'http://schemas.microsoft.com/2012/12/certificatecontext/extension/eku'],
    ['certx509version', 'http://schemas.microsoft.com/2012/12/certificatecontext/field/x509version'],
    ['proxy', 'http://schemas.microsoft.com/2012/01/requestcontext/claims/x-ms-proxy'],
    ['relyingpartytrustid', 'http://schemas.microsoft.com/2012/01/requestcontext/claims/relyingpartytrustid'],
    ['isregistereduser', 'http://schemas.microsoft.com/2012/01/devicecontext/claims/isregistereduser'],
    ['pwdexptime', 'http://schemas.microsoft.com/ws/2012/01/passwordexpirationtime'],
    ['exp', 'exp'],
    ['constructor', 'constructor'],
    ['Role', 'Role'],
  ])('%s means %s', (name, type) => {
    expect(claimTypeOf(name)).toBe(type);
  });

  test.each([
    [NAME_IDENTIFIER_CLAIM_TYPE, 'nameid'],
    [ROLE_CLAIM_TYPE, 'role'],
    [NAME_CLAIM_TYPE, 'unique_name'],
    ['http://schemas.xmlsoap.org/claims/Group', 'group'],
    ['favourite-colour', 'favourite-colour'],
  ])('%s is written as %s', (type, name) => {
    expect(claimNameOf(type)).toBe(name);
  });
});

describe('claimsFromJwt', () => {
  test('keeps the order, spreads arrays and gives every value as text', () => {
    const claims = claimsFromJwt({
      'asrs.s.uid': 'bob',
      'asrs.u.aud': 'a',
      role: ['r1', 'r2'],
      n: 5,
      t: true,
      big: 2n ** 60n,
      nothing: null,
      address: { city: 'x' },
      mixed: [1, ['a'], { b: 1 }],
      none: [],
      aud: 'http://h/client/?hub=chat',
    });
    expect(claims.map(({ type, value }) => [type, value])).toEqual([
      ['asrs.s.uid', 'bob'],
      ['asrs.u.aud', 'a'],
      [ROLE_CLAIM_TYPE, 'r1'],
      [ROLE_CLAIM_TYPE, 'r2'],
      ['n', '5'],
      ['t', 'true'],
      ['big', '1152921504606846976'],
      ['nothing', ''],
      ['address', '{"city":"x"}'],
      ['mixed', '1'],
      ['mixed', '["a"]'],
      ['mixed', '{"b":1}'],
      ['aud', 'http://h/client/?hub=chat'],
    ]);
  });
});

describe('userIdOf', () => {
  test.each([
    ['the own claim of the service comes first', { sub: 'a', 'asrs.s.uid': 'b' }, 'b'],
    ['then the first name identifier', { name: 'x', sub: 'a', nameid: 'b' }, 'a'],
    ['in whatever form', { [NAME_IDENTIFIER_CLAIM_TYPE]: 'a', nameid: 'b' }, 'a'],
    ['empty ones do not count', { 'asrs.s.uid': '', nameid: '', sub: 'b' }, 'b'],
    ['nobody', { unique_name: 'x' }, undefined],
  ])('%s', (_, payload, userId) => {
    expect(userIdOf(claimsFromJwt(payload))).toBe(userId);
  });

  test('takes claims whose types are still short', () => {
    expect(userIdOf([{ type: 'nameid', value: 'a' }])).toBe('a');
  });
});

describe('names', () => {
  test('claims of the service have its prefix, each one name', () => {
    const names = Object.values(ServiceClaim);
    expect(names.every((name) => /^asrs\.s\.[a-z]+$/.test(name))).toBe(true);
    expect(new Set(names).size).toBe(names.length);
  });

  test('names that tokens need for themselves are reserved', () => {
    expect([...RESERVED_CLAIM_NAMES].join(' ')).toBe('aud exp iat nbf iss actort acr azp c_hash jti nonce');
  });
});
