import path from 'node:path';
import type { HubProtocolName } from '../driver/load.ts';
import { readConnectionString } from '../driver/service-token.ts';
import { BenchProcess } from '../machine/child-process.ts';
import { listeningProcess } from '../machine/listening-process.ts';
import { type AppServerKind, type RunningHub, startAppServer, startDotnetHub, startHub } from './app-server.ts';
import { memoryProbeUrl, nodeCommand } from './node-server.ts';
import { ProcessName, type StartOptions, type Target } from './target.ts';
import type { Workspace } from './workspace.ts';

const START_MS = 30_000;
const CONNECTION_STRING = /(Endpoint=\S+)/;
const STAND_IN_READY = /^ready (\S+)$/m;
// The stand-in looks at no token; SDKs refuse short keys.
const STAND_IN_KEY = 'k'.repeat(44);
const BOTH: readonly HubProtocolName[] = ['json', 'messagepack'];

/** The service as built in `root`, with an app server behind it. */
export async function startSignalite(
  workspace: Workspace,
  { root, ...options }: WithApp & { readonly root: string },
): Promise<Target> {
  const script = path.join(root, 'service/dist/cli.js');
  const service = new BenchProcess({
    name: 'The service',
    command: nodeCommand(workspace, { ...options, script, args: ['--port', '0'] }),
    core: workspace.cores.server,
  });
  return await behindService(workspace, options, {
    service,
    hubProtocols: BOTH,
    connectionString: () => service.untilPrinted(CONNECTION_STRING, START_MS),
  });
}

export async function startStandIn(workspace: Workspace, options: WithApp): Promise<Target> {
  const service = new BenchProcess({
    name: 'The stand-in',
    command: nodeCommand(workspace, { ...options, script: peerScript(workspace, 'stand-in') }),
    core: workspace.cores.server,
  });
  return await behindService(workspace, options, {
    service,
    hubProtocols: ['json'],
    connectionString: async () => {
      const endpoint = await service.untilPrinted(STAND_IN_READY, START_MS);
      return `Endpoint=${endpoint};AccessKey=${STAND_IN_KEY};Version=1.0;`;
    },
  });
}

export async function startSocketLoop(workspace: Workspace): Promise<Target> {
  const command = nodeCommand(workspace, { script: peerScript(workspace, 'socket-loop'), hasMemoryProbe: false });
  return single(await startHub(workspace, { name: 'The socket loop', command }), ['json']);
}

export async function startKestrel(
  workspace: Workspace,
  { assembly, ...options }: StartOptions & { readonly assembly: string },
): Promise<Target> {
  return single(await startDotnetHub(workspace, { name: 'Kestrel', command: ['dotnet', assembly] }, options), BOTH);
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

/** How a service is started that has an app server behind it. */
type WithApp = StartOptions & { readonly app: AppServerKind };

interface ServiceProcess {
  readonly service: BenchProcess;
  readonly hubProtocols: readonly HubProtocolName[];
  readonly connectionString: () => Promise<string>;
}

async function behindService(
  workspace: Workspace,
  { app: kind, hasMemoryProbe }: WithApp,
  { service, hubProtocols, connectionString }: ServiceProcess,
): Promise<Target> {
  try {
    const options = { hasMemoryProbe, connectionString: await connectionString() };
    const app = await service.during(startAppServer(workspace, kind, options));
    const memoryUrl = hasMemoryProbe ? await memoryProbeUrl(service) : undefined;
    return {
      endpoint: { reach: 'hub', url: app.hubUrl },
      processes: [
        { name: ProcessName.Service, pid: service.pid, memoryUrl },
        { name: ProcessName.App, pid: app.process.pid, memoryUrl: app.memoryUrl },
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

function single({ process: server, hubUrl, memoryUrl }: RunningHub, hubProtocols: readonly HubProtocolName[]): Target {
  return {
    endpoint: { reach: 'hub', url: hubUrl },
    processes: [{ name: ProcessName.Server, pid: server.pid, memoryUrl }],
    hubProtocols,
    during: (work) => server.during(work),
    close: () => server.stop(),
  };
}

function peerScript({ root }: Workspace, name: string): string {
  return path.join(root, 'bench/dist/peers', `${name}.js`);
}
