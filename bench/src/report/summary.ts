import type { Limit } from '../experiments/experiment.ts';
import type { ExperimentResult } from '../run/run-experiment.ts';
import { readable } from './numbers.ts';
import type { Style } from './style.ts';
import { table } from './table.ts';
import { judge, type Outcome, type Verdict } from './verdict.ts';

/** Goal, load and what are text. */
const TEXT_COLUMNS = 3;
const HEADINGS = ['', 'load', 'what', 'figure', 'must', 'stretch', ''];

/** All goals in order, each with its figures: one line for each bound. */
export function summarize(results: readonly ExperimentResult[], style: Style): string {
  const judged = results
    .flatMap((result) => judge(result).map((verdict) => ({ verdict, title: result.experiment.title })))
    .sort((a, b) => goalNumber(a.verdict) - goalNumber(b.verdict));
  const rows = judged.flatMap(({ verdict, title }) => boundRows(verdict, title));
  const outcomes = judged.flatMap(({ verdict }) => outcomesOf(verdict, style));
  const [head = '', ...lines] = table([HEADINGS, ...rows], TEXT_COLUMNS);
  return [
    style.bold('Goals'),
    style.dim(`  ${head}`),
    ...lines.map((line, index) => `  ${line}  ${outcomes[index]}`.trimEnd()),
  ].join('\n');
}

function boundRows({ criterion, bounds }: Verdict, title: string): string[][] {
  return bounds.map(({ bound, figure }, index) => [
    index === 0 ? criterion.goal : '',
    index === 0 ? title : '',
    index === 0 ? bound.what : `or ${bound.what}`,
    figure === undefined ? '' : `${readable(figure)} ${bound.unit}`,
    limitText(bound.must),
    limitText(bound.stretch),
  ]);
}

/** Stands beside the first line of a criterion. */
function outcomesOf({ bounds, must, stretch, reasons }: Verdict, style: Style): string[] {
  return bounds.map((_, index) => {
    if (index > 0) return '';
    if (must === 'not measured') return style.dim(`not measured: ${reasons.join('; ')}`);
    if (must === 'no limit') return '';
    return coloured(must, stretch === 'met' ? 'met, stretch too' : must, style);
  });
}

function limitText(limit: Limit | undefined): string {
  if (limit === undefined) return '';
  return 'atMost' in limit ? `≤ ${limit.atMost}` : `≥ ${limit.atLeast}`;
}

function coloured(outcome: Outcome, text: string, style: Style): string {
  return outcome === 'met' ? style.good(text) : style.bad(text);
}

function goalNumber({ criterion }: Verdict): number {
  return Number(criterion.goal.slice(1));
}
