import { expect, test } from 'vitest';
import { FakeMember } from '../../test/support/fake-member.ts';
import { Users } from './users.ts';

test('a user exists while one of its connections is open', () => {
  const users = new Users();
  const phone = new FakeMember('phone', { userId: 'ann' });
  const laptop = new FakeMember('laptop', { userId: 'ann' });
  users.add(phone);
  users.add(laptop);
  expect([...users.members('ann')]).toEqual([phone, laptop]);
  users.remove(phone);
  expect(users.has('ann')).toBe(true);
  users.remove(laptop);
  expect(users.has('ann')).toBe(false);
  expect(users.members('ann').size).toBe(0);
});

test('ids differ by case', () => {
  const users = new Users();
  users.add(new FakeMember('phone', { userId: 'Ann' }));
  expect(users.has('Ann')).toBe(true);
  expect(users.has('ann')).toBe(false);
});

test('anonymous connections belong to nobody', () => {
  const users = new Users();
  const anonymous = new FakeMember('phone');
  users.add(anonymous);
  users.remove(anonymous);
  expect(users.has('')).toBe(false);
  expect(users.has('undefined')).toBe(false);
});

test('taking out a connection that was never in leaves the others', () => {
  const users = new Users();
  users.add(new FakeMember('phone', { userId: 'ann' }));
  users.remove(new FakeMember('stranger', { userId: 'ann' }));
  users.remove(new FakeMember('nobody', { userId: 'bob' }));
  expect(users.members('ann').size).toBe(1);
});
