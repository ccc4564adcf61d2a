import type { ExperimentResult } from '../run/run-experiment.ts';
import { judge } from './verdict.ts';

/** Everything that was measured, for machines. */
export function resultsAsJson(results: readonly ExperimentResult[]): string {
  const experiments = results.map((result) => ({
    title: result.experiment.title,
    load: result.experiment.load,
    rounds: result.rounds.map((round) => Object.fromEntries(round)),
    absent: Object.fromEntries(result.absent),
    goals: judge(result).map(({ criterion, bounds, must, stretch }) => ({
      goal: criterion.goal,
      must,
      stretch,
      figures: bounds.map(({ bound, figure }) => ({ what: bound.what, unit: bound.unit, figure: figure ?? null })),
    })),
  }));
  return `${JSON.stringify({ experiments }, undefined, 2)}\n`;
}
