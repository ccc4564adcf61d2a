import type { MetricName } from './metric-definitions.ts';
import { addTo, type Sample, sampleOf } from './sample.ts';

export const MINUTE_MS = 60_000;
/** How far back a query reaches. */
export const KEPT_MINUTES = 24 * 60;

/** Values of dimensions by name. */
export type Dimensions = Readonly<Record<string, string>>;

/** One minute of one series. */
export interface MinuteSample {
  /** Milliseconds since 1970, at the start of the minute. */
  readonly minute: number;
  readonly dimensions: Dimensions;
  readonly sample: Sample;
}

interface Series {
  readonly dimensions: Dimensions;
  readonly sample: Sample;
}

/**
 * Buckets of a minute, kept for a day. Memory is bounded by the minutes and by the few values that dimensions have; a
 * series takes room only in the minutes in which something was seen of it.
 */
export class MetricHistory {
  /** By the start of the minute, oldest first. */
  readonly #minutes = new Map<number, Map<MetricName, Map<string, Series>>>();

  /** `at`: milliseconds since 1970. */
  add(at: number, metric: MetricName, value: number, dimensions: Dimensions = NONE): void {
    const series = this.#minute(at).get(metric) ?? new Map<string, Series>();
    this.#minute(at).set(metric, series);
    const key = Object.values(dimensions).join('|');
    const known = series.get(key);
    if (known === undefined) series.set(key, { dimensions, sample: sampleOf(value) });
    else addTo(known.sample, value);
  }

  /** Minutes of a metric that begin from `from` on and before `to`, oldest first. */
  *read(metric: MetricName, from: number, to: number): Generator<MinuteSample> {
    for (const [minute, metrics] of this.#minutes) {
      if (minute < from || minute >= to) continue;
      for (const { dimensions, sample } of metrics.get(metric)?.values() ?? []) yield { minute, dimensions, sample };
    }
  }

  #minute(at: number): Map<MetricName, Map<string, Series>> {
    const start = Math.floor(at / MINUTE_MS) * MINUTE_MS;
    const known = this.#minutes.get(start);
    if (known !== undefined) return known;
    const made = new Map<MetricName, Map<string, Series>>();
    this.#minutes.set(start, made);
    for (const [oldest] of this.#minutes) {
      if (this.#minutes.size <= KEPT_MINUTES) break;
      this.#minutes.delete(oldest);
    }
    return made;
  }
}

const NONE: Dimensions = {};
