import { Scenario } from '../driver/load.ts';
import { ProcessName, TargetName } from '../targets/target.ts';
import type { Bound, Criterion, Experiment } from './experiment.ts';
import { cpuUs, deliveredPerSecond, of, ratio } from './figures.ts';
import type { Scale } from './scale.ts';

/** What clients call is answered by an upstream: one HTTP request for each, beside the echo of an app server. */
export function serverlessExperiments(scale: Scale): Experiment[] {
  const { connections, settleMs, warmupMs, durationMs } = scale;
  const serviceUs = of(TargetName.Serverless, cpuUs(ProcessName.Service));
  const rate = of(TargetName.Serverless, deliveredPerSecond);
  return [
    {
      title: `invoke answered by an upstream beside echo by an app server, ${connections} clients, one message out each`,
      load: {
        scenario: Scenario.Echo,
        hubProtocol: 'json',
        connections,
        payloadBytes: 128,
        pace: { kind: 'closed', window: 1 },
        settleMs,
        warmupMs,
        durationMs,
      },
      targets: { [TargetName.Serverless]: ['P17'], [TargetName.Signalite]: ['P17'] },
      criteria: [
        shown({ what: 'invokes a second', unit: '/s', figure: rate }),
        shown({
          what: 'invokes a second ÷ echoes by an app server',
          unit: 'x',
          figure: ratio(rate, of(TargetName.Signalite, deliveredPerSecond)),
        }),
        shown({ what: 'service CPU per invoke', unit: 'us', figure: serviceUs }),
        shown({
          what: 'service CPU per invoke ÷ echo by an app server',
          unit: 'x',
          figure: ratio(serviceUs, of(TargetName.Signalite, cpuUs(ProcessName.Service))),
        }),
      ],
    },
  ];
}

/** There is no goal for it. */
function shown(bound: Bound): Criterion {
  return { goal: 'P17', bounds: [bound] };
}
