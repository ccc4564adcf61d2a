import type { LoadResult } from '../driver/load.ts';
import type { Experiment, Round } from '../experiments/experiment.ts';
import type { Scale } from '../experiments/scale.ts';
import { TargetName } from '../targets/target.ts';
import type { TargetSources } from '../targets/target-sources.ts';
import type { Workspace } from '../targets/workspace.ts';
import { drive } from './drive.ts';
import type { TargetPool } from './target-pool.ts';

/** More than this much CPU, in cores, used by neither side: other work disturbed the measurement. */
export const NOISY_CPU = 0.1;

/** All rounds of one experiment. */
export interface ExperimentResult {
  readonly experiment: Experiment;
  readonly rounds: readonly Round[];
  /** Targets that were wanted and are not there, with the reason. */
  readonly absent: ReadonlyMap<TargetName, string>;
}

export interface RunContext {
  readonly workspace: Workspace;
  readonly sources: TargetSources;
  readonly pool: TargetPool;
  readonly scale: Scale;
}

/** Measures every target once in each round, one right after the other. */
export async function runExperiment(context: RunContext, experiment: Experiment): Promise<ExperimentResult> {
  const wanted = Object.values(TargetName).filter((name) => experiment.targets[name] !== undefined);
  const absent = new Map<TargetName, string>();
  for (const name of wanted) {
    const source = context.sources[name];
    if ('absent' in source) absent.set(name, source.absent);
  }
  const present = wanted.filter((name) => !absent.has(name));
  const rounds: Round[] = [];
  for (let round = 1; round <= context.scale.rounds; round++) {
    const results = new Map<TargetName, LoadResult>();
    for (const name of present) {
      context.workspace.progress(`${experiment.title}: round ${round} of ${context.scale.rounds}, ${name}`);
      results.set(name, await measureQuietly(context, experiment, name));
    }
    rounds.push(results);
  }
  return { experiment, rounds, absent };
}

/** Measures again when the machine was busy with something else; keeps the least disturbed measurement. */
async function measureQuietly(context: RunContext, experiment: Experiment, name: TargetName): Promise<LoadResult> {
  let best = await measure(context, experiment, name);
  for (let attempt = 2; attempt <= context.scale.attempts && best.otherCpu > NOISY_CPU; attempt++) {
    context.workspace.progress(`other work took ${best.otherCpu.toFixed(2)} of a core: measures again`);
    const next = await measure(context, experiment, name);
    if (next.otherCpu < best.otherCpu) best = next;
  }
  return best;
}

async function measure({ workspace, pool }: RunContext, { load, isCold }: Experiment, name: TargetName) {
  if (isCold !== true) return await drive(workspace, await pool.get(name), load);
  const target = await pool.startCold(name);
  try {
    return await drive(workspace, target, load);
  } finally {
    await target.close();
  }
}
