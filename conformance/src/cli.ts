#!/usr/bin/env node
import { CATALOGUE } from './catalogue.ts';
import { hasDotnet } from './dotnet/dotnet-build.ts';
import { NO_EXPECTED_FAILURES, readExpectedFailures } from './expected-failures.ts';
import { PROVEN } from './faults/all-faults.ts';
import { type Command, HELP, readCommand, UsageError } from './options.ts';
import { coverageTable } from './report/coverage.ts';
import { isRunRed, linesOf, paletteFor, summary } from './report/text.ts';
import { run } from './run.ts';
import { plan } from './selection.ts';
import type { TargetOptions } from './target.ts';

const EVERYTHING = { serviceMode: 'Default', features: [], costs: [] } as const;

try {
  process.exitCode = await follow(readCommand(process.argv.slice(2), process.env));
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  console.error(`error: ${error.message} See --help.`);
  process.exitCode = 2;
}

/** Gives the exit code. */
async function follow(command: Command): Promise<number> {
  switch (command.do) {
    case 'help':
      console.log(HELP);
      return 0;
    case 'list':
      for (const { check } of plan(CATALOGUE, command.selection, EVERYTHING)) {
        console.log(`${check.id}\n    ${check.requires} (${check.source})`);
      }
      return 0;
    case 'coverage':
      console.log(coverageTable(plan(CATALOGUE, command.selection, EVERYTHING).map(({ check }) => check)));
      return 0;
    case 'run':
      return runAll(command);
  }
}

/** The .NET client is a judge wherever there is .NET. */
function withDotnet(target: TargetOptions): TargetOptions {
  const others = target.features.filter((feature) => feature !== 'dotnet-client');
  return { ...target, features: hasDotnet() ? [...others, 'dotnet-client'] : others };
}

async function runAll({
  target,
  selection,
  files,
  expectedFailures,
}: Extract<Command, { do: 'run' }>): Promise<number> {
  const palette = paletteFor(process.stdout.isTTY);
  const expected =
    expectedFailures === undefined
      ? NO_EXPECTED_FAILURES
      : readExpectedFailures(expectedFailures, new Set(CATALOGUE.map(({ id }) => id)));
  const ended = (result: Parameters<typeof linesOf>[0]) => {
    const lines = linesOf(result, expected, palette);
    if (lines !== undefined) console.log(lines);
  };
  const results = await run({ target: withDotnet(target), selection, files, ended });
  console.log(`\n${summary(results, expected, palette)}`);
  const unproven = results.filter(({ check }) => !PROVEN.has(check.id)).map(({ check }) => check.id);
  if (unproven.length > 0) console.log(`never seen to fail: ${unproven.join(', ')}`);
  return isRunRed(results, expected) ? 1 : 0;
}
