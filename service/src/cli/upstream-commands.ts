// `signalite upstream …`: the official emulator's verbs for its settings file (upstream-and-emulator 4.1).

import { SETTINGS_FILE_NAME, settingsFileCandidates, writeDefaultSettings } from '../config/settings-file.ts';
import type { UpstreamTemplate } from '../config/upstream-settings.ts';
import { loadSettings } from './upstream-source.ts';

export interface UpstreamCommandEnvironment {
  readonly write: (text: string) => void;
  readonly workingFolder: string;
  /** Asks for one key; an empty text when nobody is there to press one. */
  readonly askForKey: (question: string) => Promise<string>;
}

/** Writes default settings into a folder. A file that is there is replaced only by who says `y`. */
export async function initUpstream(output = '.', { write, workingFolder, askForKey }: UpstreamCommandEnvironment) {
  const [, path] = settingsFileCandidates(workingFolder, output);
  if (!(await writeDefaultSettings(path, { replaces: false }))) {
    const key = await askForKey(`'${path}' is there already. Replace it with the default settings? (y/N) `);
    write('\n');
    if (key.toLowerCase() !== 'y') {
      write('It stays as it is.\n');
      return;
    }
    await writeDefaultSettings(path, { replaces: true });
  }
  write(`Wrote default upstream settings to '${path}'.\n`);
}

/** Prints upstream settings, in full: they are the user's own. */
export async function listUpstream(config: string | undefined, { write, workingFolder }: UpstreamCommandEnvironment) {
  const { path, text, settings } = await loadSettings(config, workingFolder);
  if (text === undefined) {
    write(`There is no ${SETTINGS_FILE_NAME} here, so there are no upstreams. Write one: signalite upstream init\n`);
    return;
  }
  write(`Upstream settings of '${path}':\n${settings.templates.map(lineOf).join('')}`);
}

/** As the official emulator prints it. */
function lineOf(template: UpstreamTemplate, index: number): string {
  const { urlTemplate, hubPattern = '*', categoryPattern = '*', eventPattern = '*' } = template;
  const patterns = `event:'${eventPattern ?? ''}',hub:'${hubPattern ?? ''}',category:'${categoryPattern ?? ''}'`;
  return `[${index}]${urlTemplate}(${patterns})\n`;
}
