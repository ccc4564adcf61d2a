import { expect, test } from 'vitest';
import {
  clientCountPing,
  echoPing,
  keepAlivePing,
  messagingLogPing,
  offlinePing,
  PingKey,
  pingValue,
  ShutdownPing,
  serversPing,
  serversRequestPing,
  shutdownPing,
  statusPing,
  statusRequestPing,
  targetPing,
} from './pings.ts';

test.each([
  [keepAlivePing(), []],
  [clientCountPing({ clientsInHub: 12, clients: 3 }), ['#clientInHub', '12', '#client', '3']],
  [statusRequestPing(), ['status', '1']],
  [statusPing({ clientCount: 0, serverCount: 5 }), ['status', '0', 'clientcount', '0', 'servercount', '5']],
  [
    statusPing({ clientCount: 7, serverCount: 5, capacity: 1000 }),
    ['status', '1', 'clientcount', '7', 'servercount', '5', 'capacity', '1000'],
  ],
  [serversRequestPing(), ['servers', '']],
  [serversPing(1_700_000_000_000, ['b', 'a', 'c']), ['servers', '1700000000000:a;b;c']],
  [serversPing(2n ** 62n, []), ['servers', '4611686018427387904:']],
  [targetPing('inst 2'), ['target', 'inst 2']],
  [offlinePing(''), ['offline', '']],
  [shutdownPing(ShutdownPing.Fin), ['shutdown', 'fin:0']],
  [shutdownPing(ShutdownPing.FinMigrate), ['shutdown', 'fin:1']],
  [shutdownPing(ShutdownPing.FinWait), ['shutdown', 'fin:2']],
  [shutdownPing(ShutdownPing.FinAck), ['shutdown', 'finack']],
  [echoPing('abc'), ['echo', 'abc']],
  [messagingLogPing(true), ['d-m', '1']],
  [messagingLogPing(false), ['d-m', '0']],
])('%j', (ping, values) => {
  expect(ping).toEqual({ type: 3, values });
});

test('the list of servers does not depend on the order they came in, and leaves it alone', () => {
  const ids = ['z', 'B', 'a'];
  expect(serversPing(1, ids)).toEqual(serversPing(1, ['a', 'z', 'B']));
  expect(ids).toEqual(['z', 'B', 'a']);
});

test('pingValue() finds the first key at an even position', () => {
  const values = ['echo', 'target', 'status', '1', 'status', '0', 'target'];
  expect(pingValue(values, PingKey.Status)).toBe('1');
  expect(pingValue(values, PingKey.Echo)).toBe('target');
  expect(pingValue(values, PingKey.Target)).toBe('');
  expect(pingValue(values, PingKey.Offline)).toBeUndefined();
  expect(pingValue([], PingKey.Status)).toBeUndefined();
});
