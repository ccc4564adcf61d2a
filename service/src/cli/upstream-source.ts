// Where a command takes upstream settings from: a settings.json as the official emulator reads it (upstream-and-emulator
// 4.1), found or named, and the environment for secrets.

import {
  findSettingsFile,
  parseSettings,
  readSettingsText,
  SettingsFileError,
  settingsFileCandidates,
} from '../config/settings-file.ts';
import { SettingsFileWatch } from '../config/settings-file-watch.ts';
import { describeTemplate, type UpstreamSettings } from '../config/upstream-settings.ts';
import type { SecretLookup } from '../config/url-template.ts';
import type { ServiceEventListener } from '../log/events.ts';
import type { Service } from '../service.ts';

const NO_SETTINGS: UpstreamSettings = { templates: [], secrets: {}, isGiven: false };

/** A settings file as it was read; without text when there is none. */
export interface LoadedSettings {
  readonly path: string;
  readonly text: string | undefined;
  readonly settings: UpstreamSettings;
}

/**
 * Reads settings. `config`: a file or a folder that must hold them; without it they are looked for in `workingFolder` and
 * may be missing.
 *
 * @throws SettingsFileError with sentences that name the file.
 */
export async function loadSettings(config: string | undefined, workingFolder: string): Promise<LoadedSettings> {
  const [file, fileInFolder] = settingsFileCandidates(workingFolder, config ?? '.');
  const path = await findSettingsFile(file);
  if (path === undefined && config !== undefined) {
    throw new SettingsFileError(
      `There is no settings file at '${file}' or '${fileInFolder}'. Name another with --config, or write one: signalite upstream init -o <folder>`,
    );
  }
  if (path === undefined) return { path: fileInFolder, text: undefined, settings: NO_SETTINGS };
  try {
    const text = await readSettingsText(path);
    return { path, text, settings: text === undefined ? NO_SETTINGS : parseSettings(text) };
  } catch (error) {
    if (!(error instanceof SettingsFileError)) throw error;
    throw new SettingsFileError(`The settings file '${path}' cannot be used. ${error.message}`, { cause: error });
  }
}

/** Settings that a running service follows. */
export class UpstreamSource {
  readonly loaded: LoadedSettings;
  readonly #variables: Readonly<Record<string, string | undefined>>;
  #secrets: Readonly<Record<string, string>>;

  constructor(loaded: LoadedSettings, variables: Readonly<Record<string, string | undefined>>) {
    this.loaded = loaded;
    this.#variables = variables;
    this.#secrets = loaded.settings.secrets;
  }

  /** The file's own secrets first, then the environment: `func-key` is `FUNC_KEY`. */
  readonly secretOf: SecretLookup = (name) => {
    if (Object.hasOwn(this.#secrets, name)) return this.#secrets[name];
    const variable = this.#variables[name.toUpperCase().replaceAll('-', '_')];
    return variable === '' ? undefined : variable;
  };

  /** Hands changes of the file to the service until it is closed. */
  follow(service: Pick<Service, 'changeUpstream'>, tell: ServiceEventListener): SettingsFileWatch {
    const { path: file, text } = this.loaded;
    const watch = new SettingsFileWatch(
      file,
      {
        changed: ({ templates, secrets }) => {
          this.#secrets = secrets;
          service.changeUpstream(templates);
          tell({ name: 'settingsFileReloaded', file, upstream: templates.map(describeTemplate) });
        },
        broken: (reason) => tell({ name: 'settingsFileBroken', file, reason }),
      },
      { text },
    );
    watch.start();
    return watch;
  }
}
