import { type LoadResult, Scenario } from '../driver/load.ts';
import type { ExperimentResult } from '../run/run-experiment.ts';
import { ProcessName } from '../targets/target.ts';
import { judge } from './verdict.ts';

/** The service may not grow beyond this in any experiment of a run; its largest queue alone may take 16 MiB. */
export const SERVICE_PEAK_MAX_MB = 512;

/** What must not happen in any run, whatever the machine: one sentence for each. */
export function findFaults(results: readonly ExperimentResult[]): string[] {
  return results.flatMap((result) => [
    ...result.rounds.flatMap((round) =>
      [...round].flatMap(([name, measured]) =>
        faultsOf(result, measured).map((fault) => `${result.experiment.title}, ${name}: ${fault}`),
      ),
    ),
    ...missingFigures(result),
  ]);
}

function faultsOf({ experiment }: ExperimentResult, measured: LoadResult): string[] {
  const { lostMessages, lostConnections, processes, deliveredPerSecond } = measured;
  const peakMb = processes[ProcessName.Service]?.peakRssMb ?? 0;
  const isSilent = experiment.load.scenario !== Scenario.Idle && deliveredPerSecond === 0;
  return [
    ...(isSilent ? ['no message arrived.'] : []),
    ...(lostMessages > 0 ? [`${lostMessages} messages did not arrive.`] : []),
    ...(lostMessages < 0 ? [`${-lostMessages} messages arrived that nobody sent.`] : []),
    ...(lostConnections > 0 ? [`${lostConnections} connections were lost.`] : []),
    ...(peakMb > SERVICE_PEAK_MAX_MB
      ? [`the service took ${Math.round(peakMb)} MB, more than ${SERVICE_PEAK_MAX_MB}.`]
      : []),
  ];
}

/** Figures that are not there although all that they need was measured. */
function missingFigures(result: ExperimentResult): string[] {
  return judge(result).flatMap(({ criterion, bounds }) =>
    bounds
      .filter(
        ({ bound, figure }) => figure === undefined && !bound.figure.targets.some((name) => result.absent.has(name)),
      )
      .map(({ bound }) => `${result.experiment.title}: ${criterion.goal} has no figure for "${bound.what}".`),
  );
}
