import { expect, test } from 'vitest';
import { FakeMember } from '../../test/support/fake-member.ts';
import { Groups } from './groups.ts';
import { JoinedBy } from './hub-member.ts';

function idsIn(groups: Groups, group: string): string[] {
  return [...groups.members(group)].map((member) => member.connectionId);
}

test('a group exists while somebody is in it', () => {
  const groups = new Groups();
  const ann = new FakeMember('ann');
  const bob = new FakeMember('bob');
  expect(groups.has('g')).toBe(false);
  groups.join(ann, 'g');
  groups.join(bob, 'g');
  groups.leave(ann, 'g');
  expect(groups.has('g')).toBe(true);
  expect(idsIn(groups, 'g')).toEqual(['bob']);
  groups.leave(bob, 'g');
  expect(groups.has('g')).toBe(false);
  expect(groups.count).toBe(0);
});

test('group names differ by case', () => {
  const groups = new Groups();
  groups.join(new FakeMember('ann'), 'Room');
  expect(groups.has('room')).toBe(false);
  expect(idsIn(groups, 'Room')).toEqual(['ann']);
});

test.each(['', '__proto__', 'constructor', '\u0000', 'ü'])('%j is a name like any other', (name) => {
  const groups = new Groups();
  expect(groups.has(name)).toBe(false);
  groups.join(new FakeMember('ann'), name);
  expect(idsIn(groups, name)).toEqual(['ann']);
});

test('joining twice is joining once', () => {
  const groups = new Groups();
  const ann = new FakeMember('ann');
  groups.join(ann, 'g');
  groups.join(ann, 'g');
  expect(idsIn(groups, 'g')).toEqual(['ann']);
  groups.leave(ann, 'g');
  expect(groups.has('g')).toBe(false);
});

test('leaving a group that one is not in changes nothing', () => {
  const groups = new Groups();
  const ann = new FakeMember('ann');
  const bob = new FakeMember('bob');
  groups.join(ann, 'g');
  groups.leave(bob, 'g');
  groups.leave(ann, 'other');
  expect(idsIn(groups, 'g')).toEqual(['ann']);
  expect(bob.groups).toBeUndefined();
});

test('leaving all groups leaves nothing behind', () => {
  const groups = new Groups();
  const ann = new FakeMember('ann');
  for (const name of ['a', 'b', 'c']) groups.join(ann, name);
  groups.join(new FakeMember('bob'), 'b');
  groups.leaveAll(ann);
  groups.leaveAll(ann);
  expect(groups.count).toBe(1);
  expect(idsIn(groups, 'b')).toEqual(['bob']);
  expect(ann.groups).toBeUndefined();
});

test('a member that is in no group any more keeps no map', () => {
  const groups = new Groups();
  const ann = new FakeMember('ann');
  groups.join(ann, 'g');
  expect(ann.groups?.size).toBe(1);
  groups.leave(ann, 'g');
  expect(ann.groups).toBeUndefined();
});

test('the end of a user membership takes out only those who came in with their user', () => {
  const groups = new Groups();
  const asUser = new FakeMember('as-user');
  const asBoth = new FakeMember('as-both');
  const asConnection = new FakeMember('as-connection');
  groups.join(asUser, 'g', JoinedBy.User);
  groups.join(asBoth, 'g', JoinedBy.User);
  groups.join(asBoth, 'g');
  groups.join(asConnection, 'g');
  for (const member of [asUser, asBoth, asConnection]) groups.leaveBy(member, 'g', JoinedBy.User);
  expect(idsIn(groups, 'g')).toEqual(['as-both', 'as-connection']);
  groups.leaveBy(asBoth, 'g', JoinedBy.Connection);
  expect(idsIn(groups, 'g')).toEqual(['as-connection']);
});

test('leaving by request takes out whoever is in, however they came in', () => {
  const groups = new Groups();
  const ann = new FakeMember('ann');
  groups.join(ann, 'g', JoinedBy.User);
  groups.join(ann, 'g', JoinedBy.Connection);
  groups.leave(ann, 'g');
  expect(groups.has('g')).toBe(false);
});

test('members may leave while the group is walked through', () => {
  const groups = new Groups();
  const members = ['a', 'b', 'c'].map((id) => new FakeMember(id));
  for (const member of members) groups.join(member, 'g');
  const seen: string[] = [];
  for (const member of groups.members('g')) {
    seen.push(member.connectionId);
    groups.leaveAll(member);
  }
  expect(seen).toEqual(['a', 'b', 'c']);
  expect(groups.has('g')).toBe(false);
});
