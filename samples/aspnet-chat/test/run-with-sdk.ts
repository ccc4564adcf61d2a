// npm run test:sdk: the real SDK through our service, beside Kestrel.
import { mkdir, writeFile } from 'node:fs/promises';
import type { Scenario } from '../../../service/test/sdk-scenario/scenario.ts';
import { APPS } from './app-under-test.ts';
import { buildApp } from './build-app.ts';
import { firstDifference } from './differences.ts';
import { type Play, playOnKestrel, playOnService, record, type ServiceSetup } from './play.ts';
import { HELP, type RunOptions, readRunOptions, UsageError } from './run-options.ts';

const TRANSCRIPTS = new URL('../../../conformance/recordings/', import.meta.url);
const SETUPS: readonly ServiceSetup[] = [
  { processes: 1, serverConnections: 1 },
  { processes: 1, serverConnections: 5 },
];
const SETUPS_OF_TWO: readonly ServiceSetup[] = [
  { processes: 2, serverConnections: 5 },
  { processes: 2, serverConnections: 1, isSticky: true },
];

try {
  const options = readRunOptions(process.argv.slice(2));
  if (options === undefined) console.log(HELP);
  else process.exitCode = (await run(options)) ? 0 : 1;
} catch (error) {
  console.error(error instanceof UsageError ? `error: ${error.message} See --help.` : error);
  process.exitCode = error instanceof UsageError ? 2 : 1;
}

/** True when clients saw what they should everywhere. */
async function run(options: RunOptions): Promise<boolean> {
  const counts = { equal: 0, different: 0 };
  for (const app of APPS) {
    const scenarios = app.scenarios.filter(({ name }) => name.includes(options.only));
    if (scenarios.length === 0) continue;
    console.log(`${app.name}: build with ${options.sdkDir}`);
    const dll = await buildApp(app, options);
    for (const scenario of scenarios) await runScenario({ app, dll, scenario }, options, counts);
  }
  console.log(`\n${options.sdkVersion}: ${counts.equal} equal, ${counts.different} different`);
  return counts.different === 0 && counts.equal > 0;
}

async function runScenario(
  play: Play,
  options: RunOptions,
  counts: { equal: number; different: number },
): Promise<void> {
  const { app, scenario } = play;
  const onKestrel = scenario.expected === undefined ? await playOnKestrel(play) : undefined;
  for (const setup of setupsOf(scenario)) {
    const { difference, told } = await compared(play, setup, onKestrel);
    counts[difference === '' ? 'equal' : 'different'] += 1;
    const result = difference === '' ? `equal (${told} lines)` : `DIFFERENT\n${difference}`;
    console.log(`${app.name}  ${scenario.name.padEnd(15)} ${describe(setup).padEnd(40)} ${result}`);
  }
  if (!options.isRecording) return;
  const processes = scenario.needsTwo === true ? 2 : 1;
  await recordTo(`${options.sdkVersion}/${scenario.name}.jsonl`, play, { processes });
  if (scenario.recordedOnTwo === undefined) return;
  const isSticky = scenario.recordedOnTwo === 'sticky';
  await recordTo(`${options.sdkVersion}/${scenario.name}-two-apps.jsonl`, play, { processes: 2, isSticky });
}

function setupsOf({ needsTwo, onTwo }: Scenario): readonly ServiceSetup[] {
  // Clients that must stay with one app server cannot move to another.
  if (needsTwo === true) return SETUPS_OF_TWO.filter(({ isSticky }) => isSticky !== true);
  return onTwo === true ? [...SETUPS, ...SETUPS_OF_TWO] : SETUPS;
}

/** A scenario that does not come to its end is a difference too. */
async function compared(play: Play, setup: ServiceSetup, onKestrel: readonly string[] | undefined) {
  try {
    const { lines, generation } = await playOnService(play, setup);
    const expected = onKestrel ?? play.scenario.expected?.(generation) ?? [];
    return { difference: firstDifference(expected, lines), told: lines.length };
  } catch (error) {
    return { difference: String(error), told: 0 };
  }
}

function describe({ processes, serverConnections, isSticky = false }: ServiceSetup): string {
  const apps = processes === 1 ? '1 app server' : `${processes} app servers`;
  const connections = serverConnections === 1 ? '1 connection' : `${serverConnections} connections`;
  return `${apps}, ${connections}${isSticky ? ', sticky, named' : ''}`;
}

async function recordTo(file: string, play: Play, setup: Parameters<typeof record>[1]): Promise<void> {
  const lines = await record(play, setup);
  const target = new URL(file, TRANSCRIPTS);
  await mkdir(new URL('.', target), { recursive: true });
  await writeFile(target, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  console.log(`  recorded ${file}: ${lines.length} lines`);
}
