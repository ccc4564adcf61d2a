import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type ShutdownMode, withAzureSignalR } from '@signalite/server';
import { startService } from 'signalite';
import { CLIENTS } from '../support/official-client.ts';
import { compareHeard, type Heard } from './heard.ts';
import { RestartHub } from './restart-hub.ts';
import { type ServerOptions, ServerProcess } from './server-process.ts';
import { Talker, type TalkerReport } from './talker.ts';

const CONNECTIONS_OF_A_SERVER = 5;
const AT_A_TIME = 20;
const STEP_MS = 90_000;
const POLL_MS = 20;

/** What happens to the app servers: both are replaced in order, or one dies. */
export type Change = Extract<ShutdownMode, 'disconnect' | 'migrate'> | 'kill';

/** A run. Rooms have `roomSize` talkers, from both servers. */
export interface RunOptions {
  readonly change: Change;
  readonly talkers: number;
  readonly roomSize: number;
  /** Milliseconds between two messages of a talker. */
  readonly everyMs: number;
  /** How long a hub method works. Milliseconds. */
  readonly workMs: number;
  /** Messages of each talker before the change, and after it. */
  readonly messages: number;
  /** The first and the second app server on the real SDK; undefined: TypeScript. */
  readonly dlls: readonly [string | undefined, string | undefined];
  readonly progress: (line: string) => void;
}

/** What the talkers saw. */
export interface RunResult {
  readonly all: Group;
  /** Those whose app server stayed; the same as `all` when none did. */
  readonly untouched: Group;
  readonly connectedAtEnd: number;
  /** How long each app server took to leave, in milliseconds. */
  readonly leftAfterMs: readonly number[];
}

/** Sums over some talkers, who are heard by each other. */
export interface Group extends Heard {
  readonly talkers: number;
  readonly said: number;
  readonly unanswered: number;
  readonly losses: number;
  /** Longest time without a connection, in milliseconds; 0 without a loss. */
  readonly longestAbsenceMs: number;
}

/** Lets talkers talk while app servers go. */
export async function runRestart(options: RunOptions): Promise<RunResult> {
  const { change, progress } = options;
  await using service = await startService({ host: '127.0.0.1', port: 0, timers: { negotiateMs: 30_000 } });
  using servers = new Servers({
    connectionString: service.connectionString,
    shutdownMode: change === 'kill' ? 'disconnect' : change,
    workMs: options.workMs,
  });
  const connected = (count: number) =>
    until('the app servers are connected', () => service.counts.serverConnections >= count);
  await servers.start('first', options.dlls[0]);
  await connected(CONNECTIONS_OF_A_SERVER);
  await servers.start('second', options.dlls[1]);
  await connected(2 * CONNECTIONS_OF_A_SERVER);
  await using entrance = await openEntrance(service.connectionString);
  progress(`${options.talkers} clients come`);
  const talkers = await enterAll(options, entrance.url);
  for (const talker of talkers) talker.start(options.everyMs);
  await allSay(talkers, options.messages);
  const leftAfterMs: number[] = [];
  if (change === 'kill') {
    progress('first is killed');
    await servers.get('first').kill();
  } else {
    for (const [index, label] of (['first', 'second'] as const).entries()) {
      progress(`${label} is replaced`);
      await servers.start(`new ${label}`, options.dlls[index]);
      await connected(3 * CONNECTIONS_OF_A_SERVER);
      leftAfterMs.push(await servers.get(label).restartAway());
      await until('its connections are gone', () => service.counts.serverConnections === 2 * CONNECTIONS_OF_A_SERVER);
    }
  }
  await until('everybody is back', () => talkers.every(({ isConnected }) => isConnected));
  await allSay(talkers, Math.max(...talkers.map(({ said }) => said)) + options.messages);
  progress('all is said');
  // Awaited here: the service must not go before the talkers have left.
  return await conclude(talkers, leftAfterMs);
}

