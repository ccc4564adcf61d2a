// However a run ends, nothing that it started stays behind.

import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterEach, expect, test } from 'vitest';

/** Processes inherit it, so it finds children of children as well. */
const MARK = 'BENCH_TEST_RUN';
const RUN = path.join(import.meta.dirname, 'supervised-run.ts');

interface Run {
  readonly mark: string;
  readonly process: ChildProcessByStdio<null, Readable, Readable>;
}

const runs: Run[] = [];

afterEach(() => {
  for (const { mark } of runs.splice(0)) for (const pid of processesOf(mark)) process.kill(pid, 'SIGKILL');
});

function startRun(...args: readonly string[]): Run {
  const mark = randomUUID();
  const child = spawn(
    process.execPath,
    ['--conditions=@signalite/source', '--import', 'tsx', RUN, ...args],
    // A group of its own: a signal must reach the run alone.
    { detached: true, stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, [MARK]: mark } },
  );
  const run = { mark, process: child };
  runs.push(run);
  return run;
}

/** All that run with this mark; a process that has ended has no environment. */
function processesOf(mark: string): number[] {
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => pid > 0 && environmentOf(pid).includes(`${MARK}=${mark}`));
}

function environmentOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8');
  } catch {
    return ''; // gone meanwhile
  }
}

/** Waits until the server is there: the run, the server, its child and the server's guard. */
async function untilUp({ mark, process: { stdout } }: Run): Promise<void> {
  await once(stdout, 'data');
  await expect.poll(() => processesOf(mark).length, { timeout: 5000 }).toBeGreaterThanOrEqual(4);
}

async function endOf({ process: child }: Run): Promise<{ exitCode: unknown; said: string }> {
  const [said, [exitCode]] = await Promise.all([text(child.stderr), once(child, 'close')]);
  return { exitCode, said };
}

async function expectNothingStays({ mark }: Run): Promise<void> {
  await expect.poll(() => processesOf(mark), { timeout: 5000 }).toEqual([]);
}

test.each([
  ['success', 0, ''],
  ['problem', 1, 'error: 5 messages did not arrive.\n'],
  ['failure', 1, 'error: a measurement failed\n'],
  ['fault', 1, 'error: a callback failed\n'],
  ['death', 1, 'error: The server was ended by SIGKILL while it was needed. Its last lines:\nready\n'],
])('%s', async (ending, exitCode, said) => {
  const run = startRun(ending);
  expect(await endOf(run)).toEqual({ exitCode, said });
  await expectNothingStays(run);
});

test('deadline', async () => {
  const run = startRun('waiting', '1500');
  const { exitCode, said } = await endOf(run);
  expect(exitCode).toBe(1);
  expect(said).toContain('did not end within 1.5 s');
  await expectNothingStays(run);
});

test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('%s', async (signal) => {
  const run = startRun('waiting');
  await untilUp(run);
  run.process.kill(signal);
  const { exitCode, said } = await endOf(run);
  expect(exitCode).toBe(1);
  expect(said).toContain(`Interrupted by ${signal}`);
  await expectNothingStays(run);
});

test('SIGKILL, which the run itself cannot see', async () => {
  const run = startRun('waiting');
  await untilUp(run);
  run.process.kill('SIGKILL');
  await endOf(run);
  await expectNothingStays(run);
});
