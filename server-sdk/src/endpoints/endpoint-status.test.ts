import { statusPing } from '@signalite/protocol/service';
import { expect, test } from 'vitest';
import { EndpointStatus } from './endpoint-status.ts';

function start() {
  const clock = { now: 0 };
  const status = new EndpointStatus({ name: 'a', type: 'primary', isOnline: () => true, now: () => clock.now });
  return { clock, status };
}

const EMPTY = statusPing({ clientCount: 0, serverCount: 1 }).values;
const BUSY = statusPing({ clientCount: 7, serverCount: 2, capacity: 100 }).values;

test('counts are those of the last ping that had them', () => {
  const { status } = start();
  expect(status).toMatchObject({
    clientCount: 0,
    serverCount: 0,
    capacity: undefined,
    isActive: true,
    hasClients: true,
  });
  status.pinged(BUSY);
  expect(status).toMatchObject({ clientCount: 7, serverCount: 2, capacity: 100 });
  status.pinged(['clientcount', '8', 'servercount', 'many', 'capacity', '-1']);
  expect(status).toMatchObject({ clientCount: 8, serverCount: 2, capacity: 100, hasClients: true });
  status.pinged(EMPTY);
  expect(status).toMatchObject({ clientCount: 0, serverCount: 1, capacity: 100, hasClients: false });
});

test('an endpoint is inactive after five empty answers over ten minutes, until it has a client', () => {
  const { clock, status } = start();
  for (let answer = 0; answer < 6; answer++) status.pinged(EMPTY);
  expect(status.isActive).toBe(true);
  clock.now = 599_999;
  status.pinged(EMPTY);
  expect(status.isActive).toBe(true);
  clock.now = 600_000;
  status.pinged(EMPTY);
  expect(status.isActive).toBe(false);
  status.pinged(BUSY);
  expect(status.isActive).toBe(true);
});

test('ten minutes with fewer than five answers say nothing', () => {
  const { clock, status } = start();
  status.pinged(EMPTY);
  clock.now = 900_000;
  for (let answer = 0; answer < 3; answer++) status.pinged(EMPTY);
  expect(status.isActive).toBe(true);
  status.pinged(EMPTY);
  expect(status.isActive).toBe(false);
});

test('the list of app servers is the newest, and compares without case', () => {
  const { status } = start();
  expect(status.servers).toBeUndefined();
  status.pinged(['servers', '9007199254740993:A;b']);
  expect(status.servers).toBe('a;b');
  status.pinged(['servers', '9007199254740992:old']);
  status.pinged(['servers', 'nonsense']);
  expect(status.servers).toBe('a;b');
  status.pinged(['servers', '9007199254740994:']);
  expect(status.servers).toBe('');
});
