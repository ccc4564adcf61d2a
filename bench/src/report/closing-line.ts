import type { ExperimentResult } from '../run/run-experiment.ts';
import { TargetName } from '../targets/target.ts';

/** What ran and what did not, in one line. */
export function closingLine(results: readonly ExperimentResult[], tookMs: number): string {
  const counts = Object.values(TargetName).map((name) => ({
    name,
    count: results.reduce((sum, { rounds }) => sum + rounds.filter((round) => round.has(name)).length, 0),
  }));
  const total = counts.reduce((sum, { count }) => sum + count, 0);
  const present = counts.filter(({ count }) => count > 0).map(({ name, count }) => `${name} ${count}`);
  const absent = new Map(results.flatMap((result) => [...result.absent]));
  const leftOut = [...absent].map(([name, reason]) => `${name} (${reason})`);
  return [
    `Ran ${results.length} loads in ${Math.round(tookMs / 1000)} s, ${total} measurements: ${present.join(', ')}.`,
    ...(leftOut.length === 0 ? [] : [`Left out: ${leftOut.join('; ')}.`]),
  ].join(' ');
}
