import path from 'node:path';
import type { HubProtocolName } from '../driver/load.ts';
import { readConnectionString } from '../driver/service-token.ts';
import { BenchProcess } from '../machine/child-process.ts';
import { listeningProcess } from '../machine/listening-process.ts';
import { type AppServerKind, startAppServer, startHub } from './app-server.ts';
import { ProcessName, type Target } from './target.ts';
import type { Workspace } from './workspace.ts';

const START_MS = 30_000;
const CONNECTION_STRING = /(Endpoint=\S+)/;
const STAND_IN_READY = /^ready (\S+)$/m;
// The stand-in looks at no token; SDKs refuse short keys.
const STAND_IN_KEY = 'k'.repeat(44);
const BOTH: readonly HubProtocolName[] = ['json', 'messagepack'];

/** The service as built in `root`, with an app server behind it. */
export async function startSignalite(workspace: Workspace, root: string, app: AppServerKind): Promise<Target> {
  const service = new BenchProcess({
    name: 'The service',
    command: [process.execPath, path.join(root, 'service/dist/cli.js'), '--port', '0'],
    core: workspace.cores.server,
  });
  return await behindService(workspace, app, {
    service,
    hubProtocols: BOTH,
    connectionString: () => service.untilPrinted(CONNECTION_STRING, START_MS),
  });
}

export async function startStandIn(workspace: Workspace, app: AppServerKind): Promise<Target> {
  const service = new BenchProcess({
    name: 'The stand-in',
    command: peerCommand(workspace, 'stand-in'),
    core: workspace.cores.server,
  });
  return await behindService(workspace, app, {
    service,
    hubProtocols: ['json'],
    connectionString: async () => {
      const endpoint = await service.untilPrinted(STAND_IN_READY, START_MS);
      return `Endpoint=${endpoint};AccessKey=${STAND_IN_KEY};Version=1.0;`;
    },
  });
}

export async function startSocketLoop(workspace: Workspace): Promise<Target> {
  const { process: server, hubUrl } = await startHub(workspace, {
    name: 'The socket loop',
    command: peerCommand(workspace, 'socket-loop'),
  });
  return single(server, hubUrl, ['json']);
}

export async function startKestrel(workspace: Workspace, assembly: string): Promise<Target> {
  const { process: server, hubUrl } = await startHub(workspace, { name: 'Kestrel', command: ['dotnet', assembly] });
  return single(server, hubUrl, BOTH);
}

/** `given`: a connection string of an emulator that runs, or the command that starts one. */
export async function startEmulator({ cores }: Workspace, given: string): Promise<Target> {
  if (CONNECTION_STRING.test(given)) {
    return { ...emulatorTarget(given), during: (work) => work, close: () => Promise.resolve() };
  }
  const emulator = new BenchProcess({ name: 'The emulator', command: given.split(/\s+/), core: cores.server });
  try {
    const connectionString = await emulator.untilPrinted(CONNECTION_STRING, START_MS);
    return {
      ...emulatorTarget(connectionString),
      during: (work) => emulator.during(work),
      close: () => emulator.stop(),
    };
  } catch (error) {
    await emulator.stop();
    throw error;
  }
}

function emulatorTarget(connectionString: string): Omit<Target, 'during' | 'close'> {
  const { endpoint } = readConnectionString(connectionString);
  // The command may be a wrapper: what listens is what is measured.
  const pid = listeningProcess(Number(new URL(endpoint).port));
  if (pid === undefined) throw new Error(`Nothing on this machine listens on ${endpoint}: its CPU cannot be measured.`);
  return {
    endpoint: { reach: 'rest', connectionString, hub: 'bench' },
    processes: [{ name: ProcessName.Server, pid }],
    hubProtocols: ['json'],
  };
}

interface ServiceProcess {
  readonly service: BenchProcess;
  readonly hubProtocols: readonly HubProtocolName[];
  readonly connectionString: () => Promise<string>;
}

async function behindService(
  workspace: Workspace,
  appKind: AppServerKind,
  { service, hubProtocols, connectionString }: ServiceProcess,
): Promise<Target> {
  try {
    const app = await startAppServer(workspace, appKind, await connectionString());
    return {
      endpoint: { reach: 'hub', url: app.hubUrl },
      processes: [
        { name: ProcessName.Service, pid: service.pid },
        { name: ProcessName.App, pid: app.process.pid },
      ],
      hubProtocols,
      during: (work) => app.process.during(service.during(work)),
      async close() {
        await app.process.stop();
        await service.stop();
      },
    };
  } catch (error) {
    await service.stop();
    throw error;
  }
}

function single(server: BenchProcess, url: string, hubProtocols: readonly HubProtocolName[]): Target {
  return {
    endpoint: { reach: 'hub', url },
    processes: [{ name: ProcessName.Server, pid: server.pid }],
    hubProtocols,
    during: (work) => server.during(work),
    close: () => server.stop(),
  };
}

function peerCommand({ root }: Workspace, name: string): string[] {
  return [process.execPath, path.join(root, 'bench/dist/peers', `${name}.js`)];
}
