// Questions about metrics and their answers, apart from HTTP (control-plane 9.1).

import { type Aggregation, METRICS, type MetricName } from './metric-definitions.ts';
import type { Dimensions, MinuteSample } from './metric-history.ts';
import { merged, type Sample } from './sample.ts';

export interface MetricQuery {
  readonly metric: MetricName;
  /** Milliseconds since 1970; the end is not included. */
  readonly from: number;
  readonly to: number;
  /** Milliseconds; undefined: all of the time is one point. */
  readonly intervalMs: number | undefined;
  /** Empty: the metric's own. */
  readonly aggregations: readonly Aggregation[];
  /** Alternatives; each names values of dimensions, `*` for one series a value. Empty: one series over all. */
  readonly filter: readonly Dimensions[];
  /** Series at most. */
  readonly top: number;
  /** By what series are ordered, the largest first. */
  readonly orderBy: Aggregation | undefined;
}

/** One point; a time of which nothing is known has its time only. */
export type MetricPoint = { readonly timeStamp: string } & Readonly<Record<string, unknown>>;

export interface MetricSeries {
  readonly dimensions: Dimensions;
  readonly points: readonly MetricPoint[];
}

/** Values that an aggregation is made of. */
const VALUES: Readonly<Record<Aggregation, (sample: Sample) => number>> = {
  Average: ({ total, count }) => total / count,
  Minimum: ({ minimum }) => minimum,
  Maximum: ({ maximum }) => maximum,
  Total: ({ total }) => total,
  Count: ({ count }) => count,
};

/** Names of members in answers. */
export const MEMBERS: Readonly<Record<Aggregation, string>> = {
  Average: 'average',
  Minimum: 'minimum',
  Maximum: 'maximum',
  Total: 'total',
  Count: 'count',
};

/** Puts minutes together into series of points. */
export function answerQuery(query: MetricQuery, minutes: readonly MinuteSample[]): readonly MetricSeries[] {
  const groups = new Map<string, { readonly dimensions: Dimensions; readonly minutes: MinuteSample[] }>();
  for (const minute of minutes) {
    const dimensions = seriesOf(minute.dimensions, query.filter);
    if (dimensions === undefined) continue;
    const key = Object.values(dimensions).join('|');
    const group = groups.get(key) ?? { dimensions, minutes: [] };
    group.minutes.push(minute);
    groups.set(key, group);
  }
  // Without a filter there is a series even when nothing is known.
  if (groups.size === 0 && query.filter.length === 0) groups.set('', { dimensions: {}, minutes: [] });
  const { orderBy } = query;
  const all = [...groups.values()];
  if (orderBy !== undefined) all.sort((a, b) => wholeOf(b.minutes, orderBy) - wholeOf(a.minutes, orderBy));
  return all
    .slice(0, query.filter.length === 0 ? 1 : query.top)
    .map((group) => ({ dimensions: group.dimensions, points: pointsOf(query, group.minutes) }));
}

/** The series that a sample belongs to; undefined: the filter leaves it out. */
function seriesOf(dimensions: Dimensions, filter: readonly Dimensions[]): Dimensions | undefined {
  if (filter.length === 0) return {};
  const alternative = filter.find((wanted) =>
    Object.entries(wanted).every(([name, value]) => value === '*' || equal(dimensions[name], value)),
  );
  if (alternative === undefined) return undefined;
  return Object.fromEntries(Object.keys(alternative).map((name) => [name, dimensions[name] ?? '']));
}

function equal(one: string | undefined, other: string): boolean {
  return one?.toLowerCase() === other.toLowerCase();
}

function pointsOf(query: MetricQuery, minutes: readonly MinuteSample[]): readonly MetricPoint[] {
  const { metric, from, to, intervalMs = Math.max(1, to - from) } = query;
  const aggregations = query.aggregations.length === 0 ? [METRICS[metric].primary] : query.aggregations;
  const byPoint = new Map<number, MinuteSample[]>();
  for (const minute of minutes) {
    const at = from + Math.floor((minute.minute - from) / intervalMs) * intervalMs;
    byPoint.set(at, [...(byPoint.get(at) ?? []), minute]);
  }
  const points: MetricPoint[] = [];
  for (let at = from; at < to; at += intervalMs) {
    const found = byPoint.get(at) ?? [];
    const values = found.length === 0 ? {} : valuesOf(found, aggregations);
    points.push({ timeStamp: new Date(at).toISOString().replace('.000Z', 'Z'), ...values });
  }
  return points;
}

function valuesOf(minutes: readonly MinuteSample[], aggregations: readonly Aggregation[]): Record<string, number> {
  const all = together(minutes);
  return Object.fromEntries(aggregations.map((one) => [MEMBERS[one], all === undefined ? 0 : VALUES[one](all)]));
}

/** Series of one minute are added up where they stand side by side, such as clients and app servers. */
function together(minutes: readonly MinuteSample[]): Sample | undefined {
  const byMinute = new Map<number, Sample[]>();
  for (const { minute, sample } of minutes) byMinute.set(minute, [...(byMinute.get(minute) ?? []), sample]);
  return merged([...byMinute.values()].flatMap((samples) => sumOf(samples) ?? []));
}

function sumOf(samples: readonly Sample[]): Sample | undefined {
  const [first, ...others] = samples;
  if (first === undefined) return undefined;
  const sum = { ...first };
  for (const { count, total, minimum, maximum } of others) {
    sum.count = Math.max(sum.count, count);
    sum.total += total;
    sum.minimum += minimum;
    sum.maximum += maximum;
  }
  return sum;
}

function wholeOf(minutes: readonly MinuteSample[], aggregation: Aggregation): number {
  const all = together(minutes);
  return all === undefined ? 0 : VALUES[aggregation](all);
}
