// The driver's process: runs the task on its command line and prints what it found. It is a process of its own so that
// it has a core of its own, and so that nothing of an earlier measurement stays in memory.

import type { DriverTask } from './load.ts';
import { Measurement } from './measurement.ts';

/** Stands before the result on standard output. */
const RESULT_MARK = 'result:';

const task: DriverTask = JSON.parse(process.argv[2] ?? '{}');
const result = await new Measurement(task).run();
process.stdout.write(`${RESULT_MARK}${JSON.stringify(result)}\n`, () => {
  // Sockets of the clients close by themselves, one by one; the figures are out already.
  process.exit();
});
