import { expect, test } from 'vitest';
import { experiment, RATIO, round } from '../../test/sample-results.ts';
import type { Bound } from '../experiments/experiment.ts';
import { deliveredPerSecond, of } from '../experiments/figures.ts';
import { TargetName } from '../targets/target.ts';
import { judge } from './verdict.ts';

const ABSOLUTE: Bound = {
  what: 'rate',
  unit: 'us',
  figure: of(TargetName.Signalite, deliveredPerSecond),
  must: { atMost: 5 },
};

test('a ratio is the median of the ratios of the rounds', () => {
  const rounds = [round(10, 10), round(40, 20), round(11, 10)];
  const [verdict] = judge({ experiment: experiment(RATIO), rounds, absent: new Map() });
  expect(verdict?.bounds[0]?.figure).toBe(1.1);
  expect([verdict?.must, verdict?.stretch]).toEqual(['met', 'missed']);
});

test('of several bounds one is enough', () => {
  const [verdict] = judge({ experiment: experiment(RATIO, ABSOLUTE), rounds: [round(4, 10)], absent: new Map() });
  expect(verdict?.must).toBe('met');
  expect(verdict?.stretch).toBe('missed');
});

test('a figure without a limit is neither met nor missed', () => {
  const { must: _, ...figureOnly } = ABSOLUTE;
  const [verdict] = judge({ experiment: experiment(figureOnly), rounds: [round(4)], absent: new Map() });
  expect([verdict?.bounds[0]?.figure, verdict?.must, verdict?.stretch]).toEqual([4, 'no limit', 'no limit']);
});

test('without its peer a goal is not measured, and the reason names that peer alone', () => {
  const absent = new Map<TargetName, string>([
    [TargetName.Kestrel, 'dotnet is not installed'],
    [TargetName.Emulator, 'no --emulator'],
  ]);
  const [verdict] = judge({ experiment: experiment(RATIO), rounds: [round(4)], absent });
  expect([verdict?.must, verdict?.stretch]).toEqual(['not measured', 'not measured']);
  expect(verdict?.reasons).toEqual(['Kestrel: dotnet is not installed']);
});
