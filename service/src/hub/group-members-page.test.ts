// service-protocol 8.4, GroupMemberQuery.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FakeMember } from '../../test/support/fake-member.ts';
import { pageOfMembers } from './group-members-page.ts';
import type { HubMember } from './hub-member.ts';

function members(...ids: readonly string[]): Set<HubMember> {
  return new Set(ids.map((id) => new FakeMember(id)));
}

function allPages(group: ReadonlySet<HubMember>, max: number): string[][] {
  const pages: string[][] = [];
  let token: string | undefined;
  do {
    const page = pageOfMembers(group, max, token);
    pages.push(page.members.map((member) => member.connectionId));
    token = page.continuationToken;
  } while (token !== undefined);
  return pages;
}

test('an empty group is one empty page', () => {
  expect(pageOfMembers(members(), 10, undefined)).toEqual({ members: [], continuationToken: undefined });
});

test('a page gives ids with their users', () => {
  const group = new Set([new FakeMember('b', { userId: 'ann' }), new FakeMember('a')]);
  expect(pageOfMembers(group, 10, undefined).members).toEqual([
    { connectionId: 'a', userId: undefined },
    { connectionId: 'b', userId: 'ann' },
  ]);
});

test.each([
  { max: 1, pages: [['a'], ['b'], ['c'], ['d']] },
  {
    max: 2,
    pages: [
      ['a', 'b'],
      ['c', 'd'],
    ],
  },
  { max: 3, pages: [['a', 'b', 'c'], ['d']] },
  { max: 4, pages: [['a', 'b', 'c', 'd']] },
  { max: 5, pages: [['a', 'b', 'c', 'd']] },
])('pages of $max hold everybody once, and the last says so', ({ max, pages }) => {
  expect(allPages(members('c', 'a', 'd', 'b'), max)).toEqual(pages);
});

test('who stays is listed once while others come and go between pages', () => {
  const { continuationToken } = pageOfMembers(members('b', 'd', 'f'), 2, undefined);
  const next = pageOfMembers(members('a', 'b', 'e', 'f'), 10, continuationToken);
  expect(next.members.map((member) => member.connectionId)).toEqual(['e', 'f']);
});

test('a token works when the member that it names has left', () => {
  const { continuationToken } = pageOfMembers(members('a', 'b', 'c'), 2, undefined);
  expect(pageOfMembers(members('a', 'c'), 2, continuationToken).members).toHaveLength(1);
});

test.each(['', 'x', 'YWJj', '\u0000', '{"after":1}'])('%j is no token of ours', (token) => {
  expect(() => pageOfMembers(members('a'), 1, token)).toThrow(RangeError);
});

test('any group in pages of any size is that group', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.string({ minLength: 1 })), fc.integer({ min: 1, max: 20 }), (ids, max) => {
      expect(
        allPages(members(...ids), max)
          .flat()
          .sort(),
      ).toEqual([...ids].sort());
    }),
  );
});
