import { type LoadResult, type ProcessFigures, Scenario } from '../driver/load.ts';
import { median } from '../experiments/figures.ts';
import { type ExperimentResult, NOISY_CPU } from '../run/run-experiment.ts';
import { TargetName } from '../targets/target.ts';
import { readable } from './numbers.ts';
import type { Style } from './style.ts';
import { table } from './table.ts';

/** The driver was the limit from here on. */
const DRIVER_LIMIT_CPU = 0.9;
const MEMORY_HEADINGS = ['KB per client', 'KB when collected', 'KB in use'];

type ProcessFigure = (process: ProcessFigures) => number | undefined;

/** The medians of all targets. */
export function reportExperiment(result: ExperimentResult, style: Style): string {
  const rows = [headings(result), ...targetsOf(result).map((name) => targetRow(result, name))];
  const [head = '', ...lines] = table(rows);
  const absent = [...result.absent].map(([name, reason]) => `${name} is left out: ${reason}`);
  return [
    style.bold(result.experiment.title),
    style.dim(`  ${head}`),
    ...lines.map((line) => `  ${line}`.trimEnd()),
    ...absent.map((line) => style.dim(`  ${line}`)),
    '',
  ].join('\n');
}

function targetsOf({ rounds }: ExperimentResult): TargetName[] {
  return Object.values(TargetName).filter((name) => rounds.some((round) => round.has(name)));
}

function headings({ experiment }: ExperimentResult): string[] {
  return experiment.load.scenario === Scenario.Idle
    ? ['', 'accepted in s', 'CPU per connect, us', ...MEMORY_HEADINGS, 'driver CPU', 'other CPU', '']
    : ['', 'messages/s', 'CPU per message, us', 'p50 ms', 'p99 ms', 'driver CPU', 'other CPU', ''];
}

function targetRow({ experiment, rounds }: ExperimentResult, name: TargetName): string[] {
  const results = rounds.flatMap((round) => round.get(name) ?? []);
  const middle = (figure: (result: LoadResult) => number) => median(results.map(figure));
  const cell = (figure: (result: LoadResult) => number) => readable(middle(figure));
  const each = (figure: ProcessFigure) => processCells(results, figure);
  const costs =
    experiment.load.scenario === Scenario.Idle
      ? [
          cell((one) => one.acceptSeconds),
          each((one) => one.connectUs),
          each((one) => one.rssPerConnectionKb),
          each((one) => one.collectedRssPerConnectionKb),
          each((one) => one.livePerConnectionKb),
        ]
      : [
          cell((one) => one.deliveredPerSecond),
          each((one) => one.userUs + one.systemUs),
          cell((one) => one.latencyMs.p50),
          cell((one) => one.latencyMs.p99),
        ];
  const driver = middle((one) => one.driverCpu) ?? 0;
  const other = middle((one) => one.otherCpu) ?? 0;
  return [name, ...costs, driver.toFixed(2), other.toFixed(2), marks(driver, other, results)];
}

/** One number, or the sum with its parts: `34.2 = service 23.3 + app 10.9`. */
function processCells(results: readonly LoadResult[], figure: ProcessFigure): string {
  const names = Object.keys(results[0]?.processes ?? {});
  const parts = names.map((name) => ({
    name,
    value: median(results.flatMap(({ processes }) => processes[name] ?? []).flatMap((one) => figure(one) ?? [])),
  }));
  if (parts.some(({ value }) => value === undefined)) return '-';
  const sum = readable(parts.reduce((total, { value = 0 }) => total + value, 0));
  return parts.length === 1
    ? sum
    : `${sum} = ${parts.map(({ name, value }) => `${name} ${readable(value)}`).join(' + ')}`;
}

function marks(driver: number, other: number, results: readonly LoadResult[]): string {
  const lost = results.reduce((sum, { lostMessages }) => sum + Math.abs(lostMessages), 0);
  const gone = results.reduce((sum, { lostConnections }) => sum + lostConnections, 0);
  return [
    driver > DRIVER_LIMIT_CPU ? 'driver-limited' : '',
    other > NOISY_CPU ? 'noisy' : '',
    lost > 0 ? `${lost} messages lost` : '',
    gone > 0 ? `${gone} connections lost` : '',
  ]
    .filter((mark) => mark !== '')
    .join(', ');
}
