// service-protocol 11.
import { expect, test } from 'vitest';
import { HandedOutKeys, isHandedOutKeyId } from './handed-out-keys.ts';

const MINUTE_MS = 60_000;
const VALID_MS = 180 * MINUTE_MS;

function create() {
  const clock = { now: 1_000_000 };
  return { clock, keys: new HandedOutKeys({ validMs: VALID_MS, now: () => clock.now }) };
}

test('keys are long, random, and named', () => {
  const { keys } = create();
  const { keyId, accessKey } = keys.handOut();
  expect(Buffer.from(accessKey, 'base64')).toHaveLength(64);
  expect(isHandedOutKeyId(keyId)).toBe(true);
  const other = create().keys.handOut();
  expect([other.keyId === keyId, other.accessKey === accessKey]).toEqual([false, false]);
});

test('a key is found by its name alone', () => {
  const { keys } = create();
  const key = keys.handOut();
  expect(keys.find(key.keyId)).toMatchObject(key);
  for (const other of ['', '-618705820', 'signalite-', key.keyId.toUpperCase()]) {
    expect(keys.find(other)).toBeUndefined();
  }
});

test('whoever asks within a minute gets the same key, and each hand-out is good for its whole time', () => {
  const { clock, keys } = create();
  const first = keys.handOut();
  clock.now += MINUTE_MS - 1;
  expect(keys.handOut()).toEqual(first);
  clock.now += VALID_MS;
  expect(keys.find(first.keyId)).toBeDefined();
  clock.now += 1;
  expect(keys.find(first.keyId)).toBeUndefined();
});

test('after a minute there is another key, and the one before goes on', () => {
  const { clock, keys } = create();
  const first = keys.handOut();
  clock.now += MINUTE_MS;
  const second = keys.handOut();
  expect(second.keyId).not.toBe(first.keyId);
  expect([first, second].map(({ keyId }) => keys.find(keyId))).toMatchObject([first, second]);
});

test('however often it is asked, few are kept', () => {
  const { clock, keys } = create();
  const most = VALID_MS / MINUTE_MS + 1;
  for (let minute = 0; minute < 3 * most; minute++) {
    for (let time = 0; time < 10; time++) keys.handOut();
    expect(keys.count).toBeLessThanOrEqual(most);
    clock.now += MINUTE_MS;
  }
  expect(keys.count).toBe(most);
});
