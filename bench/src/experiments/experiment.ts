// What is measured for which goal. Goals are those of the project's performance goals, by their numbers.

import type { Load, LoadResult } from '../driver/load.ts';
import type { TargetName } from '../targets/target.ts';

export const GOALS = ['P1', 'P2', 'P3', 'P4', 'P5', 'P6', 'P7', 'P8', 'P9', 'P11', 'P12', 'P16', 'P17'] as const;
export type GoalId = (typeof GOALS)[number];

/** What all targets gave in one round, back to back. */
export type Round = ReadonlyMap<TargetName, LoadResult>;

/** A number taken from a round. */
export interface RoundFigure {
  /** Whose results it needs. */
  readonly targets: readonly TargetName[];
  /** Undefined when one of them is absent. */
  readonly value: (round: Round) => number | undefined;
}

/** A figure, and where it must be. */
export interface Bound {
  /** What the number is, in words. */
  readonly what: string;
  readonly unit: 'x' | 'us' | 'ms' | 'KB' | '/s';
  readonly figure: RoundFigure;
  /** Left out: the figure is shown, and no goal depends on it. */
  readonly must?: Limit;
  /** Better than it must be. */
  readonly stretch?: Limit;
}

export type Limit = { readonly atMost: number } | { readonly atLeast: number };

/** One line of a goal. Several bounds: one of them is enough. */
export interface Criterion {
  readonly goal: GoalId;
  readonly bounds: readonly Bound[];
}

/** One load on several targets. */
export interface Experiment {
  readonly title: string;
  readonly load: Load;
  /** Which goals need which target. */
  readonly targets: Readonly<Partial<Record<TargetName, readonly GoalId[]>>>;
  readonly criteria: readonly Criterion[];
  /** Every measurement on a process that has just started. */
  readonly isCold?: boolean;
}
