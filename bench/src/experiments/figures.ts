import type { LoadResult, ProcessFigures } from '../driver/load.ts';
import type { TargetName } from '../targets/target.ts';
import type { RoundFigure } from './experiment.ts';

/** A number of one target's result. */
export type Figure = (result: LoadResult) => number | undefined;

/** CPU for each delivered message, microseconds: of one process, or of all together. */
export function cpuUs(process?: string): Figure {
  return positive((result) => sumOf(result, process, ({ userUs, systemUs }) => userUs + systemUs));
}

/** CPU for each connection from negotiate to open, microseconds: of one process, or of all together. */
export function connectUs(process?: string): Figure {
  return positive((result) => sumOf(result, process, (figures) => figures.connectUs));
}

/** Resident memory for each connection: of one process, or of all together. */
export function rssPerConnectionKb(process?: string): Figure {
  return (result) => sumOf(result, process, (figures) => figures.rssPerConnectionKb);
}

/** Heap and buffers in use for each connection, of all processes together; undefined when one of them cannot be asked. */
export const livePerConnectionKb: Figure = (result) => {
  const sum = sumOf(result, undefined, (figures) => figures.livePerConnectionKb ?? Number.NaN);
  return sum === undefined || Number.isNaN(sum) ? undefined : sum;
};

/** From the first client's first request to the last one's open hub connection. */
export const acceptSeconds: Figure = positive(({ acceptSeconds }) => acceptSeconds);

/** Sends of which each reaches so many. */
export function sentPerSecond(receivers: number): Figure {
  return positive((result) => result.deliveredPerSecond / receivers);
}

export const deliveredPerSecond: Figure = positive((result) => result.deliveredPerSecond);
export const p50Ms: Figure = positive(({ latencyMs }) => latencyMs.p50);
export const p99Ms: Figure = positive(({ latencyMs }) => latencyMs.p99);

export function of(target: TargetName, figure: Figure): RoundFigure {
  return {
    targets: [target],
    value: (round) => {
      const result = round.get(target);
      return result === undefined ? undefined : figure(result);
    },
  };
}

/** One divided by the other, both of the same round. */
export function ratio(measured: RoundFigure, baseline: RoundFigure): RoundFigure {
  return {
    targets: [...measured.targets, ...baseline.targets],
    value: (round) => {
      const [above, below] = [measured.value(round), baseline.value(round)];
      return above === undefined || below === undefined || below <= 0 ? undefined : above / below;
    },
  };
}

/** The middle value; the mean of the two middle ones when their number is even. */
export function median(values: readonly number[]): number | undefined {
  const sorted = [...values].sort((a, b) => a - b);
  const upper = sorted[sorted.length >> 1];
  const lower = sorted[(sorted.length - 1) >> 1];
  return upper === undefined || lower === undefined ? undefined : (upper + lower) / 2;
}

/** What nothing costs, or takes no time, was not measured. */
function positive(figure: Figure): Figure {
  return (result) => {
    const value = figure(result);
    return value === undefined || value > 0 ? value : undefined;
  };
}

function sumOf(
  { processes }: LoadResult,
  process: string | undefined,
  figure: (figures: ProcessFigures) => number,
): number | undefined {
  const wanted = Object.entries(processes).filter(([name]) => process === undefined || name === process);
  return wanted.length === 0 ? undefined : wanted.reduce((sum, [, figures]) => sum + figure(figures), 0);
}
