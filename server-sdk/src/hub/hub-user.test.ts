import { NAME_IDENTIFIER_CLAIM_TYPE, ROLE_CLAIM_TYPE } from '@signalite/protocol';
import { expect, test } from 'vitest';
import { hubUser } from './hub-user.ts';

test('claims for the service are left out, the names of the user come back', () => {
  const user = hubUser([
    { type: 'asrs.s.uid', value: 'ann' },
    { type: 'aud', value: 'http://h/client/?hub=chat' },
    { type: 'exp', value: '1' },
    { type: NAME_IDENTIFIER_CLAIM_TYPE, value: 'ann' },
    { type: 'asrs.u.aud', value: 'own' },
    { type: ROLE_CLAIM_TYPE, value: 'a' },
    { type: ROLE_CLAIM_TYPE, value: 'b' },
  ]);
  expect(user.claims).toEqual([
    { type: NAME_IDENTIFIER_CLAIM_TYPE, value: 'ann' },
    { type: 'aud', value: 'own' },
    { type: ROLE_CLAIM_TYPE, value: 'a' },
    { type: ROLE_CLAIM_TYPE, value: 'b' },
  ]);
  expect([user.isAuthenticated, user.value('aud'), user.value('nameid'), user.value('none')]).toEqual([
    true,
    'own',
    'ann',
    undefined,
  ]);
  expect([user.values('role'), user.isInRole('b'), user.isInRole('c')]).toEqual([['a', 'b'], true, false]);
});

test('somebody without claims is nobody', () => {
  expect(hubUser([{ type: 'asrs.s.uid', value: 'ann' }])).toMatchObject({ isAuthenticated: false, claims: [] });
});
