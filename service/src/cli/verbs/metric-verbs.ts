// Metrics by the verbs of `az monitor metrics` (control-plane 9.1, 10).

import { type ControlClient, VerbError } from './control-client.ts';
import { text, texts, type Verb, type VerbFlags } from './verb.ts';

const UNIT_MS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };
const RESOURCE = ['!--resource <id>', 'its name, or its id in Azure Resource Manager'] as const;

/** An id, or a bare name that is looked up. */
async function idOf(client: ControlClient, flags: VerbFlags): Promise<string> {
  const resource = String(flags['resource']);
  return resource.startsWith('/') ? resource : (await client.find(resource, text(flags['resourceGroup']))).id;
}

/** `1h`, `30m`, `1d`. */
function offsetMs(offset: string): number {
  const [, count = '', unit = ''] = /^(\d+)([mhd])$/.exec(offset) ?? [];
  const factor = UNIT_MS[unit];
  if (factor === undefined) throw new VerbError(`The offset must be such as 30m, 1h or 1d, not '${offset}'.`);
  return Number(count) * factor;
}

function timespanOf(flags: VerbFlags): string {
  const end = text(flags['endTime']) ?? new Date().toISOString();
  const start =
    text(flags['startTime']) ?? new Date(Date.parse(end) - offsetMs(text(flags['offset']) ?? '1h')).toISOString();
  return `${start}/${end}`;
}

async function list(client: ControlClient, flags: VerbFlags): Promise<unknown> {
  const names = [...(texts(flags['metric']) ?? []), ...(texts(flags['metrics']) ?? [])];
  const dimensions = texts(flags['dimension'])
    ?.map((name) => `${name} eq '*'`)
    .join(' and ');
  const parameters = new URLSearchParams({ timespan: timespanOf(flags) });
  const given: readonly (readonly [string, string | undefined])[] = [
    ['metricnames', names.length === 0 ? undefined : names.join(',')],
    ['interval', text(flags['interval'])],
    ['aggregation', texts(flags['aggregation'])?.join(',')],
    ['$filter', text(flags['filter']) ?? dimensions],
    ['top', text(flags['top'])],
    ['orderby', text(flags['orderby'])],
  ];
  for (const [name, value] of given) if (value !== undefined) parameters.set(name, value);
  return client.request('GET', `${await idOf(client, flags)}/providers/Microsoft.Insights/metrics?${parameters}`);
}

export const METRIC_VERBS: readonly Verb[] = [
  {
    name: 'list',
    description: 'show what was measured, minute by minute, for the last day',
    options: [
      RESOURCE,
      ['--metric <names...>', 'names of metrics'],
      ['--metrics <names...>', 'the same'],
      ['--interval <duration>', 'PT1M, PT5M, PT15M, PT30M, PT1H, PT6H, PT12H, P1D or FULL (default: PT1M)'],
      ['--aggregation <names...>', "Average, Minimum, Maximum, Total, Count (default: the metric's own)"],
      ['--dimension <names...>', 'one series for each value of these'],
      ['--filter <text>', "such as Endpoint eq 'Client'"],
      ['--start-time <time>', 'ISO 8601'],
      ['--end-time <time>', 'ISO 8601 (default: now)'],
      ['--offset <time>', 'before the end: 30m, 1h, 1d (default: 1h)'],
      ['--top <number>', 'series at most, with a filter'],
      ['--orderby <aggregation>', 'which series come first'],
      ['--namespace <name>', 'there is one'],
    ],
    example: 'signalite metrics list --resource my-signalr-service --metric ConnectionCount --interval PT1M',
    run: list,
  },
  {
    name: 'list-definitions',
    description: 'list what is measured',
    options: [RESOURCE],
    example: 'signalite metrics list-definitions --resource my-signalr-service --query "value[].name.value" -o tsv',
    run: async (client, flags) =>
      client.request('GET', `${await idOf(client, flags)}/providers/Microsoft.Insights/metricDefinitions`),
  },
];
