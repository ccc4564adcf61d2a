import { readdirSync, readFileSync } from 'node:fs';
import { SERVICE_MODES, type ServiceMode } from '../check.ts';
import type { RecordedLine } from './recorded-line.ts';

// Beside `src` and beside `dist`.
const FOLDER = new URL('../../recordings/', import.meta.url);

/** One recording: what an SDK of one version did in one scenario. */
export interface Recording {
  /** `1.34.0/groups` */
  readonly name: string;
  readonly serviceMode: ServiceMode;
  /** `suffix`: behind the name of every hub, so that runs do not meet. */
  lines(suffix: string): readonly RecordedLine[];
}

/** Those of the SDK's versions that are there. */
export const RECORDINGS: readonly Recording[] = readdirSync(FOLDER, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .flatMap(({ name: version }) =>
    readdirSync(new URL(`${version}/`, FOLDER)).map((file) => ({
      name: `${version}/${file.replace('.jsonl', '')}`,
      serviceMode: modeOf(file),
      lines: (suffix: string) => read(new URL(`${version}/${file}`, FOLDER), suffix),
    })),
  );

/** The name says on what service it was recorded; most are of Default mode. */
function modeOf(file: string): ServiceMode {
  return SERVICE_MODES.find((mode) => file.startsWith(`management-${mode.toLowerCase()}-`)) ?? 'Default';
}

function read(file: URL, suffix: string): readonly RecordedLine[] {
  return readFileSync(file, 'utf8')
    .replaceAll(/hub=[\w.]+|\/api\/hubs\/\w+/g, `$&${suffix}`)
    .split('\n')
    .filter((line) => line !== '')
    .map((line): RecordedLine => JSON.parse(line));
}
