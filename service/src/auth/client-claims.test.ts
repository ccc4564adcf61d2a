// service-protocol 2.4, 7.6.
import { expect, test } from 'vitest';
import { identityOf, isDiagnosticClient } from './client-claims.ts';

const IDS = { connectionId: 'public', connectionToken: 'secret', mayResume: false };

function identityWith(claims: Readonly<Record<string, string>>) {
  return identityOf(
    IDS,
    Object.entries(claims).map(([type, value]) => ({ type, value })),
  );
}

test('without claims of the service it has nothing but its ids', () => {
  expect(identityOf(IDS, [])).toEqual({
    ...IDS,
    userId: undefined,
    sticky: undefined,
    handshakeMs: undefined,
    pollIntervalMs: undefined,
    expiresAt: undefined,
  });
});

test.each([
  { value: '1', handshakeMs: 1000 },
  { value: '30', handshakeMs: 30_000 },
  { value: '0', handshakeMs: undefined },
  { value: '31', handshakeMs: undefined },
  { value: '', handshakeMs: undefined },
  { value: 'soon', handshakeMs: undefined },
])('asrs.s.cht "$value" gives $handshakeMs milliseconds', ({ value, handshakeMs }) => {
  expect(identityWith({ 'asrs.s.cht': value }).handshakeMs).toBe(handshakeMs);
});

test.each([
  { mode: 'Required', sticky: { serverId: 's1', isRequired: true } },
  { mode: 'Preferred', sticky: { serverId: 's1', isRequired: false } },
  { mode: 'Disabled', sticky: undefined },
])('asrs.s.ssticky $mode', ({ mode, sticky }) => {
  expect(identityWith({ 'asrs.s.sn': 's1', 'asrs.s.ssticky': mode }).sticky).toEqual(sticky);
});

test('a sticky mode without a server, and the reverse, are no wish', () => {
  expect(identityWith({ 'asrs.s.ssticky': 'Required' }).sticky).toBeUndefined();
  expect(identityWith({ 'asrs.s.sn': 's1' }).sticky).toBeUndefined();
});

test('the user id of the service comes before that of the token', () => {
  expect(identityWith({ nameid: 'ann', 'asrs.s.uid': 'bob' }).userId).toBe('bob');
  expect(identityWith({ sub: 'ann' }).userId).toBe('ann');
});

test('diagnostic clients say so', () => {
  expect(isDiagnosticClient([{ type: 'asrs.s.dc', value: 'True' }])).toBe(true);
  expect(isDiagnosticClient([{ type: 'asrs.s.dc', value: 'false' }])).toBe(false);
  expect(isDiagnosticClient([])).toBe(false);
});
