// rest-api 7.7.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FilterSyntaxError } from './filter-tokens.ts';
import { parseSubscriberFilter, type Subscriber } from './subscriber-filter.ts';

const ANN: Subscriber = { connectionId: 'c-1', userId: 'ann', groups: new Set(['g', "it's"]) };
const NOBODY: Subscriber = { connectionId: 'c-2', userId: undefined, groups: undefined };

function selects(filter: string, one: Subscriber = ANN): boolean {
  return parseSubscriberFilter(filter)(one);
}

describe('one condition', () => {
  test.each([
    ["startswith(userId, 'an')", true],
    ["startswith(userId, 'nn')", false],
    ["endswith(userId, 'nn')", true],
    ["contains(connectionId, '-')", true],
    ["userId eq 'ann'", true],
    ["userId eq 'Ann'", false],
    ["'ann' eq userId", true],
    ["userId ne 'bob'", true],
    ['userId eq null', false],
    ['userId ne null', true],
    ['length(userId) eq 3', true],
    ['length(userId) gt 3', false],
    ['length(userId) ge 3', true],
    ["connectionId lt 'c-2'", true],
    ["connectionId le 'c-1'", true],
    ["'g' in groups", true],
    ["'it''s' in groups", true],
    ["'G' in groups", false],
    ["  StartsWith ( UserID ,'an')  ", true],
    ['length(connectionId) gt -1', true],
  ])('%s is %s', (filter, expected) => {
    expect(selects(filter)).toBe(expected);
  });

  test.each([
    ['userId eq null', true],
    ["userId eq ''", false],
    ["userId ne 'ann'", true],
    ["startswith(userId, '')", false],
    ['length(userId) ge 0', false],
    ["userId gt ''", false],
    ["'g' in groups", false],
  ])('of an anonymous client without groups: %s is %s', (filter, expected) => {
    expect(selects(filter, NOBODY)).toBe(expected);
  });
});

describe('several conditions', () => {
  test.each([
    ["userId eq 'x' and userId eq 'x' or userId eq 'ann'", true],
    ["userId eq 'ann' or userId eq 'x' and userId eq 'x'", true],
    ["(userId eq 'ann' or userId eq 'x') and userId eq 'x'", false],
    ["not userId eq 'ann' or 'g' in groups", true],
    ["not (userId eq 'ann' or 'g' in groups)", false],
    ["not not userId eq 'ann'", true],
    ["NOT 'g' IN GROUPS", false],
  ])('%s is %s', (filter, expected) => {
    expect(selects(filter)).toBe(expected);
  });
});

describe('what is no filter', () => {
  test.each([
    ['', 'userId, connectionId'],
    ['userId', 'one of eq, ne'],
    ['userId eq', 'at its end'],
    ["userId eq 'ann' and", 'at its end'],
    ["(userId eq 'ann'", "')' at its end"],
    ["userId eq 'ann')", "'and', 'or' or the end at character 16"],
    ["userId eq 'ann", 'not ended by a quote, at character 11'],
    ["userId = 'ann'", 'no filter holds, at character 8'],
    ["role eq 'x'", 'at character 1'],
    ["'g' in users", "'groups' at character 8"],
    ["startswith(userId 'a')", "','"],
    ['startswith(length(userId), userId)', 'A text is needed at character 12'],
    ["length(userId) eq 'x'", 'A text is compared with a number, at character 16'],
    ['length(length(userId)) eq 1', 'a text at character 8'],
    ['userId eq 12345678901234567', 'no filter holds'],
    [`${'('.repeat(101)}userId eq null${')'.repeat(101)}`, 'deeper than 100'],
    [`userId eq '${'x'.repeat(16_384)}'`, 'longer than 16384'],
  ])('%s', (filter, why) => {
    expect(() => selects(filter)).toThrow(FilterSyntaxError);
    expect(() => selects(filter)).toThrow(why);
  });

  test('text of any kind is a filter or a FilterSyntaxError', () => {
    const pieces = [
      'userId',
      'groups',
      "'a'",
      ' ',
      '(',
      ')',
      ',',
      'eq',
      'in',
      'and',
      'not',
      'length',
      '3',
      'null',
      "'",
    ];
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(fc.constantFrom(...pieces)).map((list) => list.join(' ')),
        ),
        (text) => {
          try {
            expect(typeof selects(text)).toBe('boolean');
          } catch (error) {
            expect(error).toBeInstanceOf(FilterSyntaxError);
          }
        },
      ),
    );
  });

  test('long input that repeats itself is read in time', () => {
    const chain = Array.from({ length: 900 }, () => 'userId eq null').join(' or ');
    expect(selects(chain, NOBODY)).toBe(true);
    expect(() => selects(`${'length('.repeat(2000)}userId`)).toThrow(FilterSyntaxError);
    expect(() => selects('not '.repeat(4000))).toThrow(FilterSyntaxError);
  });
});

test('a user id with a quote is found by a doubled quote', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), (userId) => {
      expect(selects(`userId eq '${userId.replaceAll("'", "''")}'`, { ...ANN, userId })).toBe(true);
    }),
  );
});
