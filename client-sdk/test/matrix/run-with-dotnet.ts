// npm run test:dotnet: every client on Kestrel's own SignalR and on a hub behind the service, line by line.
import { mkdir } from 'node:fs/promises';
import { RunningApp } from '../../../samples/aspnet-chat/test/running-app.ts';
import { buildDotnet } from './build-dotnet.ts';
import { DotnetClient } from './dotnet-clients.ts';
import { asKestrel } from './explained.ts';
import type { MatrixClient } from './matrix-client.ts';
import { firstDifference, keyOf, type Observation } from './observations.ts';
import { OFFICIAL_CLIENTS } from './official-clients.ts';
import { OWN_CLIENT } from './own-client.ts';
import { playAll } from './play.ts';
import { record, recordedOf } from './recorded.ts';
import { startServiceHub } from './service-hub.ts';

const HELP = `npm run test:dotnet [-- --record]

Plays the scenarios of client-sdk/test/matrix with every client, the .NET ones included, on Kestrel's own SignalR and on
a TypeScript hub behind the service, and compares what they see. Needs dotnet.

  --record   write down what clients see on Kestrel, for the tests that need no .NET
`;

const DOTNET_CLIENTS = [
  { version: '10.0.15', protocols: ['json', 'messagepack'] },
  // NuGet has no MessagePack package for it.
  { version: '8.0.34', protocols: ['json'] },
] as const;

const counts = { passed: 0, failed: 0 };
const args = process.argv.slice(2);
const unknownOption = args.find((arg) => !['--record', '--help', '-h'].includes(arg));
if (unknownOption !== undefined) {
  console.error(`error: unknown option ${unknownOption}. See --help.`);
  process.exitCode = 2;
} else if (args.includes('--help') || args.includes('-h')) console.log(HELP);
else await run(args.includes('--record'));

async function run(isRecording: boolean): Promise<void> {
  console.log('builds the hub and the clients in C#');
  const kestrelDll = await buildDotnet('kestrel-hub', 'KestrelHub');
  const kestrel = await RunningApp.start(kestrelDll, {});
  const service = await startServiceHub();
  const dotnetClients: DotnetClient[] = [];
  try {
    for (const { version, protocols } of DOTNET_CLIENTS) {
      const dll = await buildDotnet('dotnet-client', 'DotnetClient', version);
      dotnetClients.push(new DotnetClient(`.NET client ${version}`, dll, protocols));
    }
    for (const client of [...OFFICIAL_CLIENTS, OWN_CLIENT, ...dotnetClients]) {
      console.log(`\n${client.name}`);
      const onKestrel = await playAll(client, `${kestrel.url}/matrix`);
      if (isRecording) await recordAll(client, onKestrel);
      await compareWithRecord(client, onKestrel);
      compare(onKestrel, await playAll(client, service.url));
    }
  } finally {
    for (const client of dotnetClients) await client.close();
    await service.close();
    await kestrel.app.stop();
  }
  console.log(`\n${counts.passed} passed, ${counts.failed} failed`);
  process.exitCode = counts.failed === 0 && counts.passed > 0 ? 0 : 1;
}

async function recordAll(client: MatrixClient, onKestrel: readonly Observation[]): Promise<void> {
  await mkdir(new URL('./kestrel-observations/', import.meta.url), { recursive: true });
  await record(client, onKestrel);
  console.log('  recorded');
}

/** The record must say what Kestrel says today. */
async function compareWithRecord(client: MatrixClient, onKestrel: readonly Observation[]): Promise<void> {
  const recorded = await recordedOf(client).catch(() => new Map<string, readonly string[]>());
  for (const observation of onKestrel) {
    const expected = recorded.get(keyOf(observation)) ?? ['nothing is recorded: run with --record'];
    tell(`record of ${keyOf(observation)}`, firstDifference(observation.lines, expected));
  }
}

function compare(onKestrel: readonly Observation[], onService: readonly Observation[]): void {
  for (const [index, { lines, ...setting }] of onKestrel.entries()) {
    const seen = onService[index]?.lines ?? [];
    const hasEnded = !lines.some((line) => line.startsWith('does not end'));
    const difference = firstDifference(lines, seen.map(asKestrel));
    tell(keyOf(setting), hasEnded ? difference : `on Kestrel: ${lines.join(' | ')}`);
  }
}

function tell(what: string, difference: string | undefined): void {
  counts[difference === undefined ? 'passed' : 'failed'] += 1;
  if (difference !== undefined || !what.startsWith('record')) {
    console.log(
      `  ${difference === undefined ? 'equal' : 'DIFFERENT'}  ${what}${difference === undefined ? '' : `\n${difference}`}`,
    );
  }
}
