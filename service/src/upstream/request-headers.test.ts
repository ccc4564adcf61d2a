// upstream-and-emulator 2.1
import { expect, test } from 'vitest';
import { requestHeaders } from './request-headers.ts';
import { signatureOf } from './signature.ts';
import type { UpstreamClient } from './upstream.ts';

const CLIENT: UpstreamClient = { hub: 'chat', connectionId: 'c1', userId: undefined, claims: [], queryString: '' };

function headersOf(client: Partial<UpstreamClient>, event = 'Send') {
  const options = { category: 'messages', event, contentType: 'application/json', keys: ['one', 'two'] } as const;
  return requestHeaders({ client: { ...CLIENT, ...client }, ...options });
}

/** A header's value as those read it who take its bytes for UTF-8. */
function utf8(value: string | undefined): string {
  return Buffer.from(value ?? '', 'latin1').toString();
}

test('of an anonymous client', () => {
  expect(headersOf({})).toEqual({
    'X-ASRS-Connection-Id': 'c1',
    'X-ASRS-Hub': 'chat',
    'X-ASRS-Category': 'messages',
    'X-ASRS-Event': 'Send',
    'X-ASRS-Signature': signatureOf('c1', ['one', 'two']),
    'Content-Type': 'application/json',
  });
});

test('of a user with claims and a query', () => {
  const claims = [
    { type: 'asrs.s.uid', value: 'ann' },
    { type: 'http://schemas.microsoft.com/ws/2008/06/identity/claims/role', value: 'a' },
    { type: 'http://schemas.microsoft.com/ws/2008/06/identity/claims/role', value: 'b' },
    { type: 'asrs.u.aud', value: 'mine' },
    { type: 'aud', value: 'http://localhost/client/?hub=chat' },
    { type: 'exp', value: '5' },
  ];
  const role = 'http://schemas.microsoft.com/ws/2008/06/identity/claims/role';
  expect(headersOf({ userId: 'ann', claims, queryString: '?hub=chat&k=1&k=2' })).toMatchObject({
    'X-ASRS-User-Id': 'ann',
    'X-ASRS-User-Claims': `${role}: a, ${role}: b, aud: mine, aud: http://localhost/client/?hub=chat, exp: 5`,
    'X-ASRS-Client-Query': '?hub=chat&k=1&k=2',
  });
});

test("nothing but the service's own claims is none", () => {
  expect(headersOf({ claims: [{ type: 'asrs.s.dc', value: 'true' }] })).not.toHaveProperty('X-ASRS-User-Claims');
});

test('what is not ASCII is UTF-8', () => {
  const headers = headersOf({ userId: 'Zoë \u{1F600}', claims: [{ type: 'name', value: 'Łukasz' }] }, 'Prüfe');
  expect(utf8(headers['X-ASRS-User-Id'])).toBe('Zoë \u{1F600}');
  expect(utf8(headers['X-ASRS-User-Claims'])).toBe('name: Łukasz');
  expect(utf8(headers['X-ASRS-Event'])).toBe('Prüfe');
  for (const value of Object.values(headers)) expect(value).toMatch(/^[\x20-\xff]*$/);
});

test('the bytes of a query stay as they came', () => {
  const queryString = Buffer.from('?name=Zoë').toString('latin1');
  expect(headersOf({ queryString })['X-ASRS-Client-Query']).toBe(queryString);
});

test('what no header may hold is left out', () => {
  const headers = headersOf({ userId: 'a\r\nX-Evil: 1\0\x7f\tb' }, 'Se\nnd');
  expect(headers['X-ASRS-User-Id']).toBe('aX-Evil: 1\tb');
  expect(headers['X-ASRS-Event']).toBe('Send');
});
