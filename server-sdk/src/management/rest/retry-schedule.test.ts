import { describe, expect, test, vi } from 'vitest';
import { type FailureKind, readRetryAfter, retryDelay } from './retry-schedule.ts';

const OPTIONS = { maximumRetries: 4, retryDelayMs: 100, maximumRetryDelayMs: 500 };

describe('retryDelay', () => {
  test.each<[FailureKind, isRepeatable: boolean, isRetried: boolean]>([
    ['not-done', false, true],
    ['not-done', true, true],
    ['unclear', false, false],
    ['unclear', true, true],
    ['final', false, false],
    ['final', true, false],
  ])('%s, repeatable: %s, retried: %s', (kind, isRepeatable, isRetried) => {
    expect(retryDelay(OPTIONS, { isRepeatable, retries: 0 }, { kind }) !== undefined).toBe(isRetried);
  });

  test('doubles up to the maximum, and ends', () => {
    const random = vi.spyOn(Math, 'random').mockReturnValue(0);
    const delays = [0, 1, 2, 3, 4].map((retries) =>
      retryDelay(OPTIONS, { isRepeatable: true, retries }, { kind: 'unclear' }),
    );
    expect(delays).toEqual([100, 200, 400, 500, undefined]);
    random.mockReturnValue(1);
    expect(retryDelay(OPTIONS, { isRepeatable: true, retries: 0 }, { kind: 'unclear' })).toBe(75);
    random.mockRestore();
  });

  test.each([
    [50, 75, 100],
    [300, 300, 300],
    [500, 500, 500],
    [501, undefined, undefined],
  ])('told to wait %i ms', (retryAfterMs, least, most) => {
    const delay = retryDelay(OPTIONS, { isRepeatable: false, retries: 0 }, { kind: 'not-done', retryAfterMs });
    if (least === undefined) return expect(delay).toBeUndefined();
    expect(delay).toBeGreaterThanOrEqual(least);
    expect(delay).toBeLessThanOrEqual(most ?? 0);
  });
});

test.each([
  [null, undefined],
  ['', undefined],
  ['soon', undefined],
  ['-5', undefined],
  ['0', 0],
  [' 7 ', 7000],
  ['Thu, 01 Jan 1970 00:01:40 GMT', 40_000],
  ['Thu, 01 Jan 1970 00:00:00 GMT', 0],
])('Retry-After %o is %o', (header, expected) => {
  expect(readRetryAfter(header, 60_000)).toBe(expected);
});
