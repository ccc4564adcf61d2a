// The query of the Azure Monitor metrics API (control-plane 9.1).

import { Aggregation, findMetric, METRICS, type MetricName } from '../metrics/metric-definitions.ts';
import type { Dimensions } from '../metrics/metric-history.ts';
import { MINUTE_MS } from '../metrics/metric-history.ts';
import type { MetricQuery } from '../metrics/metric-query.ts';
import { RESOURCE_TYPE } from './resource-id.ts';

const HOUR_MS = 60 * MINUTE_MS;
const INTERVALS: Readonly<Record<string, number | undefined>> = {
  PT1M: MINUTE_MS,
  PT5M: 5 * MINUTE_MS,
  PT15M: 15 * MINUTE_MS,
  PT30M: 30 * MINUTE_MS,
  PT1H: HOUR_MS,
  PT6H: 6 * HOUR_MS,
  PT12H: 12 * HOUR_MS,
  P1D: 24 * HOUR_MS,
  FULL: undefined,
};
const POINTS_MAX = 1500;
const DEFAULT_TOP = 10;
const CLAUSE = /^\s*(\w+)\s+eq\s+'((?:[^']|'')*)'\s*$/i;

/** A question that cannot be answered; the text says what would be right. */
export class MonitorError extends Error {
  override readonly name = 'MonitorError';
}

export interface MonitorRequest {
  readonly queries: readonly MetricQuery[];
  /** `start/end`, ISO 8601. */
  readonly timespan: string;
  readonly interval: string;
  readonly withData: boolean;
}

/** Reads the parameters; names and words have no case. Throws `MonitorError`. */
export function readMonitorQuery(parameters: URLSearchParams, now: number): MonitorRequest {
  const get = (name: string) => [...parameters].find(([one]) => one.toLowerCase() === name)?.[1];
  const [from, to] = timespanOf(get('timespan') ?? spanOf(get('starttime'), get('endtime')), now);
  const interval = (get('interval') ?? 'PT1M').toUpperCase();
  if (!Object.hasOwn(INTERVALS, interval)) {
    throw new MonitorError(`The interval must be one of ${Object.keys(INTERVALS).join(', ')}, not '${interval}'.`);
  }
  const intervalMs = INTERVALS[interval];
  if (intervalMs !== undefined && (to - from) / intervalMs > POINTS_MAX) {
    throw new MonitorError(
      `This would be more than ${POINTS_MAX} points. Ask for a longer interval or a shorter time.`,
    );
  }
  const shared = {
    from,
    to,
    intervalMs,
    aggregations: (get('aggregation') ?? '')
      .split(',')
      .filter((one) => one !== '')
      .map(aggregationOf),
    filter: filterOf(get('$filter') ?? get('filter')),
    top: topOf(get('top')),
    orderBy: orderOf(get('orderby')),
  };
  const timespan = [from, to].map((at) => new Date(at).toISOString().replace('.000Z', 'Z')).join('/');
  const withData = get('resulttype')?.toLowerCase() !== 'metadata';
  return {
    queries: metricsOf(get('metricnames')).map((metric) => ({ ...shared, metric })),
    timespan,
    interval,
    withData,
  };
}

function metricsOf(names: string | undefined): readonly MetricName[] {
  const [first = 'ConnectionCloseCount'] = Object.keys(METRICS);
  return (names === undefined || names === '' ? first : names).split(',').map((name) => {
    const metric = findMetric(name);
    if (metric !== undefined) return metric;
    const valid = Object.keys(METRICS).join(',');
    throw new MonitorError(
      `Failed to find metric configuration for provider: Microsoft.SignalRService, resource Type: ${RESOURCE_TYPE}, metric: ${name}, Valid metrics: ${valid}`,
    );
  });
}

function spanOf(start: string | undefined, end: string | undefined): string | undefined {
  return start === undefined ? undefined : `${start}/${end ?? ''}`;
}

/** Whole minutes: the one in which the end lies is included. */
function timespanOf(text: string | undefined, now: number): readonly [from: number, to: number] {
  const [start = '', end = ''] = (text ?? '').split('/');
  const to = end === '' ? now : Date.parse(end);
  const from = start === '' ? to - HOUR_MS : Date.parse(start);
  if (Number.isNaN(from) || Number.isNaN(to) || from > to) {
    throw new MonitorError(
      `The timespan must be start/end in ISO 8601, such as 2026-01-01T00:00:00Z/2026-01-01T01:00:00Z.`,
    );
  }
  return [Math.floor(from / MINUTE_MS) * MINUTE_MS, Math.floor(to / MINUTE_MS) * MINUTE_MS + MINUTE_MS];
}

function aggregationOf(text: string): Aggregation {
  const found = Object.values(Aggregation).find((one) => one.toLowerCase() === text.trim().toLowerCase());
  if (found !== undefined) return found;
  throw new MonitorError(`The aggregation must be one of ${Object.values(Aggregation).join(', ')}, not '${text}'.`);
}

/** `Endpoint eq 'Client' or Endpoint eq 'Server' and Other eq '*'`: `and` binds closer. */
function filterOf(text: string | undefined): readonly Dimensions[] {
  if (text === undefined || text.trim() === '') return [];
  const names = [...new Set(Object.values(METRICS).flatMap(({ dimensions }) => [...dimensions]))];
  return text.split(/\s+or\s+/i).map((alternative) =>
    Object.fromEntries(
      alternative.split(/\s+and\s+/i).map((clause) => {
        const [, name = '', value = ''] = CLAUSE.exec(clause) ?? [];
        const known = names.find((one) => one.toLowerCase() === name.toLowerCase());
        if (known !== undefined) return [known, value.replaceAll("''", "'")];
        throw new MonitorError(
          `The filter must be clauses such as Endpoint eq '*'; the dimensions are ${names.join(', ')}.`,
        );
      }),
    ),
  );
}

function topOf(text: string | undefined): number {
  const top = Number(text ?? DEFAULT_TOP);
  if (Number.isInteger(top) && top > 0) return top;
  throw new MonitorError('top must be a whole number from 1 on.');
}

function orderOf(text: string | undefined): Aggregation | undefined {
  const [word = ''] = (text ?? '').trim().split(/\s+/);
  if (word === '') return undefined;
  return aggregationOf(word.toLowerCase() === 'sum' ? 'Total' : word);
}
