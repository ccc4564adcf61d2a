import { type Load, Scenario } from '../driver/load.ts';
import { ProcessName, TargetName } from '../targets/target.ts';
import type { Criterion, Experiment } from './experiment.ts';
import {
  acceptSeconds,
  connectUs,
  type Figure,
  livePerConnectionKb,
  of,
  ratio,
  rssPerConnectionKb,
} from './figures.ts';
import type { Scale } from './scale.ts';

/** What connections cost that say nothing, and what it costs to open them. */
export function connectionExperiments(scale: Scale): Experiment[] {
  return [idle(scale), storm(scale)];
}

function idle({ idleConnections, idleSettleMs }: Scale): Experiment {
  const service = of(TargetName.Signalite, rssPerConnectionKb(ProcessName.Service));
  return {
    title: `${idleConnections} idle clients on a fresh process, ${idleSettleMs / 1000} s after the last came`,
    load: idleLoad(idleConnections, idleSettleMs),
    isCold: true,
    targets: {
      [TargetName.Signalite]: ['P9'],
      [TargetName.Kestrel]: ['P9'],
      [TargetName.Emulator]: ['P9'],
      [TargetName.SignaliteNode]: ['P16'],
    },
    criteria: [
      {
        goal: 'P9',
        bounds: [
          {
            what: 'memory of the service for each client',
            unit: 'KB',
            figure: service,
            must: { atMost: 10 },
            stretch: { atMost: 7 },
          },
        ],
      },
      {
        goal: 'P9',
        bounds: [
          {
            what: 'memory of the service for each client ÷ emulator',
            unit: 'x',
            figure: ratio(service, of(TargetName.Emulator, rssPerConnectionKb(ProcessName.Server))),
            must: { atMost: 0.5 },
          },
        ],
      },
      besideKestrel('memory of service and app for each client', rssPerConnectionKb()),
      besideKestrel('heap and buffers of both in use after a collection', livePerConnectionKb),
      besideKestrel('time to accept them all', acceptSeconds),
      besideKestrel('CPU of service and app to accept one', connectUs()),
      {
        goal: 'P16',
        bounds: [
          {
            what: 'memory of the Node app for each client',
            unit: 'KB',
            figure: of(TargetName.SignaliteNode, rssPerConnectionKb(ProcessName.App)),
            must: { atMost: 4 },
            stretch: { atMost: 2 },
          },
        ],
      },
    ],
  };
}

/** What an app with a service costs beside one that is on its own. There is no goal for it. */
function besideKestrel(what: string, figure: Figure): Criterion {
  const [measured, baseline] = [of(TargetName.Signalite, figure), of(TargetName.Kestrel, figure)];
  return { goal: 'P9', bounds: [{ what: `${what} ÷ Kestrel`, unit: 'x', figure: ratio(measured, baseline) }] };
}

function storm({ stormConnections }: Scale): Experiment {
  return {
    title: `${stormConnections} clients connect as fast as they can`,
    load: idleLoad(stormConnections, 0),
    targets: { [TargetName.Signalite]: ['P12'], [TargetName.Kestrel]: ['P12'] },
    criteria: [
      {
        goal: 'P12',
        bounds: [
          {
            what: 'service CPU for negotiate, upgrade and open',
            unit: 'us',
            figure: of(TargetName.Signalite, connectUs(ProcessName.Service)),
            must: { atMost: 350 },
            stretch: { atMost: 200 },
          },
        ],
      },
    ],
  };
}

function idleLoad(connections: number, settleMs: number): Load {
  const pace = { kind: 'closed', window: 0 } as const;
  return {
    scenario: Scenario.Idle,
    hubProtocol: 'json',
    connections,
    payloadBytes: 0,
    pace,
    settleMs,
    warmupMs: 0,
    durationMs: 100,
  };
}
