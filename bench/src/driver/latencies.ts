import type { LatencyFigures } from './load.ts';

const SAMPLES_MAX = 2_000_000;

/** Keeps latencies in milliseconds and gives percentiles. */
export class Latencies {
  readonly #samples: number[] = [];

  add(ms: number): void {
    if (this.#samples.length < SAMPLES_MAX) this.#samples.push(ms);
  }

  reset(): void {
    this.#samples.length = 0;
  }

  /** All zero when there was none. */
  summary(): LatencyFigures {
    const sorted = Float64Array.from(this.#samples).sort();
    const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
    return { samples: sorted.length, p50: at(0.5), p99: at(0.99), max: at(1) };
  }
}
