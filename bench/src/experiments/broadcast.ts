import { type HubProtocolName, type Load, Scenario } from '../driver/load.ts';
import { ProcessName, TargetName } from '../targets/target.ts';
import type { Bound, Criterion, Experiment } from './experiment.ts';
import { cpuUs, of, p99Ms, ratio } from './figures.ts';
import type { Scale } from './scale.ts';

const DELIVERED_PER_SECOND = 40_000;
const serviceUs = of(TargetName.Signalite, cpuUs(ProcessName.Service));

/** One client's message goes to all others: what the service is for. */
export function broadcastExperiments(scale: Scale): Experiment[] {
  return [closedLoop(scale, 'json'), closedLoop(scale, 'messagepack'), openLoop(scale), backlog(scale)];
}

function closedLoop(scale: Scale, hubProtocol: HubProtocolName): Experiment {
  const emulator: Criterion = { goal: 'P1', bounds: [perDelivery(TargetName.Emulator, 0.5)] };
  const isJson = hubProtocol === 'json';
  return {
    title: `broadcast to ${scale.connections}, two out at a time, ${hubProtocol}`,
    load: { ...loadOf(scale), hubProtocol, pace: { kind: 'closed', window: 2 } },
    targets: {
      [TargetName.Signalite]: ['P1'],
      [TargetName.Kestrel]: ['P1'],
      ...(isJson ? { [TargetName.Emulator]: ['P1'] } : {}),
    },
    criteria: [{ goal: 'P1', bounds: [perDelivery(TargetName.Kestrel, 0.6, 0.4)] }, ...(isJson ? [emulator] : [])],
  };
}

function openLoop(scale: Scale): Experiment {
  const sentPerSecond = DELIVERED_PER_SECOND / scale.connections;
  return {
    title: `broadcast to ${scale.connections}, ${sentPerSecond} a second`,
    load: { ...loadOf(scale), pace: { kind: 'open', sentPerSecond } },
    targets: {
      [TargetName.Signalite]: ['P2', 'P7'],
      [TargetName.SocketLoop]: ['P2'],
      [TargetName.Kestrel]: ['P7'],
    },
    criteria: [
      { goal: 'P2', bounds: [perDelivery(TargetName.SocketLoop, 1.4, 1.15)] },
      {
        goal: 'P7',
        bounds: [
          {
            what: 'p99 of all deliveries ÷ Kestrel',
            unit: 'x',
            figure: ratio(of(TargetName.Signalite, p99Ms), of(TargetName.Kestrel, p99Ms)),
            must: { atMost: 0.8 },
            stretch: { atMost: 0.6 },
          },
        ],
      },
    ],
  };
}

function backlog(scale: Scale): Experiment {
  return {
    title: `broadcast to ${scale.connections}, eight out at a time`,
    load: { ...loadOf(scale), pace: { kind: 'closed', window: 8 } },
    targets: { [TargetName.Signalite]: ['P3'], [TargetName.SocketLoop]: ['P3'] },
    criteria: [
      {
        goal: 'P3',
        bounds: [
          {
            what: 'service CPU per delivery',
            unit: 'us',
            figure: serviceUs,
            must: { atMost: 4.5 },
            stretch: { atMost: 3 },
          },
          perDelivery(TargetName.SocketLoop, 0.6),
        ],
      },
    ],
  };
}

function perDelivery(peer: TargetName, must: number, stretch?: number): Bound {
  return {
    what: `service CPU per delivery ÷ ${peer}`,
    unit: 'x',
    figure: ratio(serviceUs, of(peer, cpuUs())),
    must: { atMost: must },
    ...(stretch === undefined ? {} : { stretch: { atMost: stretch } }),
  };
}

function loadOf({ connections, settleMs, warmupMs, durationMs }: Scale): Omit<Load, 'pace'> {
  return {
    scenario: Scenario.Broadcast,
    hubProtocol: 'json',
    connections,
    payloadBytes: 128,
    settleMs,
    warmupMs,
    durationMs,
  };
}
