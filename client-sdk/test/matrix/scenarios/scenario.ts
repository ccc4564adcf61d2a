import type { Setting } from '../person.ts';

export interface MatrixScenario {
  readonly name: string;
  /** Gives lines of what its people saw. They must not depend on time, nor on what ids are. */
  play(setting: Setting): Promise<string[]>;
}
