import { fileURLToPath } from 'node:url';
import { startVitest, type TestCase, type TestModule, type Vitest } from 'vitest/node';
import { CATALOGUE } from './catalogue.ts';
import { dotnetClient } from './dotnet/dotnet-build.ts';
import type { Outcome, Result } from './result.ts';
import { type Planned, plan, type Selection } from './selection.ts';
import type { TargetOptions } from './target.ts';

const SIDE_BY_SIDE = 16;
const SUITE = fileURLToPath(new URL(`suite${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url));
const FOLDER = fileURLToPath(new URL('.', import.meta.url));

/** Files that Vitest's own reporters write. */
export interface ReportFiles {
  readonly json: string | undefined;
  readonly junit: string | undefined;
}

export interface RunRequest {
  readonly target: TargetOptions;
  readonly selection: Selection;
  readonly files: ReportFiles;
  /** Called as each check ends. */
  readonly ended: (result: Result) => void;
}

/** Makes the checks that are asked for; those that are left out are in the results, with the reason. */
export async function run({ target, selection, files, ended }: RunRequest): Promise<readonly Result[]> {
  const planned = plan(CATALOGUE, selection, target);
  const made = planned.filter(({ leftOut }) => leftOut === undefined).map(({ check }) => check.id);
  // Before the checks: it takes longer than one of them may.
  if (planned.some(({ check, leftOut }) => leftOut === undefined && check.needs?.includes('dotnet-client'))) {
    await dotnetClient().catch(ignoreHere);
  }
  const outcomes =
    made.length === 0
      ? new Map<string, Outcome>()
      : await runVitest(target, made, files, (id, outcome) => {
          const check = CATALOGUE.find((one) => one.id === id);
          if (check !== undefined) ended({ check, outcome });
        });
  return planned.map((one) => ({ check: one.check, outcome: outcomeOf(one, outcomes) }));
}

/** Each check that needs it says so. */
function ignoreHere(): void {}

function outcomeOf({ check, leftOut }: Planned, outcomes: ReadonlyMap<string, Outcome>): Outcome {
  if (leftOut !== undefined) return { status: 'left-out', reason: leftOut };
  const message = 'The runner ended before it was made.';
  return outcomes.get(check.id) ?? { status: 'could-not-test', milliseconds: 0, message };
}

async function runVitest(
  target: TargetOptions,
  checks: readonly string[],
  { json, junit }: ReportFiles,
  ended: (id: string, outcome: Outcome) => void,
): Promise<Map<string, Outcome>> {
  const outcomes = new Map<string, Outcome>();
  const collector = {
    onTestCaseResult(test: TestCase) {
      const outcome = outcomeOfTest(test);
      outcomes.set(test.name, outcome);
      ended(test.name, outcome);
    },
    onTestRunEnd(modules: readonly TestModule[]) {
      // A module that cannot even be loaded has no tests; it must not look like a run without faults.
      for (const error of modules.flatMap((module) => module.errors())) console.error(error.stack ?? error.message);
    },
  };
  const vitest: Vitest = await startVitest('test', [], {
    root: FOLDER,
    config: false,
    watch: false,
    cache: false,
    include: [SUITE],
    exclude: [],
    provide: { target, checks },
    maxConcurrency: SIDE_BY_SIDE,
    reporters: [collector, ...(json === undefined ? [] : ['json']), ...(junit === undefined ? [] : ['junit'])],
    outputFile: { ...(json === undefined ? {} : { json }), ...(junit === undefined ? {} : { junit }) },
  });
  await vitest.close();
  // Vitest marks the process red; the verdict is ours, which knows what is expected of the target.
  process.exitCode = 0;
  return outcomes;
}

function outcomeOfTest(test: TestCase): Outcome {
  const milliseconds = Math.round(test.diagnostic()?.duration ?? 0);
  const result = test.result();
  if (result.state === 'passed') return { status: 'passed', milliseconds };
  const [error] = result.errors ?? [];
  const message = error?.message ?? 'The check did not end.';
  return { status: error?.name === 'Violation' ? 'failed' : 'could-not-test', milliseconds, message };
}
