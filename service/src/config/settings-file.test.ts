import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  findSettingsFile,
  parseSettings,
  readSettingsText,
  SettingsFileError,
  writeDefaultSettings,
} from './settings-file.ts';

let folder = '';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'signalite-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

describe('a settings file is found', () => {
  test('in a folder', async () => {
    const path = join(folder, 'settings.json');
    await writeFile(path, '{}');
    expect(await findSettingsFile(folder)).toBe(path);
  });

  test('under any name of its own', async () => {
    const path = join(folder, 'upstream.json');
    await writeFile(path, '{}');
    expect(await findSettingsFile(path)).toBe(path);
  });

  test('nowhere when there is none', async () => {
    await mkdir(join(folder, 'empty', 'settings.json'), { recursive: true });
    expect(await findSettingsFile(join(folder, 'empty'))).toBeUndefined();
    expect(await findSettingsFile(join(folder, 'missing'))).toBeUndefined();
  });
});

describe('default settings', () => {
  test('are those of the official emulator, in a folder that need not be there', async () => {
    const path = join(folder, 'new', 'settings.json');
    expect(await writeDefaultSettings(path, { replaces: false })).toBe(true);
    const text = await readFile(path, 'utf8');
    expect(JSON.parse(text)).toEqual({
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
    });
    expect(parseSettings(text)).toMatchObject({ isGiven: true, templates: [{ hubPattern: '*' }] });
  });

  test('replace a file only when they may', async () => {
    const path = join(folder, 'settings.json');
    await writeFile(path, 'mine');
    expect(await writeDefaultSettings(path, { replaces: false })).toBe(false);
    expect(await readFile(path, 'utf8')).toBe('mine');
    expect(await writeDefaultSettings(path, { replaces: true })).toBe(true);
    expect(await readFile(path, 'utf8')).toContain('UpstreamSettings');
  });
});

test('a folder that cannot be is told of', async () => {
  await writeFile(join(folder, 'file'), '');
  const path = join(folder, 'file', 'settings.json');
  const error = new SettingsFileError(`'${path}' cannot be written (EEXIST).`);
  await expect(writeDefaultSettings(path, { replaces: false })).rejects.toThrow(error);
});

test('text is read; what is not there has none', async () => {
  const path = join(folder, 'settings.json');
  expect(await readSettingsText(path)).toBeUndefined();
  await writeFile(path, '{} // é');
  expect(await readSettingsText(path)).toBe('{} // é');
});

test('what cannot be read says so', async () => {
  await expect(readSettingsText(folder)).rejects.toThrow(new SettingsFileError('It cannot be read (EISDIR).'));
  const path = join(folder, 'settings.json');
  await writeFile(path, ' '.repeat(1024 * 1024 + 1));
  await expect(readSettingsText(path)).rejects.toThrow(new SettingsFileError('It is larger than 1048576 bytes.'));
});

test.each([
  { text: '{\n  "UpstreamSettings": ', message: 'It is not JSON at line 2, column 23.' },
  { text: '{"UpstreamSettings":5}', message: 'The member upstreamSettings must be an object.' },
])('$text cannot be used', ({ text, message }) => {
  expect(() => parseSettings(text)).toThrow(new SettingsFileError(message));
});
