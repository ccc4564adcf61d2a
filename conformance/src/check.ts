import type { Stage } from './stage.ts';

export const SERVICE_MODES = ['Default', 'Serverless', 'Classic'] as const;
export type ServiceMode = (typeof SERVICE_MODES)[number];

/** What a target may or may not offer; a check that needs one is left out, by name, where it is not claimed. */
export const FEATURES = [
  'stateful-reconnect',
  'entra',
  'upstream',
  'on-demand',
  'flow-control',
  'dotnet-client',
] as const;
export type Feature = (typeof FEATURES)[number];

/** Why a check is left out unless asked for: it waits for long, or fills limits that cost money at a real service. */
export type Cost = 'minutes' | 'money';

/** One requirement, and how to find out. */
export interface Check {
  /** `area.subject.requirement`, for ever. */
  readonly id: string;
  /** One sentence: what is required. */
  readonly requires: string;
  /** Where that is written: document and section, such as `client-protocol 5.3`. */
  readonly source: string;
  /** `should`: a failure is a warning. Default `must`. */
  readonly severity?: 'must' | 'should';
  /** Service modes in which it is required. Default: all. */
  readonly modes?: readonly ServiceMode[];
  readonly needs?: readonly Feature[];
  readonly cost?: Cost;
  /** Throws a `Violation` when the target does otherwise. */
  readonly run: (stage: Stage) => Promise<void>;
}

/** Checks of one area, with what they share. */
export function area(
  name: string,
  shared: Pick<Check, 'modes' | 'needs'>,
  checks: readonly (Omit<Check, 'id'> & { readonly id: string })[],
): readonly Check[] {
  return checks.map((check) => ({ ...shared, ...check, id: `${name}.${check.id}` }));
}
