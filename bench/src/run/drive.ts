import path from 'node:path';
import type { DriverTask, LoadResult } from '../driver/load.ts';
import { BenchProcess } from '../machine/child-process.ts';
import type { Workspace } from '../targets/workspace.ts';

const CONNECT_AND_DRAIN_MS = 120_000;
const RESULT = /^result:(.*)$/m;

/** Runs one measurement in a driver process on the driver's core. */
export async function drive({ root, cores }: Workspace, task: DriverTask): Promise<LoadResult> {
  const driver = new BenchProcess({
    command: [process.execPath, path.join(root, 'bench/dist/driver/driver.js'), JSON.stringify(task)],
    core: cores.driver,
  });
  const { settleMs, warmupMs, durationMs } = task.load;
  try {
    const output = await driver.untilDone(settleMs + warmupMs + durationMs + CONNECT_AND_DRAIN_MS);
    const result: LoadResult = JSON.parse(RESULT.exec(output)?.[1] ?? '');
    return result;
  } finally {
    await driver.stop();
  }
}
