// npm run test:dotnet: every client on Kestrel's own SignalR and on a hub behind the service, line by line.
import { RunningApp } from '../../../samples/aspnet-chat/test/running-app.ts';
import { buildDotnet } from './build-dotnet.ts';
import { DotnetClient } from './dotnet-clients.ts';
import { asKestrel } from './explained.ts';
import type { MatrixClient } from './matrix-client.ts';
import { firstDifference, type Observation, seatName } from './observations.ts';
import { OFFICIAL_CLIENTS } from './official-clients.ts';
import { OWN_CLIENT } from './own-client.ts';
import { hasEnded, playAll } from './play.ts';
import { record, recordedOf } from './recorded.ts';
import { SCENARIOS } from './scenarios.ts';
import { Score } from './score.ts';
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

const score = new Score((line) => console.log(line));
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
  const clientDlls: string[] = [];
  for (const { version } of DOTNET_CLIENTS) {
    clientDlls.push(await buildDotnet('dotnet-client', 'DotnetClient', version));
  }
  const closers: (() => Promise<void>)[] = [];
  try {
    const service = await startServiceHub();
    closers.push(() => service.close());
    const kestrel = await RunningApp.start(kestrelDll, {});
    closers.push(() => kestrel.app.stop());
    const dotnetClients = DOTNET_CLIENTS.map(
      ({ version, protocols }, index) => new DotnetClient(`.NET client ${version}`, clientDlls[index] ?? '', protocols),
    );
    closers.push(...dotnetClients.map((client) => () => client.close()));
    const clients: readonly MatrixClient[] = [...OFFICIAL_CLIENTS, OWN_CLIENT, ...dotnetClients];
    await playOnBoth(clients, { kestrelUrl: `${kestrel.url}/matrix`, serviceUrl: service.url, isRecording });
  } finally {
    for (const close of closers.reverse()) await close();
  }
}

interface PlayOptions {
  readonly kestrelUrl: string;
  readonly serviceUrl: string;
  readonly isRecording: boolean;
}

async function playOnBoth(clients: readonly MatrixClient[], options: PlayOptions): Promise<void> {
  const allOnKestrel: Observation[] = [];
  for (const client of clients) {
    console.log(`plays ${client.name}`);
    const onKestrel = await playAll(client, options.kestrelUrl);
    allOnKestrel.push(...onKestrel);
    compare(onKestrel, await playAll(client, options.serviceUrl));
  }
  if (options.isRecording) await recordAll(allOnKestrel);
  else await compareWithRecord(allOnKestrel);
  console.log(`\n${score.table(clients.map(({ name }) => name))}\n\n${score.summary}`);
  process.exitCode = score.isGood ? 0 : 1;
}

function compare(onKestrel: readonly Observation[], onService: readonly Observation[]): void {
  for (const [index, observation] of onKestrel.entries()) {
    const seen = onService[index]?.lines ?? [];
    const difference = hasEnded(observation)
      ? firstDifference(observation.lines, seen.map(asKestrel))
      : `  on Kestrel: ${observation.lines.join(' | ')}`;
    score.countSeat(observation, difference);
  }
}

async function recordAll(onKestrel: readonly Observation[]): Promise<void> {
  if (!onKestrel.every(hasEnded))
    throw new Error('Nothing is recorded: a scenario does not end on Kestrel, see above.');
  for (const { name } of SCENARIOS) {
    await record(
      name,
      onKestrel.filter(({ scenario }) => scenario === name),
    );
  }
  console.log('recorded what Kestrel shows');
}

/** The record must say what Kestrel says today: no less, and no more. */
async function compareWithRecord(onKestrel: readonly Observation[]): Promise<void> {
  for (const { name } of SCENARIOS) {
    const recorded = await recordedOf(name).catch(() => new Map<string, readonly string[]>());
    for (const observation of onKestrel.filter(({ scenario }) => scenario === name)) {
      const seat = seatName(observation);
      const expected = recorded.get(seat) ?? ['nothing is recorded: run with --record'];
      score.count(`record of ${name}: ${seat}`, firstDifference(observation.lines, expected, 'record'));
      recorded.delete(seat);
    }
    for (const seat of recorded.keys()) {
      score.count(`record of ${name}: ${seat}`, '  nobody plays this any more: run with --record');
    }
  }
}
