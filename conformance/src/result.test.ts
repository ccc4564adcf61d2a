import { expect, test } from 'vitest';
import { type Outcome, type Verdict, verdictOf } from './result.ts';

const PASSED: Outcome = { status: 'passed', milliseconds: 1 };
const FAILED: Outcome = { status: 'failed', milliseconds: 1, message: 'no' };
const UNTESTED: Outcome = { status: 'could-not-test', milliseconds: 1, message: 'no' };

const CASES: readonly (readonly [Outcome, 'must' | 'should', boolean, Verdict])[] = [
  [PASSED, 'must', false, 'as-required'],
  [PASSED, 'must', true, 'unexpected-pass'],
  [FAILED, 'must', false, 'violation'],
  [FAILED, 'must', true, 'expected-failure'],
  [FAILED, 'should', false, 'warning'],
  [UNTESTED, 'should', false, 'violation'],
  [UNTESTED, 'must', true, 'expected-failure'],
  [{ status: 'left-out', reason: 'why' }, 'must', true, 'left-out'],
];

test.each(CASES)('%j, %s, expected to fail: %j is %s', (outcome, severity, isExpected, verdict) => {
  const check = { id: 'a.b', requires: 'it', source: 'spec 1', severity, run: () => Promise.resolve() };
  expect(verdictOf({ check, outcome }, isExpected)).toBe(verdict);
});
