// client-protocol 1.4.
import { expect, test } from 'vitest';
import { ClientConnections } from './client-connections.ts';

function create({ negotiatedMax = 10 } = {}) {
  const clock = { now: 1_000_000 };
  const connections = new ClientConnections({
    negotiatedMax,
    negotiateMs: 5000,
    earlyBytesMax: 10,
    now: () => clock.now,
  });
  /** What the sweep of every half second does until `ms` passed. */
  const pass = (ms: number) => {
    for (let passed = 0; passed < ms; passed += 500) {
      clock.now += 500;
      connections.sweep(clock.now);
    }
  };
  return { clock, connections, pass };
}

function tokenIn(connections: ClientConnections, hub = 'chat'): string {
  const ids = connections.negotiate(hub, 1, false);
  if (ids === undefined) throw new Error('nothing was negotiated');
  return ids.connectionToken;
}

test('a negotiated connection waits for five seconds, and is forgotten then', () => {
  const { connections, pass } = create();
  const token = tokenIn(connections);
  pass(4500);
  expect(connections.find(token, 'chat')).toMatchObject({ found: 'negotiated' });
  pass(500);
  expect(connections.find(token, 'chat')).toEqual({ found: 'nothing' });
  expect(connections.negotiatedCount).toBe(0);
});

test('a sweep that comes late forgets nobody: who knocks already comes first', () => {
  const { clock, connections, pass } = create();
  const token = tokenIn(connections);
  pass(500);
  clock.now += 60_000;
  connections.sweep(clock.now);
  expect(connections.find(token, 'chat')).toMatchObject({ found: 'negotiated' });
  pass(500);
  expect(connections.find(token, 'chat')).toEqual({ found: 'nothing' });
});

test('what expires makes room', () => {
  const { connections, pass } = create({ negotiatedMax: 1 });
  tokenIn(connections);
  expect(connections.negotiate('chat', 1, false)).toBeUndefined();
  pass(5000);
  expect(connections.negotiate('chat', 1, false)).toBeDefined();
});

test('version 0 has one id, version 1 two', () => {
  const { connections } = create();
  const zero = connections.negotiate('chat', 0, false);
  expect(zero?.connectionToken).toBe(zero?.connectionId);
  const one = connections.negotiate('chat', 1, false);
  expect(one?.connectionToken).not.toBe(one?.connectionId);
});

test('ids belong to their hub', () => {
  const { connections } = create();
  const token = tokenIn(connections, 'a');
  expect(connections.find(token, 'b')).toEqual({ found: 'nothing' });
  expect(connections.find(token, 'a')).toMatchObject({ found: 'negotiated' });
});
