import { type Service, type ServiceEvent, startService } from 'signalite';
import type { Scenario, SdkGeneration } from '../../../service/test/sdk-scenario/scenario.ts';
import { Stage } from '../../../service/test/sdk-scenario/stage.ts';
import { within } from '../../../service/test/sdk-scenario/within.ts';
import type { TranscriptLine } from '../../../service/test/support/transcript-line.ts';
import { TranscriptRecorder } from '../../../service/test/support/transcript-recorder.ts';
import type { AppUnderTest } from './app-under-test.ts';
import { RunningApp } from './running-app.ts';

const CONNECT_MS = 60_000;

/** An app that was built, and one scenario for it. */
export interface Play {
  readonly app: AppUnderTest;
  readonly dll: string;
  readonly scenario: Scenario;
}

/** How an app runs on a service. */
export interface ServiceSetup {
  readonly processes: number;
  /** Of each process, for each hub. */
  readonly serverConnections: number;
  /** Clients stay with the process that they negotiated with, and the hub's name carries that of the application. */
  readonly isSticky?: boolean;
}

const STICKY = { STICKY: 'Required', APPLICATION_NAME: 'Feature_App' };

export interface Played {
  readonly lines: readonly string[];
  readonly generation: SdkGeneration;
}

/** What clients see when the app runs on Kestrel alone. */
export async function playOnKestrel({ app, dll, scenario }: Play): Promise<readonly string[]> {
  return onStage(app, scenario, [await RunningApp.start(dll, { SELF_HOSTED: '1' })]);
}

/** What clients see when the app runs on the SDK and a service. */
export async function playOnService(play: Play, setup: ServiceSetup): Promise<Played> {
  const servers = new ConnectedServers();
  await using service = await startService({ host: '127.0.0.1', port: 0, onEvent: servers.listener });
  return {
    lines: await playWith(play, setup, { connectionString: service.connectionString, servers }),
    generation: servers.generation,
  };
}

/** The same, with one server connection for each hub of a process, while all traffic of the service is written down. */
export async function record(
  play: Play,
  setup: Omit<ServiceSetup, 'serverConnections'>,
): Promise<readonly TranscriptLine[]> {
  const servers = new ConnectedServers();
  await using service: Service = await startService({ host: '127.0.0.1', port: 0, onEvent: servers.listener });
  const recorder = await TranscriptRecorder.start(service);
  const { connectionString } = recorder;
  await playWith(play, { ...setup, serverConnections: 1 }, { connectionString, servers });
  return recorder.finish();
}

async function playWith(
  { app, dll, scenario }: Play,
  { processes, serverConnections, isSticky = false }: ServiceSetup,
  { connectionString, servers }: { connectionString: string; servers: ConnectedServers },
): Promise<readonly string[]> {
  const environment = {
    Azure__SignalR__ConnectionString: connectionString,
    [app.connectionsVariable]: String(serverConnections),
    ...(isSticky ? STICKY : {}),
    ...scenario.environment,
  };
  const apps: Started[] = [];
  for (let number = 1; number <= processes; number++) {
    apps.push(await RunningApp.start(dll, { ...environment, SERVER_NAME: `server-${number}` }));
    // One after the other, so that a recording finds them in this order.
    await servers.reached(number * serverConnections * app.hubs);
  }
  return onStage(app, scenario, apps);
}

type Started = Awaited<ReturnType<typeof RunningApp.start>>;

async function onStage(
  { hubPath }: AppUnderTest,
  scenario: Scenario,
  apps: readonly Started[],
): Promise<readonly string[]> {
  const stopApp = async () => {
    for (const { app } of apps) await app.stop();
  };
  const stopFirstApp = async () => apps[0]?.app.stop();
  const stage = new Stage({ appUrls: apps.map(({ url }) => url), hubPath, stopApp, stopFirstApp });
  try {
    await scenario.play(stage);
    return stage.lines;
  } catch (error) {
    const last = stage.lines.slice(-5).join('\n');
    throw new Error(`${String(error)}\nThe last lines before:\n${last}\nThe app wrote:\n${apps[0]?.app.output}`);
  } finally {
    await stage.close();
    await stopApp();
  }
}

/** Counts server connections as the service reports them. */
class ConnectedServers {
  generation: SdkGeneration = 'new';
  #count = 0;
  #counted: () => void = () => undefined;

  readonly listener = (event: ServiceEvent): void => {
    if (event.name !== 'serverConnected') return;
    this.generation = event.generation === 'old' ? 'old' : 'new';
    this.#count += 1;
    this.#counted();
  };

  reached(count: number): Promise<void> {
    const counted = new Promise<void>((resolve) => {
      this.#counted = () => {
        if (this.#count >= count) resolve();
      };
      this.#counted();
    });
    return within(`${count} server connections`, counted, CONNECT_MS);
  }
}
