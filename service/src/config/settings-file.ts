// The official emulator's settings.json (upstream-and-emulator 1.1, 4.1): found, read and written.

import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { parseJsonWithComments } from './json-with-comments.ts';
import { readUpstreamSettings, type UpstreamSettings } from './upstream-settings.ts';

export const SETTINGS_FILE_NAME = 'settings.json';
const SETTINGS_BYTES_MAX = 1024 * 1024;

/** What `upstream init` writes, and the official emulator too: everything goes to an app on Azure Functions. */
const DEFAULT_SETTINGS = {
  UpstreamSettings: {
    Templates: [
      {
        UrlTemplate: 'http://localhost:7071/runtime/webhooks/signalr',
        EventPattern: '*',
        HubPattern: '*',
        CategoryPattern: '*',
      },
    ],
  },
} as const;

/** A settings file that cannot be read or used. The text says why, and quotes nothing of the file. */
export class SettingsFileError extends Error {
  override readonly name = 'SettingsFileError';
}

/** The absolute path of a settings file, given itself or its folder; undefined: there is none. */
export async function findSettingsFile(path: string): Promise<string | undefined> {
  for (const candidate of settingsFileCandidates(path)) {
    if (await isFile(candidate)) return candidate;
  }
  return undefined;
}

/** The places where `findSettingsFile` looks. */
export function settingsFileCandidates(path: string): readonly [string, string] {
  const absolute = resolve(path);
  return [absolute, join(absolute, SETTINGS_FILE_NAME)];
}

/** Text of a file; undefined: there is no such file. */
export async function readSettingsText(path: string): Promise<string | undefined> {
  try {
    const { size } = await stat(path);
    if (size > SETTINGS_BYTES_MAX) throw new SettingsFileError(`it is larger than ${SETTINGS_BYTES_MAX} bytes`);
    return await readFile(path, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    if (error instanceof SettingsFileError) throw error;
    throw new SettingsFileError(`it cannot be read (${codeOf(error) ?? String(error)})`, { cause: error });
  }
}

/** @throws SettingsFileError */
export function parseSettings(text: string): UpstreamSettings {
  const read = readUpstreamSettings(parse(text));
  if ('problem' in read) throw new SettingsFileError(read.problem);
  return read.settings;
}

/** Writes the default settings, and the folder. Gives false when there is a file that must not be replaced. */
export async function writeDefaultSettings(path: string, { replaces }: { replaces: boolean }): Promise<boolean> {
  await mkdir(dirname(path), { recursive: true });
  try {
    await writeFile(path, `${JSON.stringify(DEFAULT_SETTINGS, null, 2)}\n`, { flag: replaces ? 'w' : 'wx' });
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

function parse(text: string): unknown {
  try {
    return parseJsonWithComments(text);
  } catch (error) {
    if (error instanceof SyntaxError) throw new SettingsFileError(error.message, { cause: error });
    throw error;
  }
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile();
  } catch {
    return false; // whatever the reason, it cannot be read here
  }
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined;
}
