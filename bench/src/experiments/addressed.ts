import { type Load, Scenario } from '../driver/load.ts';
import { TargetName } from '../targets/target.ts';
import type { Experiment } from './experiment.ts';
import { cpuUs, of, ratio } from './figures.ts';
import type { Scale } from './scale.ts';

/** Messages to small groups and to single connections. */
export function addressedExperiments(scale: Scale): Experiment[] {
  const groups = Math.floor(scale.connections / 10);
  return [
    experiment(scale, { scenario: Scenario.Group, title: 'groups of 10, one message out', window: 1 }),
    experiment(scale, { scenario: Scenario.Group, title: `groups of 10, ${groups} messages out`, window: groups }),
    experiment(scale, { scenario: Scenario.Connection, title: 'to a connection, one message out each', window: 1 }),
  ];
}

function experiment(
  { connections, settleMs, warmupMs, durationMs }: Scale,
  { scenario, title, window }: { scenario: Scenario; title: string; window: number },
): Experiment {
  const load: Load = {
    scenario,
    hubProtocol: 'json',
    connections,
    payloadBytes: 128,
    pace: { kind: 'closed', window },
    settleMs,
    warmupMs,
    durationMs,
  };
  return {
    title: `${title}, ${connections} clients`,
    load,
    targets: { [TargetName.Signalite]: ['P8'], [TargetName.Kestrel]: ['P8'], [TargetName.StandIn]: ['P8'] },
    criteria: [
      {
        goal: 'P8',
        bounds: [
          {
            what: 'CPU of service and app per delivery ÷ Kestrel',
            unit: 'x',
            figure: ratio(of(TargetName.Signalite, cpuUs()), of(TargetName.Kestrel, cpuUs())),
            must: { atMost: 1.2 },
            stretch: { atMost: 1 },
          },
        ],
      },
    ],
  };
}
