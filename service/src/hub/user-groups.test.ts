// rest-api 7.4: ttl, expiry and the limit of groups without one.
import { expect, test } from 'vitest';
import { UserGroups } from './user-groups.ts';

const USERS_MAX = 1000;

const NOW = 1_700_000_000_000;
const YEAR_MS = 365 * 24 * 3600 * 1000;

test('without a ttl a group is remembered for a year', () => {
  const memory = new UserGroups(100, USERS_MAX);
  memory.remember('ann', 'g', undefined, NOW);
  expect(memory.has('ann', 'g', NOW + YEAR_MS - 1)).toBe(true);
  expect(memory.has('ann', 'g', NOW + YEAR_MS)).toBe(false);
  expect(memory.live('ann', NOW + YEAR_MS)).toEqual([]);
});

test('with a ttl it is remembered for that many seconds', () => {
  const memory = new UserGroups(100, USERS_MAX);
  memory.remember('ann', 'g', 10, NOW);
  expect(memory.live('ann', NOW + 9_999)).toEqual(['g']);
  expect(memory.live('ann', NOW + 10_000)).toEqual([]);
  expect(memory.has('ann', 'g', NOW + 10_000)).toBe(false);
});

test('a ttl of zero remembers nothing', () => {
  const memory = new UserGroups(100, USERS_MAX);
  memory.remember('ann', 'g', 0, NOW);
  expect(memory.live('ann', NOW)).toEqual([]);
  expect(memory.expire(NOW + YEAR_MS)).toEqual([]);
});

test.each([
  { first: 10, second: 60, goneAt: 60_000 },
  { first: 60, second: 10, goneAt: 10_000 },
  { first: 10, second: undefined, goneAt: YEAR_MS },
  { first: undefined, second: 10, goneAt: 10_000 },
])('a new call replaces the expiry: $first then $second', ({ first, second, goneAt }) => {
  const memory = new UserGroups(100, USERS_MAX);
  memory.remember('ann', 'g', first, NOW);
  memory.remember('ann', 'g', second, NOW);
  expect(memory.has('ann', 'g', NOW + goneAt - 1)).toBe(true);
  expect(memory.has('ann', 'g', NOW + goneAt)).toBe(false);
});

test('what expires is told once, with its user', () => {
  const memory = new UserGroups(100, USERS_MAX);
  memory.remember('ann', 'short', 1, NOW);
  memory.remember('ann', 'long', 100, NOW);
  memory.remember('bob', 'short', 1, NOW);
  expect(memory.expire(NOW + 999)).toEqual([]);
  expect(memory.expire(NOW + 1000)).toEqual([
    { userId: 'ann', group: 'short' },
    { userId: 'bob', group: 'short' },
  ]);
  expect(memory.expire(NOW + 1000)).toEqual([]);
  expect(memory.live('ann', NOW + 1000)).toEqual(['long']);
});

test('one group, or all groups, of one user are forgotten', () => {
  const memory = new UserGroups(100, USERS_MAX);
  for (const group of ['a', 'b', 'c']) memory.remember('ann', group, undefined, NOW);
  memory.remember('bob', 'a', undefined, NOW);
  memory.forget('ann', 'b');
  expect(memory.live('ann', NOW)).toEqual(['a', 'c']);
  memory.forget('ann');
  memory.forget('nobody');
  expect(memory.live('ann', NOW)).toEqual([]);
  expect(memory.live('bob', NOW)).toEqual(['a']);
});

test('of the groups without a ttl the latest updated are kept', () => {
  const memory = new UserGroups(2, USERS_MAX);
  memory.remember('ann', 'a', undefined, NOW);
  memory.remember('ann', 'b', undefined, NOW);
  memory.remember('ann', 'a', undefined, NOW);
  memory.remember('ann', 'c', undefined, NOW);
  expect(memory.live('ann', NOW)).toEqual(['a', 'c']);
});

test('groups with a ttl do not count, and other users neither', () => {
  const memory = new UserGroups(1, USERS_MAX);
  memory.remember('ann', 'timed-1', 60, NOW);
  memory.remember('ann', 'timed-2', 60, NOW);
  memory.remember('ann', 'kept', undefined, NOW);
  memory.remember('bob', 'kept', undefined, NOW);
  expect(memory.live('ann', NOW)).toEqual(['timed-1', 'timed-2', 'kept']);
  expect(memory.live('bob', NOW)).toEqual(['kept']);
});

test('the documented limit is a hundred', () => {
  const memory = new UserGroups(100, USERS_MAX);
  for (let index = 0; index <= 100; index++) memory.remember('ann', `g${index}`, undefined, NOW);
  const live = memory.live('ann', NOW);
  expect(live).toHaveLength(100);
  expect(live).not.toContain('g0');
  expect(live).toContain('g100');
});

test('of too many users the oldest is forgotten', () => {
  const memory = new UserGroups(100, 2);
  for (const user of ['a', 'b', 'c']) memory.remember(user, 'g', undefined, 0);
  expect(['a', 'b', 'c'].map((user) => memory.has(user, 'g', 1))).toEqual([false, true, true]);
});
