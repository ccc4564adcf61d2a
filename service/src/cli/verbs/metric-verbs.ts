// Metrics by the verbs of `az monitor metrics` (control-plane 9.1, 10).

import { type ControlClient, VerbError } from './control-client.ts';
import { readInterval, readOffset, readTime, readWhole } from './read-value.ts';
import { definitionRows, metricRows } from './shown-metrics.ts';
import { GROUP, text, texts, type Verb, type VerbFlags, type VerbOption } from './verb.ts';

const HOUR_MS = 3_600_000;
const RESOURCE: readonly VerbOption[] = [
  ['!--resource <id>', 'its name, or its id in Azure Resource Manager'],
  GROUP,
  ['--namespace <name>', 'there is one'],
  ['--resource-type <type>', 'there is one'],
  ['--resource-namespace <name>', 'there is one'],
];

/** An id, or a bare name that is looked up. */
async function idOf(client: ControlClient, flags: VerbFlags): Promise<string> {
  const resource = String(flags['resource']);
  return resource.startsWith('/') ? resource : (await client.find(resource, text(flags['resourceGroup']))).id;
}

/** Like `az`: the offset goes back from the end, or on from a start that stands alone. */
function timespanOf({ startTime, endTime, offset }: VerbFlags): string {
  const length = numberOf(offset) ?? HOUR_MS;
  const start = numberOf(startTime);
  const end = numberOf(endTime) ?? (start === undefined ? Date.now() : start + length);
  return [start ?? end - length, end].map((at) => new Date(at).toISOString()).join('/');
}

function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}

async function list(client: ControlClient, flags: VerbFlags): Promise<unknown> {
  if (flags['filter'] !== undefined && flags['dimension'] !== undefined) {
    throw new VerbError('Give --dimension or --filter, not both.', 2);
  }
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
    ['top', numberOf(flags['top'])?.toString()],
    ['resultType', flags['metadata'] === true ? 'Metadata' : undefined],
    ['orderby', text(flags['orderby'])],
  ];
  for (const [name, value] of given) if (value !== undefined) parameters.set(name, value);
  return client.request('GET', `${await idOf(client, flags)}/providers/Microsoft.Insights/metrics?${parameters}`);
}

async function listDefinitions(client: ControlClient, flags: VerbFlags): Promise<unknown> {
  const answer = await client.request(
    'GET',
    `${await idOf(client, flags)}/providers/Microsoft.Insights/metricDefinitions`,
  );
  return typeof answer === 'object' && answer !== null && 'value' in answer ? answer.value : answer;
}

export const METRIC_VERBS: readonly Verb[] = [
  {
    name: 'list',
    description: 'show what was measured, minute by minute, for the last day',
    options: [
      ...RESOURCE,
      ['--metric <names...>', 'names of metrics'],
      ['--metrics <names...>', 'the same'],
      [
        '--interval <duration>',
        'PT1M, PT5M, PT15M, PT30M, PT1H, PT6H, PT12H, P1D or FULL; 1m, 1h, … too (default: PT1M)',
        readInterval,
      ],
      ['--aggregation <names...>', "Average, Minimum, Maximum, Total, Count (default: the metric's own)"],
      ['--dimension <names...>', 'one series for each value of these'],
      ['--filter <text>', "such as Endpoint eq 'Client'"],
      ['--start-time <time>', 'ISO 8601', readTime],
      ['--end-time <time>', 'ISO 8601 (default: now)', readTime],
      ['--offset <time>', 'before the end, or after a start alone: 30m, 1h, 1d6h (default: 1h)', readOffset],
      ['--top <number>', 'series at most, with a filter', readWhole],
      ['--orderby <aggregation>', 'which series come first'],
      ['--metadata', 'which series there are, without numbers'],
    ],
    example: 'signalite metrics list --resource my-signalr-service --metric ConnectionCount --interval PT1M',
    run: list,
    table: metricRows,
  },
  {
    name: 'list-definitions',
    description: 'list what is measured',
    options: RESOURCE,
    example: 'signalite metrics list-definitions --resource my-signalr-service --query "[].name.value" -o tsv',
    run: listDefinitions,
    table: definitionRows,
  },
];
