import { expect, test } from 'vitest';
import type { LoadResult } from '../driver/load.ts';
import type { Bound, Experiment } from '../experiments/experiment.ts';
import { deliveredPerSecond, of, ratio } from '../experiments/figures.ts';
import { TargetName } from '../targets/target.ts';
import { judge } from './verdict.ts';

const RESULT: LoadResult = {
  connectsPerSecond: 0,
  deliveredPerSecond: 0,
  latencyMs: { samples: 0, p50: 0, p99: 0, max: 0 },
  driverCpu: 0,
  otherCpu: 0,
  lostMessages: 0,
  lostConnections: 0,
  processes: {},
};

function experiment(...bounds: Bound[]): Experiment {
  return {
    title: 'test',
    load: {
      scenario: 'echo',
      hubProtocol: 'json',
      connections: 1,
      payloadBytes: 1,
      pace: { kind: 'closed', window: 1 },
      settleMs: 0,
      warmupMs: 0,
      durationMs: 0,
    },
    targets: {},
    criteria: [{ goal: 'P4', bounds }],
  };
}

function round(signalite: number, kestrel?: number): Map<TargetName, LoadResult> {
  const results = new Map([[TargetName.Signalite as TargetName, { ...RESULT, deliveredPerSecond: signalite }]]);
  if (kestrel !== undefined) results.set(TargetName.Kestrel, { ...RESULT, deliveredPerSecond: kestrel });
  return results;
}

const RATIO: Bound = {
  what: 'rate ÷ Kestrel',
  unit: 'x',
  figure: ratio(of(TargetName.Signalite, deliveredPerSecond), of(TargetName.Kestrel, deliveredPerSecond)),
  must: { atLeast: 0.9 },
  stretch: { atLeast: 1.2 },
};
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

test('without its peer a goal is not measured, and the reason names that peer alone', () => {
  const absent = new Map<TargetName, string>([
    [TargetName.Kestrel, 'dotnet is not installed'],
    [TargetName.Emulator, 'no --emulator'],
  ]);
  const [verdict] = judge({ experiment: experiment(RATIO), rounds: [round(4)], absent });
  expect([verdict?.must, verdict?.stretch]).toEqual(['not measured', 'not measured']);
  expect(verdict?.reasons).toEqual(['Kestrel: dotnet is not installed']);
});
