// The file that Vitest runs: one test for each check that is asked for.
import { describe, inject, test } from 'vitest';
import { CATALOGUE } from './catalogue.ts';
import { runCheck } from './run-check.ts';
import { areaOf } from './selection.ts';
import { Target, type TargetOptions } from './target.ts';

const CHECK_MS = 30_000;
const SLOW_CHECK_MS = 600_000;

declare module 'vitest' {
  interface ProvidedContext {
    readonly target: TargetOptions;
    /** Ids of the checks to make. */
    readonly checks: readonly string[];
  }
}

const target = new Target(inject('target'));
const wanted = new Set(inject('checks'));
const checks = CATALOGUE.filter(({ id }) => wanted.has(id));

for (const area of new Set(checks.map(areaOf))) {
  describe(area, () => {
    for (const check of checks.filter((one) => areaOf(one) === area)) {
      const timeout = check.cost === 'minutes' ? SLOW_CHECK_MS : CHECK_MS;
      // Side by side: many of them wait.
      test.concurrent(check.id, { timeout }, () => runCheck(check, target));
    }
  });
}
