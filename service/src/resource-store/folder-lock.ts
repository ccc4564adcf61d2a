import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const LOCK_FILE = 'process.lock';
const TRIES = 3;

/** Whether this process may write to a state folder. */
export type FolderLock =
  | { readonly isHeld: true; release(): Promise<void> }
  | { readonly isHeld: false; readonly by: number | undefined; readonly reason: string };

/**
 * Takes a state folder for this process: two that write to it would undo each other's changes. The lock of a process
 * that is no more is taken over.
 */
export async function lockFolder(folder: string, processId = process.pid): Promise<FolderLock> {
  const path = join(folder, LOCK_FILE);
  try {
    await mkdir(folder, { recursive: true });
    for (let tries = 0; tries < TRIES; tries++) {
      if (await tryToWrite(path, processId)) return { isHeld: true, release: () => rm(path, { force: true }) };
      const holder = Number.parseInt(await readFile(path, 'utf8'), 10);
      if (holder !== processId && isAlive(holder)) {
        return {
          isHeld: false,
          by: holder,
          reason: `Process ${holder} uses it. If that is no signalite, remove ${path}.`,
        };
      }
      await rm(path, { force: true });
    }
    return { isHeld: false, by: undefined, reason: `Others take ${path} at the same time.` };
  } catch (error) {
    return { isHeld: false, by: undefined, reason: error instanceof Error ? error.message : String(error) };
  }
}

async function tryToWrite(path: string, processId: number): Promise<boolean> {
  try {
    await writeFile(path, `${processId}\n`, { flag: 'wx' });
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

function isAlive(processId: number): boolean {
  if (!Number.isInteger(processId) || processId <= 0) return false;
  try {
    process.kill(processId, 0);
    return true;
  } catch (error) {
    // Somebody else's process is alive, too.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
