/** What was seen of a number within a time. */
export interface Sample {
  count: number;
  total: number;
  minimum: number;
  maximum: number;
}

export function sampleOf(value: number): Sample {
  return { count: 1, total: value, minimum: value, maximum: value };
}

export function addTo(sample: Sample, value: number): void {
  sample.count += 1;
  sample.total += value;
  if (value < sample.minimum) sample.minimum = value;
  if (value > sample.maximum) sample.maximum = value;
}

/** One sample of several. */
export function merged(samples: readonly Sample[]): Sample | undefined {
  const [first, ...others] = samples;
  if (first === undefined) return undefined;
  const all = { ...first };
  for (const { count, total, minimum, maximum } of others) {
    all.count += count;
    all.total += total;
    all.minimum = Math.min(all.minimum, minimum);
    all.maximum = Math.max(all.maximum, maximum);
  }
  return all;
}
