import type { CorePlan } from '../machine/cores.ts';

/** Where everything is, and what all parts of a run share. */
export interface Workspace {
  /** Root of the repository. */
  readonly root: string;
  readonly cores: CorePlan;
  /** Tells people what takes its time. */
  readonly progress: (text: string) => void;
}