async function conclude(talkers: readonly Talker[], leftAfterMs: readonly number[]): Promise<RunResult> {
  const reports = new Map<Talker, TalkerReport>();
  for (const talker of talkers) reports.set(talker, await talker.finish());
  await settled(talkers);
  const untouched = talkers.filter(({ server }) => server === 'second');
  const result = {
    all: sum(talkers, reports),
    untouched: sum(untouched, reports),
    connectedAtEnd: talkers.filter(({ isConnected }) => isConnected).length,
    leftAfterMs,
  };
  await Promise.all(talkers.map((talker) => talker.leave()));
  return result;
}

function sum(talkers: readonly Talker[], reports: ReadonlyMap<Talker, TalkerReport>): Group {
  const own = talkers.flatMap((talker) => reports.get(talker) ?? []);
  const total = (of: (report: TalkerReport) => number) => own.reduce((before, report) => before + of(report), 0);
  return {
    ...compareHeard(talkers),
    talkers: talkers.length,
    said: total(({ said }) => said),
    unanswered: total(({ unanswered }) => unanswered),
    losses: total(({ losses }) => losses),
    longestAbsenceMs: Math.max(0, ...own.flatMap(({ absences }) => absences)),
  };
}

/** Clients negotiate with an app that has no server connections of its own, and so outlives the others. */
async function openEntrance(connectionString: string) {
  const signalr = withAzureSignalR({ connectionString, hubs: { RestartHub }, serverConnectionCount: 0 });
  await signalr.start();
  const server = createServer(signalr.negotiateListener('RestartHub'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/restart`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await signalr.close();
    },
  };
}

async function enterAll({ talkers: count, roomSize }: RunOptions, url: string): Promise<readonly Talker[]> {
  const talkers = Array.from({ length: count }, (_, id) => {
    const protocol = id % 2 === 0 ? 'json' : 'messagepack';
    return new Talker(id, `room ${Math.floor(id / roomSize)}`, CLIENTS[10].build(url, protocol, true));
  });
  for (let first = 0; first < count; first += AT_A_TIME) {
    await Promise.all(talkers.slice(first, first + AT_A_TIME).map((talker) => talker.enter()));
  }
  return talkers;
}

function allSay(talkers: readonly Talker[], count: number): Promise<void> {
  return until(`everybody has said ${count} messages`, () => talkers.every(({ said }) => said >= count));
}

/** Until all is heard; what is not heard in time is lost. */
async function settled(talkers: readonly Talker[]): Promise<void> {
  let missing = Number.POSITIVE_INFINITY;
  while (missing > 0) {
    const before = missing;
    const isSame = () => compareHeard(talkers).missing === before;
    // Progress ends the wait early; no progress for so long means that nothing more comes.
    await until('more is heard', () => !isSame(), 3000).catch(() => undefined);
    missing = compareHeard(talkers).missing;
    if (missing === before) return;
  }
}

async function until(what: string, isSo: () => boolean, withinMs = STEP_MS): Promise<void> {
  const deadline = performance.now() + withinMs;
  while (!isSo()) {
    if (performance.now() > deadline) throw new Error(`Not in ${withinMs} ms: ${what}.`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

/** The app servers of a run; none outlives it. */
class Servers implements Disposable {
  readonly #common: Omit<ServerOptions, 'label' | 'dll'>;
  readonly #byLabel = new Map<string, ServerProcess>();

  constructor(common: Omit<ServerOptions, 'label' | 'dll'>) {
    this.#common = common;
  }

  async start(label: string, dll: string | undefined): Promise<void> {
    const server = new ServerProcess({ ...this.#common, label, dll });
    this.#byLabel.set(label, server);
    await server.ready();
  }

  get(label: string): ServerProcess {
    const server = this.#byLabel.get(label);
    if (server === undefined) throw new Error(`There is no app server '${label}'.`);
    return server;
  }

  [Symbol.dispose](): void {
    for (const server of this.#byLabel.values()) server[Symbol.dispose]();
  }
}
