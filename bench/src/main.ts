// npm run bench

import { HELP } from './help.ts';
import { dropAll } from './machine/child-process.ts';
import { readCommandLine } from './options.ts';
import { createStyle } from './report/style.ts';
import { runBench } from './run/bench.ts';

const commandLine = readCommandLine(process.argv.slice(2));
if (commandLine.wants === 'help') process.stdout.write(HELP);
else if (commandLine.wants === 'nothing') {
  process.stderr.write(`error: ${commandLine.problem}\n(npm run bench -- --help lists what there is)\n`);
  process.exitCode = 2;
} else {
  // What was started ends with this process, however it ends.
  process.once('SIGINT', () => process.exit(130));
  process.once('SIGTERM', () => process.exit(143));
  const { dim } = createStyle(process.stderr.isTTY, process.env);
  try {
    const faults = await runBench(commandLine.options, {
      write: (text) => process.stdout.write(text),
      progress: (text) => process.stderr.write(`${dim(`… ${text}`)}\n`),
      style: createStyle(process.stdout.isTTY, process.env),
    });
    for (const fault of faults) process.stderr.write(`error: ${fault}\n`);
    if (faults.length > 0) process.exitCode = 1;
  } catch (error) {
    process.stderr.write(`error: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  } finally {
    dropAll();
  }
}
