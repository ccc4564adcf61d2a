/** How long a fresh target is kept busy before its figures count. */
export interface WarmUp {
  readonly connections: number;
  /** .NET compiles its hot code again after a while: it needs longer. */
  readonly dotnetMs: number;
  readonly otherMs: number;
}

/** How big and how long everything is. */
export interface Scale {
  readonly rounds: number;
  /** A measurement that other work disturbed is taken again, up to so many times in all. */
  readonly attempts: number;
  readonly connections: number;
  readonly idleConnections: number;
  readonly stormConnections: number;
  readonly settleMs: number;
  readonly idleSettleMs: number;
  readonly warmupMs: number;
  readonly durationMs: number;
  readonly warmUp: WarmUp;
}

/** What figures to quote are taken with. */
export const FULL_SCALE: Scale = {
  rounds: 3,
  attempts: 3,
  connections: 1000,
  idleConnections: 10_000,
  stormConnections: 3000,
  settleMs: 500,
  idleSettleMs: 10_000,
  warmupMs: 3000,
  durationMs: 6000,
  warmUp: { connections: 100, dotnetMs: 8000, otherMs: 3000 },
};

/** A smoke: everything runs once, for a moment. */
export const QUICK_SCALE: Scale = {
  rounds: 1,
  attempts: 1,
  connections: 200,
  idleConnections: 500,
  stormConnections: 500,
  settleMs: 0,
  idleSettleMs: 200,
  warmupMs: 300,
  durationMs: 600,
  warmUp: { connections: 20, dotnetMs: 500, otherMs: 200 },
};
