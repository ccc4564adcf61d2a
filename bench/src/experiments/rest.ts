import { type Load, type RestBodyKind, Scenario } from '../driver/load.ts';
import { ProcessName, TargetName } from '../targets/target.ts';
import type { Bound, Criterion, Experiment } from './experiment.ts';
import { cpuUs, of, ratio, sentPerSecond } from './figures.ts';
import type { Scale } from './scale.ts';

/** As many calls as one client's service answers side by side. */
const CALLS_TO_ONE = 32;
const serviceUs = of(TargetName.Serverless, cpuUs(ProcessName.Service));

/** Broadcasts by REST in Serverless mode, beside the official emulator and beside the way over an app server. */
export function restExperiments(scale: Scale): Experiment[] {
  return [
    toAll(scale, { restBody: 'json', window: 2 }),
    toAll(scale, { restBody: 'json', window: 8 }),
    toAll(scale, { restBody: 'octet-stream', window: 8 }),
    toOne(scale),
  ];
}

function toAll(scale: Scale, { restBody, window }: { restBody: RestBodyKind; window: number }): Experiment {
  const rate = sentPerSecond(scale.connections);
  const isJson = restBody === 'json';
  return {
    title: `REST broadcast to ${scale.connections}, ${window} out at a time, ${restBody} body`,
    load: loadOf(scale, { restBody, window, connections: scale.connections }),
    targets: {
      [TargetName.Serverless]: ['P11'],
      [TargetName.Signalite]: ['P11'],
      // It reads JSON alone.
      ...(isJson ? { [TargetName.Emulator]: ['P11'] } : {}),
    },
    criteria: [
      shown({ what: 'requests a second', unit: '/s', figure: of(TargetName.Serverless, rate) }),
      shown({ what: 'service CPU per delivery', unit: 'us', figure: serviceUs }),
      shown({
        what: 'service CPU per delivery ÷ broadcast by a server connection',
        unit: 'x',
        figure: ratio(serviceUs, of(TargetName.Signalite, cpuUs(ProcessName.Service))),
      }),
      ...(isJson ? [perDeliveryBesideEmulator(), requestsBesideEmulator(rate)] : []),
    ],
  };
}

/** What a call itself costs. */
function toOne(scale: Scale): Experiment {
  const rate = sentPerSecond(1);
  return {
    title: `REST broadcast to one, ${CALLS_TO_ONE} out at a time`,
    load: loadOf(scale, { restBody: 'json', window: CALLS_TO_ONE, connections: 1 }),
    targets: { [TargetName.Serverless]: ['P11'], [TargetName.Emulator]: ['P11'] },
    criteria: [
      shown({ what: 'requests a second', unit: '/s', figure: of(TargetName.Serverless, rate) }),
      shown({ what: 'service CPU per request', unit: 'us', figure: serviceUs }),
      requestsBesideEmulator(rate, { must: { atLeast: 1 }, stretch: { atLeast: 1.5 } }),
    ],
  };
}

function perDeliveryBesideEmulator(): Criterion {
  return shown({
    what: 'service CPU per delivery ÷ emulator',
    unit: 'x',
    figure: ratio(serviceUs, of(TargetName.Emulator, cpuUs())),
    must: { atMost: 0.5 },
    stretch: { atMost: 0.35 },
  });
}

function requestsBesideEmulator(
  rate: ReturnType<typeof sentPerSecond>,
  limits: Pick<Bound, 'must' | 'stretch'> = {},
): Criterion {
  const figure = ratio(of(TargetName.Serverless, rate), of(TargetName.Emulator, rate));
  return shown({ what: 'requests a second ÷ emulator', unit: 'x', figure, ...limits });
}

function shown(bound: Bound): Criterion {
  return { goal: 'P11', bounds: [bound] };
}

function loadOf(
  { settleMs, warmupMs, durationMs }: Scale,
  { restBody, window, connections }: { restBody: RestBodyKind; window: number; connections: number },
): Load {
  return {
    scenario: Scenario.Broadcast,
    hubProtocol: 'json',
    restBody,
    connections,
    payloadBytes: 128,
    pace: { kind: 'closed', window },
    settleMs,
    warmupMs,
    durationMs,
  };
}
