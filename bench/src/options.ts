import { existsSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { GOALS, type GoalId } from './experiments/experiment.ts';
import { sdkDirProblem } from './targets/dotnet-hub.ts';

export interface BenchOptions {
  readonly isQuick: boolean;
  readonly goals: ReadonlySet<GoalId>;
  /** Undefined: as many as the scale has. */
  readonly rounds: number | undefined;
  readonly sdkDir: string | undefined;
  readonly emulator: string | undefined;
  readonly before: string | undefined;
  readonly jsonFile: string | undefined;
}

/** What the command line asks for. */
export type CommandLine =
  | { readonly wants: 'help' }
  | { readonly wants: 'run'; readonly options: BenchOptions }
  | { readonly wants: 'nothing'; readonly problem: string };

export function readCommandLine(argv: readonly string[]): CommandLine {
  try {
    const { values } = parseArgs({
      args: [...argv],
      options: {
        help: { type: 'boolean', short: 'h' },
        quick: { type: 'boolean' },
        only: { type: 'string' },
        rounds: { type: 'string' },
        'sdk-dir': { type: 'string' },
        emulator: { type: 'string' },
        before: { type: 'string' },
        json: { type: 'string' },
      },
    });
    if (values.help === true) return { wants: 'help' };
    return {
      wants: 'run',
      options: {
        isQuick: values.quick === true,
        goals: readGoals(values.only),
        rounds: readRounds(values.rounds),
        sdkDir: checked('--sdk-dir', values['sdk-dir'], sdkDirProblem),
        emulator: values.emulator,
        before: checked('--before', values.before, beforeProblem),
        jsonFile: values.json,
      },
    };
  } catch (error) {
    // Both parseArgs and the readers below explain themselves.
    return { wants: 'nothing', problem: error instanceof Error ? error.message : String(error) };
  }
}

function readGoals(text: string | undefined): ReadonlySet<GoalId> {
  if (text === undefined) return new Set(GOALS);
  const names = text.split(',').map((name) => name.trim().toUpperCase());
  const unknown = names.find((name) => !GOALS.some((goal) => goal === name));
  if (unknown !== undefined) throw new Error(`--only: there is no goal '${unknown}'. There are ${GOALS.join(', ')}.`);
  return new Set(GOALS.filter((goal) => names.includes(goal)));
}

function readRounds(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const rounds = Number(text);
  if (!Number.isInteger(rounds) || rounds < 1) throw new Error('--rounds must be a whole number from 1 on.');
  return rounds;
}

function checked(
  flag: string,
  folder: string | undefined,
  problemOf: (folder: string) => string | undefined,
): string | undefined {
  const problem = folder === undefined ? undefined : problemOf(folder);
  if (problem !== undefined) throw new Error(`${flag}: ${problem}`);
  return folder;
}

function beforeProblem(folder: string): string | undefined {
  const isBuilt = existsSync(path.join(folder, 'service/dist/cli.js'));
  return isBuilt ? undefined : `${folder} holds no built checkout (npm ci && npm run build there).`;
}
