import path from 'node:path';
import type { DriverTask, Load, LoadResult } from '../driver/load.ts';
import { BenchProcess } from '../machine/child-process.ts';
import type { Target } from '../targets/target.ts';
import type { Workspace } from '../targets/workspace.ts';

const CONNECT_AND_DRAIN_MS = 120_000;
const RESULT = /^result:(.*)$/m;

/** Runs one measurement in a driver process on the driver's core. A target that ends meanwhile is an error. */
export async function drive({ root, cores }: Workspace, target: Target, load: Load): Promise<LoadResult> {
  const task: DriverTask = { load, endpoint: target.endpoint, processes: target.processes };
  const driver = new BenchProcess({
    name: 'The driver',
    command: [process.execPath, path.join(root, 'bench/dist/driver/driver.js'), JSON.stringify(task)],
    core: cores.driver,
  });
  const { settleMs, warmupMs, durationMs } = load;
  try {
    const deadlineMs = settleMs + warmupMs + durationMs + CONNECT_AND_DRAIN_MS;
    const output = await target.during(driver.untilDone(deadlineMs));
    const result: LoadResult = JSON.parse(RESULT.exec(output)?.[1] ?? '');
    return result;
  } finally {
    await driver.stop();
  }
}
