import { describe, expect, test } from 'vitest';
import { requireClaim, requireRole, requireUser } from '../hub/authorization.ts';
import type { HubHttpRequest } from '../hub/hub-http-request.ts';
import { admit, type GivenIdentity, type HubAdmission } from './client-identity.ts';

const NAME_IDENTIFIER = 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/nameidentifier';
const request: HubHttpRequest = {
  path: '/chat',
  query: new URLSearchParams('room=red'),
  headers: new Headers({ 'x-user': 'ann' }),
  remoteIpAddress: '127.0.0.1',
};

function ask(admission: HubAdmission, given: Partial<GivenIdentity> = {}) {
  return admit(admission, { userId: undefined, claims: {}, ...given }, () => request);
}

describe('user ids', () => {
  const provider: HubAdmission = { userIdProvider: (user) => user.value('email') };

  test.each([
    ['the one given comes before the provider', provider, { userId: 'ann', claims: { email: 'e' } }, 'ann'],
    ['the provider reads the claims', provider, { claims: { email: ['first', 'second'] } }, 'first'],
    ['an empty one is none: the provider is asked', provider, { userId: '', claims: { email: 'e' } }, 'e'],
    ['the provider may know nothing', provider, { claims: { role: 'r' } }, undefined],
    ['without a provider it is the one given', {}, { userId: 'ann' }, 'ann'],
    ['without anything there is none', {}, {}, undefined],
  ])('%s', async (_name, admission, given, userId) => {
    expect(await ask(admission, given)).toEqual({ status: 'admitted', userId });
  });

  test('the provider sees the request', async () => {
    const userIdProvider: HubAdmission['userIdProvider'] = (_user, { headers, query, path }) =>
      `${headers.get('x-user')} ${query.get('room')} ${path}`;
    expect(await ask({ userIdProvider })).toEqual({ status: 'admitted', userId: 'ann red /chat' });
  });

  test('the user is the one whom the hub will see', async () => {
    let claims: unknown;
    const userIdProvider: HubAdmission['userIdProvider'] = (user) => {
      claims = user.claims;
      return undefined;
    };
    await ask({ userIdProvider }, { claims: { nameid: 'ann', level: [5, true], aud: 'mine' } });
    expect(claims).toEqual([
      { type: NAME_IDENTIFIER, value: 'ann' },
      { type: 'level', value: '5' },
      { type: 'level', value: 'true' },
      { type: 'aud', value: 'mine' },
    ]);
  });

  test('nobody is described whom nobody asks about', async () => {
    const describeNothing = () => {
      throw new Error('asked');
    };
    expect(await admit(provider, { userId: 'ann', claims: {} }, describeNothing)).toEqual({
      status: 'admitted',
      userId: 'ann',
    });
  });

  test('what the provider throws is thrown', async () => {
    const userIdProvider = () => {
      throw new Error('no session');
    };
    await expect(ask({ userIdProvider })).rejects.toThrow('no session');
  });
});

describe('authorization of a hub', () => {
  test.each([
    ['requireUser: nobody', requireUser, {}, 401],
    ['requireUser: a user id', requireUser, { userId: 'ann' }, 'admitted'],
    ['requireUser: a claim', requireUser, { claims: { role: 'r' } }, 'admitted'],
    ['requireUser: an empty user id', requireUser, { userId: '' }, 401],
    ['requireRole: nobody', requireRole('admin'), {}, 401],
    ['requireRole: another role', requireRole('admin'), { claims: { role: ['user', 'Admin'] } }, 403],
    ['requireRole: a user without roles', requireRole('admin'), { userId: 'ann' }, 403],
    ['requireRole: one of several', requireRole('admin', 'root'), { claims: { role: ['user', 'root'] } }, 'admitted'],
    [
      'requireRole: by the full claim type',
      requireRole('admin'),
      { claims: { 'http://schemas.microsoft.com/ws/2008/06/identity/claims/role': 'admin' } },
      'admitted',
    ],
    ['requireRole: in a list of claims', requireRole('a'), { claims: [{ type: 'role', value: 'a' }] }, 'admitted'],
    ['requireClaim: none of the type', requireClaim('team'), { claims: { role: 'r' } }, 403],
    ['requireClaim: any value', requireClaim('team'), { claims: { team: 'red' } }, 'admitted'],
    ['requireClaim: another value', requireClaim('team', 'blue', 'green'), { claims: { team: 'red' } }, 403],
    ['requireClaim: one of the values', requireClaim('team', 'blue', 'red'), { claims: { team: 'red' } }, 'admitted'],
    ['requireClaim: a number', requireClaim('level', '5'), { claims: { level: 5 } }, 'admitted'],
    ['a condition of one`s own', async () => false, { userId: 'ann' }, 403],
    ['a condition of one`s own', async () => true, {}, 'admitted'],
  ])('%s', async (_name, authorize, given: Partial<GivenIdentity>, status) => {
    expect((await ask({ authorize }, given)).status).toBe(status);
  });

  test.each([
    ['of the provider', { userIdProvider: () => 'bob' }, {}, 'bob'],
    ['of the claims', {}, { claims: { nameid: 'carl' } }, 'carl'],
    ['of the claims by its full type', {}, { claims: { [NAME_IDENTIFIER]: 'carl' } }, 'carl'],
  ])('knows the user id %s', async (_name, admission: HubAdmission, given, expected) => {
    const seen: unknown[] = [];
    const authorize: HubAdmission['authorize'] = ({ userIdentifier, request: asked }) => {
      seen.push(userIdentifier, asked);
      return false;
    };
    expect(await ask({ ...admission, authorize }, given)).toEqual({ status: 403 });
    expect(seen).toEqual([expected, request]);
  });

  test('what it throws is thrown', async () => {
    await expect(ask({ authorize: () => Promise.reject(new Error('no database')) })).rejects.toThrow('no database');
  });

  test('requireRole wants a role', () => {
    expect(() => requireRole()).toThrow(TypeError);
  });
});
