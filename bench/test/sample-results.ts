// Results as measurements give them, with little in them.

import type { LoadResult } from '../src/driver/load.ts';
import type { Bound, Experiment } from '../src/experiments/experiment.ts';
import { deliveredPerSecond, of, ratio } from '../src/experiments/figures.ts';
import { TargetName } from '../src/targets/target.ts';

export const RESULT: LoadResult = {
  acceptSeconds: 0,
  connectsPerSecond: 0,
  deliveredPerSecond: 0,
  latencyMs: { samples: 0, p50: 0, p99: 0, max: 0 },
  driverCpu: 0,
  otherCpu: 0,
  lostMessages: 0,
  lostConnections: 0,
  processes: {},
};

export const RATIO: Bound = {
  what: 'rate ÷ Kestrel',
  unit: 'x',
  figure: ratio(of(TargetName.Signalite, deliveredPerSecond), of(TargetName.Kestrel, deliveredPerSecond)),
  must: { atLeast: 0.9 },
  stretch: { atLeast: 1.2 },
};

export function experiment(...bounds: Bound[]): Experiment {
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

/** One round with these rates. */
export function round(signalite: number, kestrel?: number): Map<TargetName, LoadResult> {
  const results = new Map<TargetName, LoadResult>();
  results.set(TargetName.Signalite, { ...RESULT, deliveredPerSecond: signalite });
  if (kestrel !== undefined) results.set(TargetName.Kestrel, { ...RESULT, deliveredPerSecond: kestrel });
  return results;
}
