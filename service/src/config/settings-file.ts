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

/** A settings file that cannot be read or used. One sentence or more say why and quote nothing of the file. */
export class SettingsFileError extends Error {
  override readonly name = 'SettingsFileError';
}

/** A settings file, given itself or its folder; undefined: there is none. */
export async function findSettingsFile(path: string): Promise<string | undefined> {
  for (const candidate of settingsFileCandidates('.', path)) {
    if (await isFile(candidate)) return candidate;
  }
  return undefined;
}

/** The places where `findSettingsFile` looks for a path that may be relative to a folder. */
export function settingsFileCandidates(folder: string, path: string): readonly [file: string, fileInFolder: string] {
  const absolute = resolve(folder, path);
  return [absolute, join(absolute, SETTINGS_FILE_NAME)];
}

/** Text of a file; undefined: there is no such file. */
export async function readSettingsText(path: string): Promise<string | undefined> {
  try {
    const { size } = await stat(path);
    if (size > SETTINGS_BYTES_MAX) throw new SettingsFileError(`It is larger than ${SETTINGS_BYTES_MAX} bytes.`);
    return await readFile(path, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    if (error instanceof SettingsFileError) throw error;
    throw new SettingsFileError(`It cannot be read (${codeOf(error) ?? String(error)}).`, { cause: error });
  }
}

/** @throws SettingsFileError */
export function parseSettings(text: string): UpstreamSettings {
  const read = readUpstreamSettings(parse(text));
  if ('problem' in read) throw new SettingsFileError(read.problem);
  return read.settings;
}

/**
 * Writes the default settings, and the folder. Gives false when there is a file that must not be replaced.
 *
 * @throws SettingsFileError when it cannot be written.
 */
export async function writeDefaultSettings(path: string, { replaces }: { replaces: boolean }): Promise<boolean> {
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, `${JSON.stringify(DEFAULT_SETTINGS, null, 2)}\n`, { flag: replaces ? 'w' : 'wx' });
    return true;
  } catch (error) {
    if (!replaces && codeOf(error) === 'EEXIST' && (await isFile(path))) return false;
    throw new SettingsFileError(`'${path}' cannot be written (${codeOf(error) ?? String(error)}).`, { cause: error });
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
