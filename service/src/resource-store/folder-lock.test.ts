import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { lockFolder } from './folder-lock.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'signalite-lock-'));
});
afterEach(() => rm(folder, { recursive: true }));

const lockFile = () => join(folder, 'process.lock');

/** Of a process that has ended. */
function endedProcessId(): number {
  return spawnSync(process.execPath, ['--version']).pid;
}

describe('a state folder', () => {
  test('is of the process that took it, until it lets go', async () => {
    const lock = await lockFolder(folder);
    expect(lock.isHeld).toBe(true);
    expect(await readFile(lockFile(), 'utf8')).toBe(`${process.pid}\n`);
    if (lock.isHeld) await lock.release();
    await expect(readFile(lockFile())).rejects.toThrow('ENOENT');
  });

  test('of another process that lives is left to it', async () => {
    await writeFile(lockFile(), `${process.ppid}\n`);
    expect(await lockFolder(folder)).toEqual({
      isHeld: false,
      by: process.ppid,
      reason: `Process ${process.ppid} uses it. If that is no signalite, remove ${lockFile()}.`,
    });
    expect(await readFile(lockFile(), 'utf8')).toBe(`${process.ppid}\n`);
  });

  test.each([
    ['a process that has ended', () => `${endedProcessId()}\n`],
    ['nobody', () => 'what is this'],
    ['a process that died while it wrote', () => ''],
  ])('of %s is taken over', async (_, text) => {
    await writeFile(lockFile(), text());
    expect((await lockFolder(folder)).isHeld).toBe(true);
    expect(await readFile(lockFile(), 'utf8')).toBe(`${process.pid}\n`);
  });

  test('that cannot be made says why', async () => {
    await writeFile(join(folder, 'file'), '');
    expect(await lockFolder(join(folder, 'file', 'state'))).toMatchObject({ isHeld: false, by: undefined });
  });
});
