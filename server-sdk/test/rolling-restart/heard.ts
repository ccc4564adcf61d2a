import type { Talker } from './talker.ts';

/** What listeners heard of what was said. */
export interface Heard {
  readonly deliveries: number;
  readonly missing: number;
  readonly doubled: number;
  /** Numbers that came after a greater one of the same talker. */
  readonly outOfOrder: number;
}

/** Compares what every one of `talkers` heard with what all of its room said. */
export function compareHeard(talkers: readonly Talker[]): Heard {
  const sum = { deliveries: 0, missing: 0, doubled: 0, outOfOrder: 0 };
  for (const listener of talkers) {
    for (const { id, said } of talkers.filter(({ room }) => room === listener.room)) {
      const numbers = listener.heard.get(id) ?? [];
      const distinct = new Set(numbers).size;
      sum.deliveries += numbers.length;
      sum.missing += said - distinct;
      sum.doubled += numbers.length - distinct;
      sum.outOfOrder += numbers.filter((number, index) => number < (numbers[index - 1] ?? 0)).length;
    }
  }
  return sum;
}
