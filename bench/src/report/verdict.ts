import type { Bound, Criterion, Limit } from '../experiments/experiment.ts';
import { median } from '../experiments/figures.ts';
import type { ExperimentResult } from '../run/run-experiment.ts';
import type { TargetName } from '../targets/target.ts';

export type Outcome = 'met' | 'missed' | 'no limit' | 'not measured';

/** A bound with its figure: the median of all rounds. */
export interface JudgedBound {
  readonly bound: Bound;
  readonly figure: number | undefined;
}

/** A criterion as it came out. */
export interface Verdict {
  readonly criterion: Criterion;
  readonly bounds: readonly JudgedBound[];
  readonly must: Outcome;
  readonly stretch: Outcome;
  /** Why it could not be measured. */
  readonly reasons: readonly string[];
}

export function judge({ experiment, rounds, absent }: ExperimentResult): Verdict[] {
  return experiment.criteria.map((criterion) => {
    const bounds = criterion.bounds.map((bound) => ({
      bound,
      figure: median(rounds.flatMap((round) => numberOrNone(bound.figure.value(round)))),
    }));
    const must = outcome(bounds, ({ must }) => must);
    return {
      criterion,
      bounds,
      must,
      stretch: outcome(bounds, ({ stretch }) => stretch),
      reasons: must === 'not measured' ? reasonsOf(criterion, absent) : [],
    };
  });
}

function numberOrNone(value: number | undefined): number[] {
  return value === undefined || !Number.isFinite(value) ? [] : [value];
}

/** One bound that holds is enough. */
function outcome(bounds: readonly JudgedBound[], limitOf: (bound: Bound) => Limit | undefined): Outcome {
  if (bounds.every(({ figure }) => figure === undefined)) return 'not measured';
  const judged = bounds.flatMap(({ bound, figure }) => {
    const limit = limitOf(bound);
    return figure === undefined || limit === undefined ? [] : [holds(figure, limit)];
  });
  if (judged.length === 0) return 'no limit';
  return judged.includes(true) ? 'met' : 'missed';
}

function holds(figure: number, limit: Limit): boolean {
  return 'atMost' in limit ? figure <= limit.atMost : figure >= limit.atLeast;
}

function reasonsOf({ bounds }: Criterion, absent: ReadonlyMap<TargetName, string>): string[] {
  const needed = new Set(bounds.flatMap(({ figure }) => figure.targets));
  return [...absent].filter(([name]) => needed.has(name)).map(([name, reason]) => `${name}: ${reason}`);
}
