import { TransportName } from '@signalite/protocol';
import { describe, expect, test } from 'vitest';
import { type ClaimsInput, clientTokenClaims } from './client-claims.ts';

const NOTHING = { handshakeTimeoutMs: 15_000, isDetailed: false };

describe('what the service is told', () => {
  test('nothing, when everything is as usual', () => {
    expect(clientTokenClaims(NOTHING, {})).toEqual({});
  });

  test('everything that can be said', () => {
    const service = {
      userId: 'bob',
      serverName: 'server1',
      stickyMode: 'Required',
      handshakeTimeoutMs: 20_000,
      isDetailed: true,
      transports: [TransportName.WebSockets, TransportName.LongPolling],
      maxPollIntervalSeconds: 7,
      expiresAt: new Date(1_700_000_000_500),
      isDiagnostic: true,
    } as const;
    expect(clientTokenClaims(service, {})).toEqual({
      'asrs.s.uid': 'bob',
      'asrs.s.sn': 'server1',
      'asrs.s.ssticky': 'Required',
      'asrs.s.dc': 'true',
      'asrs.s.cht': '20',
      'asrs.s.derror': 'True',
      'asrs.s.ttl': '7',
      'asrs.s.htt': '5',
      'asrs.s.coae': 'true',
      'asrs.s.aeo': '1700000000',
    });
  });

  test.each([500, 15_000, 31_000])('not a handshake timeout of %i ms', (handshakeTimeoutMs) => {
    expect(clientTokenClaims({ ...NOTHING, handshakeTimeoutMs }, {})).toEqual({});
  });

  test('not a time that is none', () => {
    const service = { ...NOTHING, expiresAt: new Date('soon') };
    expect(() => clientTokenClaims(service, {})).toThrow('expiresAt is not a valid date.');
  });

  test('not the server name, unless clients stick to it', () => {
    expect(clientTokenClaims({ ...NOTHING, serverName: 'server1' }, {})).toEqual({});
  });
});

describe('claims of the user', () => {
  const cases: readonly [string, ClaimsInput, Record<string, unknown>][] = [
    ['keep their names and types', { team: 'red', level: 5, vip: true }, { team: 'red', level: 5, vip: true }],
    ['become arrays when they repeat', { role: ['r1', 'r2'] }, { role: ['r1', 'r2'] }],
    [
      'as a list, in any order',
      [
        { type: 'role', value: 'r1' },
        { type: 'a', value: 'x' },
        { type: 'role', value: 'r2' },
      ],
      { role: ['r1', 'r2'], a: 'x' },
    ],
    ['get short names', { 'http://schemas.microsoft.com/ws/2008/06/identity/claims/role': 'admin' }, { role: 'admin' }],
    [
      'step aside for the token',
      { aud: 'a', exp: 'b', nonce: 'c' },
      { 'asrs.u.aud': 'a', 'asrs.u.exp': 'b', 'asrs.u.nonce': 'c' },
    ],
    ['have one subject', { sub: ['s1', 's2', 's3'] }, { sub: 's1', 'asrs.u.sub': ['s2', 's3'] }],
    ['may have no values', { role: [] }, {}],
  ];

  test.each(cases)('%s', (_name, claims, payload) => {
    expect(clientTokenClaims(NOTHING, claims)).toEqual(payload);
  });

  test('cannot be read off the prototype of a payload', () => {
    const payload = clientTokenClaims(NOTHING, { constructor: 'x', toString: 'y' });
    expect(Object.entries(payload)).toEqual([
      ['constructor', 'x'],
      ['toString', 'y'],
    ]);
  });
});
