import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { experimentsFor } from '../experiments/all-experiments.ts';
import type { Experiment } from '../experiments/experiment.ts';
import { FULL_SCALE, QUICK_SCALE, type Scale } from '../experiments/scale.ts';
import { planCores } from '../machine/cores.ts';
import { openFilesProblem } from '../machine/open-files.ts';
import type { BenchOptions } from '../options.ts';
import { closingLine } from '../report/closing-line.ts';
import { reportExperiment } from '../report/experiment-report.ts';
import { findFaults } from '../report/faults.ts';
import { machineReport } from '../report/machine-report.ts';
import { resultsAsJson } from '../report/results-json.ts';
import type { Style } from '../report/style.ts';
import { summarize } from '../report/summary.ts';
import { TargetName } from '../targets/target.ts';
import { describeAppServer, type TargetChoice, targetSources } from '../targets/target-sources.ts';
import type { Workspace } from '../targets/workspace.ts';
import { build } from './build.ts';
import { type ExperimentResult, runExperiment } from './run-experiment.ts';
import { TargetPool } from './target-pool.ts';

/** Where a run writes. */
export interface BenchOutput {
  readonly write: (text: string) => void;
  readonly progress: (text: string) => void;
  readonly style: Style;
}

/** Runs the benchmark; gives what went wrong, one sentence each. */
export async function runBench(options: BenchOptions, output: BenchOutput): Promise<string[]> {
  const workspace: Workspace = {
    root: path.resolve(import.meta.dirname, '../../..'),
    cores: planCores(),
    progress: output.progress,
  };
  const scale = {
    ...(options.isQuick ? QUICK_SCALE : FULL_SCALE),
    ...(options.rounds === undefined ? {} : { rounds: options.rounds }),
  };
  const experiments = plan(options, scale);
  await build(workspace);
  output.write(`${machineReport(workspace, describeAppServer(workspace, options))}\n\n`);
  const startedMs = performance.now();
  const results = await runAll(workspace, { options, scale, output, experiments });
  output.write(`${summarize(results, output.style)}\n`);
  if (options.isQuick) output.write('\nA quick run: these figures show that it works, not how fast it is.\n');
  if (options.jsonFile !== undefined) writeFileSync(options.jsonFile, resultsAsJson(results));
  output.write(`${closingLine(results, performance.now() - startedMs)}\n`);
  return findFaults(results);
}

/** What there is to measure. Throws when this machine cannot. */
function plan({ goals, before }: BenchOptions, scale: Scale): Experiment[] {
  const experiments = experimentsFor(goals, scale);
  const problem = openFilesProblem(Math.max(...experiments.map(({ load }) => load.connections)));
  if (problem !== undefined) throw new Error(problem);
  return before === undefined ? experiments : experiments.map(withBefore);
}

interface Plan {
  readonly options: BenchOptions & TargetChoice;
  readonly scale: Scale;
  readonly output: BenchOutput;
  readonly experiments: readonly Experiment[];
}

async function runAll(
  workspace: Workspace,
  { options, scale, output, experiments }: Plan,
): Promise<ExperimentResult[]> {
  const wanted = new Set(
    Object.values(TargetName).filter((name) => experiments.some(({ targets }) => name in targets)),
  );
  const sources = await targetSources(workspace, options, wanted);
  const pool = new TargetPool(workspace, sources, scale.warmUp);
  const results: ExperimentResult[] = [];
  try {
    for (const experiment of experiments) {
      const result = await runExperiment({ workspace, sources, pool, scale }, experiment);
      output.write(`${reportExperiment(result, output.style)}\n`);
      results.push(result);
    }
  } finally {
    await pool.close();
  }
  return results;
}

function withBefore(experiment: Experiment): Experiment {
  const { [TargetName.Signalite]: signalite, [TargetName.Serverless]: serverless } = experiment.targets;
  return {
    ...experiment,
    targets: {
      ...experiment.targets,
      ...(signalite === undefined ? {} : { [TargetName.Before]: signalite }),
      ...(serverless === undefined ? {} : { [TargetName.ServerlessBefore]: serverless }),
    },
  };
}
