import type { ExpectedFailures } from '../expected-failures.ts';
import { RED, type Result, type Verdict, verdictOf } from '../result.ts';
import { areaOf } from '../selection.ts';

/** Writes text with a colour, or without. */
export interface Palette {
  readonly red: (text: string) => string;
  readonly green: (text: string) => string;
  readonly dim: (text: string) => string;
}

const plain = (text: string): string => text;
const colour = (code: number) => (text: string) => `\u001b[${code}m${text}\u001b[0m`;

/** Colours only on a terminal that wants them. */
export function paletteFor(isTerminal: boolean): Palette {
  const isColoured = isTerminal && process.env['NO_COLOR'] === undefined;
  return isColoured ? { red: colour(31), green: colour(32), dim: colour(2) } : { red: plain, green: plain, dim: plain };
}

/** What is said of one check that is worth a word; undefined of one that is as required. */
export function linesOf(result: Result, expected: ExpectedFailures, { red, dim }: Palette): string | undefined {
  const { check, outcome } = result;
  switch (verdictOf(result, expected.ids.has(check.id))) {
    case 'as-required':
    case 'left-out':
    case 'expected-failure':
      return undefined;
    case 'unexpected-pass':
      return `${red('PASSED')}  ${check.id}\n        It is expected to fail here. Take it out of the file of expected failures.`;
    case 'violation':
    case 'warning': {
      const word =
        outcome.status === 'could-not-test' ? 'NOT TESTED' : check.severity === 'should' ? 'warning' : 'FAILED';
      const message = 'message' in outcome ? outcome.message : '';
      return `${red(word)}  ${check.id}\n        ${check.requires} ${dim(`(${check.source})`)}\n        ${message}`;
    }
  }
}

/** One line an area, and one for all. */
export function summary(results: readonly Result[], expected: ExpectedFailures, { red, green }: Palette): string {
  const lines = [...new Set(results.map(({ check }) => areaOf(check)))].map((area) => {
    const own = results.filter(({ check }) => areaOf(check) === area);
    return `  ${area.padEnd(24)} ${countsText(own, expected)}`;
  });
  const isRed = isRunRed(results, expected);
  const mark = isRed ? red('not as required') : green('as required');
  return `${lines.join('\n')}\n\n${mark}: ${countsText(results, expected)}\n${leftOutText(results)}`;
}

/** True when something is not as it should be, or nothing was tested. */
export function isRunRed(results: readonly Result[], expected: ExpectedFailures): boolean {
  const verdicts = results.map((result) => verdictOf(result, expected.ids.has(result.check.id)));
  return verdicts.some((verdict) => RED.includes(verdict)) || verdicts.every((verdict) => verdict === 'left-out');
}

const WORDS: Readonly<Record<Verdict, string>> = {
  'as-required': 'passed',
  violation: 'failed',
  warning: 'warnings',
  'expected-failure': 'expected to fail',
  'unexpected-pass': 'passed unexpectedly',
  'left-out': 'left out',
};

function countsText(results: readonly Result[], expected: ExpectedFailures): string {
  const counts = new Map<Verdict, number>();
  for (const result of results) {
    const verdict = verdictOf(result, expected.ids.has(result.check.id));
    counts.set(verdict, (counts.get(verdict) ?? 0) + 1);
  }
  return Object.entries(WORDS)
    .flatMap(([verdict, word]) => {
      const count = counts.get(verdict as Verdict);
      return count === undefined ? [] : [`${count} ${word}`];
    })
    .join(', ');
}

/** Nothing is left out silently: each reason with the number of checks. */
function leftOutText(results: readonly Result[]): string {
  const reasons = new Map<string, number>();
  for (const { outcome } of results) {
    if (outcome.status === 'left-out') reasons.set(outcome.reason, (reasons.get(outcome.reason) ?? 0) + 1);
  }
  return [...reasons].map(([reason, count]) => `  left out, ${count}: ${reason}\n`).join('');
}
