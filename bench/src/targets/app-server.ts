import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { negotiate } from '../driver/negotiate.ts';
import { BenchProcess, type ChildProcessOptions } from '../machine/child-process.ts';
import { buildHub } from './dotnet-hub.ts';
import type { Workspace } from './workspace.ts';

const START_MS = 30_000;
const READY = /^ready (\S+)$/m;

/** Which SDK the app server behind a service uses. */
export type AppServerKind = { readonly sdk: 'dotnet'; readonly sdkDir: string } | { readonly sdk: 'node' };

export interface RunningHub {
  readonly process: BenchProcess;
  readonly hubUrl: string;
}

/** Starts the hub of the benchmark on a connection string and waits until clients can negotiate. */
export async function startAppServer(
  workspace: Workspace,
  kind: AppServerKind,
  connectionString: string,
): Promise<RunningHub> {
  const command =
    kind.sdk === 'dotnet'
      ? ['dotnet', await buildHub(workspace, { sdkDir: kind.sdkDir })]
      : [process.execPath, path.join(workspace.root, 'bench/dist/peers/node-app.js')];
  const environment = { SIGNALR_CONNECTION_STRING: connectionString };
  return await startHub(workspace, { name: 'The app server', command, environment });
}

/** Starts a hub that prints `ready <url>`; the hub itself is at `/bench`. */
export async function startHub({ cores }: Workspace, options: Omit<ChildProcessOptions, 'core'>): Promise<RunningHub> {
  const hub = new BenchProcess({ ...options, core: cores.server });
  try {
    const hubUrl = `${await hub.untilPrinted(READY, START_MS)}/bench`;
    await hub.during(untilNegotiable(hubUrl));
    return { process: hub, hubUrl };
  } catch (error) {
    await hub.stop();
    throw error;
  }
}

/** An app server may listen before its server connections are there. */
async function untilNegotiable(hubUrl: string): Promise<void> {
  const deadlineAt = performance.now() + START_MS;
  for (;;) {
    try {
      await negotiate(hubUrl);
      return;
    } catch (error) {
      if (performance.now() > deadlineAt) throw error;
      await sleep(100);
    }
  }
}
