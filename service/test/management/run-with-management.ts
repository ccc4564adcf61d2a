// The real Management SDK against the service: every method of ServiceHubContext, and what comes of it.
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { inspect, parseArgs } from 'node:util';
import { type Service, startService } from 'signalite';
import type { TranscriptLine } from '../support/transcript-line.ts';
import { TranscriptRecorder } from '../support/transcript-recorder.ts';
import { ManagementApp } from './management-app.ts';
import { playManagement } from './management-scenario.ts';
import { ManagementStage } from './management-stage.ts';
import { nameOf, SET_UPS, type SetUp } from './set-up.ts';

const HELP = `Runs an app on the real Microsoft.Azure.SignalR.Management against the service of this repository: REST and server
connections, Serverless and Classic mode, and compares every result and what comes to every client.

  npm run test:management -- --sdk-dir <folder> [options]

  --sdk-dir <folder>      folder with the SDK's assemblies
  --only <part>           only set-ups with this text in their name
  --record <version>      write transcripts of some set-ups to conformance/recordings/<version>/
  --help

Needs the .NET SDK 10 (command dotnet) and its packages from NuGet. Ends with 0 when every line is right.
`;

const ASSEMBLY = 'Microsoft.Azure.SignalR.Management.dll';
/** One of each kind: what CI plays again. */
const RECORDED: readonly string[] = [
  'serverless-transient-default',
  'serverless-transient-both-named',
  'serverless-persistent-default-named',
  'serverless-persistent-both',
  'classic-transient-both',
  'classic-persistent-both-named',
];
const TRANSCRIPTS = new URL('../../../conformance/recordings/', import.meta.url);

const { values } = parseArgs({
  options: {
    'sdk-dir': { type: 'string' },
    only: { type: 'string' },
    record: { type: 'string' },
    help: { type: 'boolean' },
  },
});
if (values.help === true) console.log(HELP);
else if (values['sdk-dir'] === undefined || !existsSync(join(values['sdk-dir'], ASSEMBLY))) {
  console.error(`error: Give the folder with ${ASSEMBLY}: --sdk-dir <folder>. See --help.`);
  process.exitCode = 2;
} else process.exitCode = (await run(resolve(values['sdk-dir']), values.only ?? '')) ? 0 : 1;

/** True when everything was as it must be. */
async function run(sdkDir: string, only: string): Promise<boolean> {
  const dll = await ManagementApp.build(sdkDir);
  const counts = { compared: 0, different: 0 };
  for (const setUp of SET_UPS.filter((one) => nameOf(one).includes(only))) {
    const { compared, differences } = await played(dll, setUp);
    counts.compared += compared;
    counts.different += differences.length;
    console.log(`${nameOf(setUp).padEnd(40)} ${compared} lines right, ${differences.length} wrong`);
    for (const difference of differences) console.log(`  ${difference}`);
    if (values.record !== undefined && RECORDED.includes(nameOf(setUp))) await recordTo(values.record, dll, setUp);
  }
  console.log(`\n${counts.compared} lines right, ${counts.different} wrong`);
  return counts.different === 0 && counts.compared > 0;
}

async function played(dll: string, setUp: SetUp) {
  const { serviceMode } = setUp;
  await using service = await startService({ host: '127.0.0.1', port: 0, serviceMode });
  await using app = await ManagementApp.start(dll, service.connectionString, setUp);
  if (serviceMode === 'Serverless') service.changeUpstream([{ urlTemplate: `${app.url}/upstream` }]);
  return await playOn(app, setUp, false);
}

async function playOn(app: ManagementApp, setUp: SetUp, isRecording: boolean) {
  const stage = new ManagementStage(app, isRecording);
  try {
    await playManagement({ stage, setUp, isRecording });
  } catch (error) {
    stage.differences.push(inspect(error));
    await stage.stop();
  }
  return stage;
}

async function recordTo(version: string, dll: string, setUp: SetUp): Promise<void> {
  const lines = await recorded(dll, setUp);
  const target = new URL(`${version}/management-${nameOf(setUp)}.jsonl`, TRANSCRIPTS);
  await mkdir(new URL('.', target), { recursive: true });
  await writeFile(target, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  console.log(`  recorded ${lines.length} lines`);
}

async function recorded(dll: string, setUp: SetUp): Promise<readonly TranscriptLine[]> {
  await using service: Service = await startService({ host: '127.0.0.1', port: 0, serviceMode: setUp.serviceMode });
  const recorder = await TranscriptRecorder.start(service);
  const app = await ManagementApp.start(dll, recorder.connectionString, setUp);
  const { differences } = await playOn(app, setUp, true);
  await app[Symbol.asyncDispose]();
  if (differences.length > 0) throw new Error(differences.join('\n'));
  return recorder.finish();
}
