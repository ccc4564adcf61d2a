import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { negotiate } from '../driver/negotiate.ts';
import { BenchProcess, type ChildProcessOptions } from '../machine/child-process.ts';
import { buildHub } from './dotnet-hub.ts';
import { memoryProbeUrl, nodeCommand } from './node-server.ts';
import type { StartOptions } from './target.ts';
import type { Workspace } from './workspace.ts';

const START_MS = 30_000;
const READY = /^ready (\S+)$/m;

/** Which SDK the app server behind a service uses. */
export type AppServerKind = { readonly sdk: 'dotnet'; readonly sdkDir: string } | { readonly sdk: 'node' };

export interface RunningHub {
  readonly process: BenchProcess;
  readonly hubUrl: string;
  /** Where it says what a collection leaves in memory; undefined when it does not. */
  readonly memoryUrl: string | undefined;
}

/** Starts the hub of the benchmark on a connection string and waits until clients can negotiate. */
export async function startAppServer(
  workspace: Workspace,
  kind: AppServerKind,
  { connectionString, hasMemoryProbe }: StartOptions & { readonly connectionString: string },
): Promise<RunningHub> {
  const environment = { SIGNALR_CONNECTION_STRING: connectionString };
  const name = 'The app server';
  if (kind.sdk === 'dotnet') {
    const command = ['dotnet', await buildHub(workspace, { sdkDir: kind.sdkDir })];
    return await startDotnetHub(workspace, { name, command, environment }, { hasMemoryProbe });
  }
  const script = path.join(workspace.root, 'bench/dist/peers/node-app.js');
  const command = nodeCommand(workspace, { script, hasMemoryProbe });
  const hub = await startHub(workspace, { name, command, environment });
  return { ...hub, memoryUrl: hasMemoryProbe ? await memoryProbeUrl(hub.process) : undefined };
}

/** As `startHub`, for the hub in C#, which answers for its memory itself. */
export async function startDotnetHub(
  workspace: Workspace,
  options: Omit<ChildProcessOptions, 'core'>,
  { hasMemoryProbe }: StartOptions,
): Promise<RunningHub> {
  const hub = await startHub(workspace, options);
  return hasMemoryProbe ? { ...hub, memoryUrl: new URL('/memory', hub.hubUrl).href } : hub;
}

/** Starts a hub that prints `ready <url>`; the hub itself is at `/bench`. */
export async function startHub({ cores }: Workspace, options: Omit<ChildProcessOptions, 'core'>): Promise<RunningHub> {
  const hub = new BenchProcess({ ...options, core: cores.server });
  try {
    const hubUrl = `${await hub.untilPrinted(READY, START_MS)}/bench`;
    await hub.during(untilNegotiable(hubUrl));
    return { process: hub, hubUrl, memoryUrl: undefined };
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
