import type { Check, Cost, Feature, ServiceMode } from './check.ts';

/** What is asked for. Empty lists ask for everything. */
export interface Selection {
  /** Ids; `*` stands for any characters. */
  readonly ids: readonly string[];
  readonly areas: readonly string[];
  readonly features: readonly Feature[];
}

/** What bears on whether a check can be made. */
export interface Circumstances {
  readonly serviceMode: ServiceMode;
  readonly features: readonly Feature[];
  readonly costs: readonly Cost[];
}

/** A check with the reason why it is left out; undefined: it is made. */
export interface Planned {
  readonly check: Check;
  readonly leftOut: string | undefined;
}

/** The first word of an id. */
export function areaOf({ id }: Pick<Check, 'id'>): string {
  return id.slice(0, id.indexOf('.'));
}

/** The checks that are asked for, each with what becomes of it. */
export function plan(checks: readonly Check[], selection: Selection, circumstances: Circumstances): Planned[] {
  return checks
    .filter((check) => isAsked(check, selection))
    .map((check) => ({ check, leftOut: leftOut(check, circumstances) }));
}

function isAsked(check: Check, { ids, areas, features }: Selection): boolean {
  if (ids.length > 0 && !ids.some((pattern) => matches(pattern, check.id))) return false;
  if (areas.length > 0 && !areas.includes(areaOf(check))) return false;
  return features.length === 0 || features.some((feature) => check.needs?.includes(feature));
}

function matches(pattern: string, id: string): boolean {
  const literal = pattern.split('*').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${literal.join('.*')}$`).test(id);
}

function leftOut({ modes, needs = [], cost }: Check, circumstances: Circumstances): string | undefined {
  const { serviceMode, features, costs } = circumstances;
  if (modes !== undefined && !modes.includes(serviceMode)) return `It is for ${modes.join(' and ')} mode.`;
  const missing = needs.filter((feature) => !features.includes(feature));
  if (missing.length > 0) return `It needs ${missing.join(' and ')}.`;
  if (cost !== undefined && !costs.includes(cost)) return `It costs ${cost}: ask with --include ${cost}.`;
  return undefined;
}
