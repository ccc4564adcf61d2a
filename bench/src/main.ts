// npm run bench

import { HELP } from './help.ts';
import { type BenchOptions, readCommandLine } from './options.ts';
import { createStyle } from './report/style.ts';
import { runBench } from './run/bench.ts';
import { supervise } from './run/supervise.ts';

const QUICK_MS = 170_000;

const commandLine = readCommandLine(process.argv.slice(2));
if (commandLine.wants === 'help') process.stdout.write(HELP);
else if (commandLine.wants === 'nothing') {
  process.stderr.write(`error: ${commandLine.problem}\n(npm run bench -- --help lists what there is)\n`);
  process.exitCode = 2;
} else process.exit(await runSupervised(commandLine.options));

function runSupervised(options: BenchOptions): Promise<0 | 1> {
  const { dim } = createStyle(process.stderr.isTTY, process.env);
  const output = {
    write: (text: string) => process.stdout.write(text),
    progress: (text: string) => process.stderr.write(`${dim(`… ${text}`)}\n`),
    style: createStyle(process.stdout.isTTY, process.env),
  };
  return supervise(() => runBench(options, output), {
    deadlineMs: options.isQuick ? QUICK_MS : undefined,
    report: (problem) => process.stderr.write(`error: ${problem}\n`),
  });
}
