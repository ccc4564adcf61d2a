import type { Check } from './check.ts';
import { Stage } from './stage.ts';
import type { Target } from './target.ts';

/** Makes one check on a stage of its own. Rejects with a `Violation`, or with whatever kept it from being made. */
export async function runCheck(check: Check, target: Target): Promise<void> {
  await using stage = new Stage(target);
  await check.run(stage);
}
