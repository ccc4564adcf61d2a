import type { ExperimentResult } from '../run/run-experiment.ts';
import { ProcessName } from '../targets/target.ts';

/** The service may not grow beyond this in any experiment of a run; its largest queue alone may take 16 MiB. */
export const SERVICE_PEAK_MAX_MB = 512;

/** What must not happen in any run, whatever the machine: one sentence for each. */
export function findFaults(results: readonly ExperimentResult[]): string[] {
  return results.flatMap(({ experiment, rounds }) =>
    rounds.flatMap((round) =>
      [...round].flatMap(([name, { lostMessages, lostConnections, processes }]) => {
        const where = `${experiment.title}, ${name}`;
        const peakMb = processes[ProcessName.Service]?.peakRssMb ?? 0;
        return [
          ...(lostMessages > 0 ? [`${where}: ${lostMessages} messages did not arrive.`] : []),
          ...(lostMessages < 0 ? [`${where}: ${-lostMessages} messages arrived that nobody sent.`] : []),
          ...(lostConnections > 0 ? [`${where}: ${lostConnections} connections were lost.`] : []),
          ...(peakMb > SERVICE_PEAK_MAX_MB
            ? [`${where}: the service took ${Math.round(peakMb)} MB, more than ${SERVICE_PEAK_MAX_MB}.`]
            : []),
        ];
      }),
    ),
  );
}
