import type { Check } from './check.ts';

/** What became of a check. */
export type Outcome =
  | { readonly status: 'passed'; readonly milliseconds: number }
  /** The target does otherwise. */
  | { readonly status: 'failed'; readonly milliseconds: number; readonly message: string }
  /** As bad as failed: it is not known what the target does. */
  | { readonly status: 'could-not-test'; readonly milliseconds: number; readonly message: string }
  | { readonly status: 'left-out'; readonly reason: string };

export interface Result {
  readonly check: Check;
  readonly outcome: Outcome;
}

/** How a result stands to what was expected of this target. */
export type Verdict = 'as-required' | 'violation' | 'warning' | 'expected-failure' | 'unexpected-pass' | 'left-out';

/** `isExpectedToFail`: the target's file says so. An unexpected pass is as loud as an unexpected failure. */
export function verdictOf({ check, outcome }: Result, isExpectedToFail: boolean): Verdict {
  switch (outcome.status) {
    case 'left-out':
      return 'left-out';
    case 'passed':
      return isExpectedToFail ? 'unexpected-pass' : 'as-required';
    case 'failed':
    case 'could-not-test':
      if (isExpectedToFail) return 'expected-failure';
      return check.severity === 'should' && outcome.status === 'failed' ? 'warning' : 'violation';
  }
}

/** What makes a run red. */
export const RED: readonly Verdict[] = ['violation', 'unexpected-pass'];
