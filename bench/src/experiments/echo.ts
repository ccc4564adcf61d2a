import { type HubProtocolName, type Load, type Pace, Scenario } from '../driver/load.ts';
import { ProcessName, TargetName } from '../targets/target.ts';
import type { Criterion, Experiment } from './experiment.ts';
import { cpuUs, deliveredPerSecond, of, p50Ms, p99Ms, ratio } from './figures.ts';
import type { Scale } from './scale.ts';

/** Each client gets back what it sends: the way over the service and its app server, and back. */
export function echoExperiments(scale: Scale): Experiment[] {
  return [jsonClosedLoop(scale), messagePackClosedLoop(scale), openLoop(scale, 2000), openLoop(scale, 5000)];
}

function jsonClosedLoop(scale: Scale): Experiment {
  return {
    title: `echo, ${scale.connections} clients with one message out each, json`,
    load: loadOf(scale, 'json', { kind: 'closed', window: 1 }),
    targets: {
      [TargetName.Signalite]: ['P4', 'P5', 'P16'],
      [TargetName.Kestrel]: ['P4'],
      [TargetName.StandIn]: ['P5'],
      [TargetName.SignaliteNode]: ['P16'],
    },
    criteria: [throughput(), standIn(), nodeApp()],
  };
}

function messagePackClosedLoop(scale: Scale): Experiment {
  return {
    title: `echo, ${scale.connections} clients with one message out each, messagepack`,
    load: loadOf(scale, 'messagepack', { kind: 'closed', window: 1 }),
    targets: { [TargetName.Signalite]: ['P4'], [TargetName.Kestrel]: ['P4'] },
    criteria: [throughput()],
  };
}

function openLoop(scale: Scale, sentPerSecond: number): Experiment {
  return {
    title: `echo, ${scale.connections} clients, ${sentPerSecond} a second`,
    load: loadOf(scale, 'json', { kind: 'open', sentPerSecond }),
    targets: { [TargetName.Signalite]: ['P6'], [TargetName.Kestrel]: ['P6'] },
    criteria: [
      {
        goal: 'P6',
        bounds: [
          {
            what: 'p50 ÷ Kestrel',
            unit: 'x',
            figure: ratio(of(TargetName.Signalite, p50Ms), of(TargetName.Kestrel, p50Ms)),
            must: { atMost: 1.6 },
            stretch: { atMost: 1.3 },
          },
        ],
      },
      {
        goal: 'P6',
        bounds: [
          {
            what: 'p99 ÷ Kestrel',
            unit: 'x',
            figure: ratio(of(TargetName.Signalite, p99Ms), of(TargetName.Kestrel, p99Ms)),
            must: { atMost: 2.5 },
            stretch: { atMost: 1.5 },
          },
          { what: 'p99', unit: 'ms', figure: of(TargetName.Signalite, p99Ms), must: { atMost: 10 } },
        ],
      },
    ],
  };
}

function throughput(): Criterion {
  return {
    goal: 'P4',
    bounds: [
      {
        what: 'messages a second, service and app on one core, ÷ Kestrel',
        unit: 'x',
        figure: ratio(of(TargetName.Signalite, deliveredPerSecond), of(TargetName.Kestrel, deliveredPerSecond)),
        must: { atLeast: 0.9 },
        stretch: { atLeast: 1.2 },
      },
    ],
  };
}

function standIn(): Criterion {
  const service = cpuUs(ProcessName.Service);
  return {
    goal: 'P5',
    bounds: [
      {
        what: 'service CPU per echo ÷ stand-in',
        unit: 'x',
        figure: ratio(of(TargetName.Signalite, service), of(TargetName.StandIn, service)),
        must: { atMost: 1.3 },
        stretch: { atMost: 1.05 },
      },
    ],
  };
}

function nodeApp(): Criterion {
  const app = cpuUs(ProcessName.App);
  return {
    goal: 'P16',
    bounds: [
      {
        what: 'app CPU per echo, Node ÷ .NET',
        unit: 'x',
        figure: ratio(of(TargetName.SignaliteNode, app), of(TargetName.Signalite, app)),
        must: { atMost: 1 },
        stretch: { atMost: 0.7 },
      },
    ],
  };
}

function loadOf(scale: Scale, hubProtocol: HubProtocolName, pace: Pace): Load {
  const { connections, settleMs, warmupMs, durationMs } = scale;
  return { scenario: Scenario.Echo, hubProtocol, connections, payloadBytes: 128, pace, settleMs, warmupMs, durationMs };
}
