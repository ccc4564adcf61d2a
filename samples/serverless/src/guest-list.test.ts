import { expect, test } from 'vitest';
import { GuestList } from './guest-list.ts';

test('somebody is here from the first of their connections to the last', () => {
  const guests = new GuestList();
  expect(guests.add({ connectionId: '1', name: 'bob' })).toBe(true);
  expect(guests.add({ connectionId: '2', name: 'ann' })).toBe(true);
  expect(guests.add({ connectionId: '3', name: 'bob' })).toBe(false);
  expect(guests.add({ connectionId: '3', name: 'bob' })).toBe(false);
  expect(guests.names()).toEqual(['ann', 'bob']);
  expect(guests.connectionsOf('bob')).toEqual(['1', '3']);
  expect(guests.remove('1')).toBe(false);
  expect(guests.remove('3')).toBe(true);
  expect(guests.remove('3')).toBe(false);
  expect(guests.names()).toEqual(['ann']);
});
