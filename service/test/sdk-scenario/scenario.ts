import type { Stage } from './stage.ts';

/** Which messages an SDK speaks (service-protocol 10.2). */
export type SdkGeneration = 'old' | 'new';

/** A scripted play for an app. */
export interface Scenario {
  readonly name: string;
  readonly play: (stage: Stage) => Promise<void>;
  /**
   * What clients must see where the service does not do as Kestrel does. Absent: exactly what they see when the app
   * runs on Kestrel.
   */
  readonly expected?: (generation: SdkGeneration) => readonly string[];
  /** Play it against two processes of the app too. Default false. */
  readonly onTwo?: boolean;
  /** Play it against two processes of the app only. Default false. */
  readonly needsTwo?: boolean;
  /** What the app's processes get in their environment, beside what the set-up says. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Which of these plays is written down as well. Default: none. */
  readonly recordedOnTwo?: 'any-server' | 'sticky';
}
