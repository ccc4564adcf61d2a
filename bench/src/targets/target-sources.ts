import { existsSync } from 'node:fs';
import path from 'node:path';
import type { AppServerKind } from './app-server.ts';
import { buildHub, hasDotnet } from './dotnet-hub.ts';
import { startServerless } from './serverless-target.ts';
import { startEmulator, startKestrel, startSignalite, startSocketLoop, startStandIn } from './start-target.ts';
import { TargetName, type TargetSource } from './target.ts';
import type { Workspace } from './workspace.ts';

export interface TargetChoice {
  /** Folder with the assemblies of Microsoft.Azure.SignalR. */
  readonly sdkDir: string | undefined;
  /** Connection string or command. */
  readonly emulator: string | undefined;
  /** Another checkout, built. */
  readonly before: string | undefined;
  readonly isQuick: boolean;
}

/** A smoke goes on without Kestrel rather than wait for packages that do not come. */
const QUICK_BUILD_MS = 60_000;

export type TargetSources = Readonly<Record<TargetName, TargetSource>>;

/** Every target, or what it would take to have it. Builds what is wanted and can only be had built. */
export async function targetSources(
  workspace: Workspace,
  choice: TargetChoice,
  wanted: ReadonlySet<TargetName>,
): Promise<TargetSources> {
  const app = appServerOf(workspace, choice);
  const withApp = (start: (kind: AppServerKind) => TargetSource): TargetSource => ('absent' in app ? app : start(app));
  const signalite = (root: string) =>
    withApp((kind) => ({
      start: (options) => startSignalite(workspace, { ...options, root, app: kind }),
      isDotnet: kind.sdk === 'dotnet',
    }));
  const serverless = (root: string): TargetSource => ({
    start: (options) => startServerless(workspace, { ...options, root }),
    isDotnet: false,
  });
  const before = (source: (root: string) => TargetSource): TargetSource =>
    choice.before === undefined ? { absent: 'no --before' } : source(choice.before);
  return {
    [TargetName.Signalite]: signalite(workspace.root),
    [TargetName.SignaliteNode]: nodeAppSource(workspace, choice),
    [TargetName.Before]: before(signalite),
    [TargetName.Serverless]: serverless(workspace.root),
    [TargetName.ServerlessBefore]: before(serverless),
    [TargetName.Kestrel]: wanted.has(TargetName.Kestrel)
      ? await kestrelSource(workspace, choice)
      : { absent: 'not wanted' },
    [TargetName.StandIn]: withApp((kind) => ({
      start: (options) => startStandIn(workspace, { ...options, app: kind }),
      isDotnet: kind.sdk === 'dotnet',
    })),
    [TargetName.SocketLoop]: { start: () => startSocketLoop(workspace), isDotnet: false },
    [TargetName.Emulator]: emulatorSource(workspace, choice),
  };
}

/** Says in a few words which app server stands behind the service. */
export function describeAppServer(workspace: Workspace, choice: TargetChoice): string {
  const app = appServerOf(workspace, choice);
  if ('absent' in app) return app.absent;
  return app.sdk === 'dotnet'
    ? `.NET, Microsoft.Azure.SignalR from ${app.sdkDir}`
    : 'Node, @signalite/server (no --sdk-dir)';
}

function appServerOf(workspace: Workspace, { sdkDir }: TargetChoice): AppServerKind | { readonly absent: string } {
  if (sdkDir !== undefined) {
    return hasDotnet() ? { sdk: 'dotnet', sdkDir } : { absent: 'dotnet is not installed: --sdk-dir needs it' };
  }
  return hasNodeApp(workspace) ? { sdk: 'node' } : { absent: 'no app server: give --sdk-dir' };
}

function nodeAppSource(workspace: Workspace, { sdkDir }: TargetChoice): TargetSource {
  if (sdkDir === undefined) return { absent: 'no --sdk-dir: there is no .NET app server to compare with' };
  if (!hasNodeApp(workspace)) return { absent: 'the app server on @signalite/server is not built' };
  return {
    start: (options) => startSignalite(workspace, { ...options, root: workspace.root, app: { sdk: 'node' } }),
    isDotnet: false,
  };
}

async function kestrelSource(workspace: Workspace, { isQuick }: TargetChoice): Promise<TargetSource> {
  if (!hasDotnet()) return { absent: 'dotnet is not installed' };
  try {
    const assembly = await buildHub(workspace, { deadlineMs: isQuick ? QUICK_BUILD_MS : undefined });
    return { start: (options) => startKestrel(workspace, { ...options, assembly }), isDotnet: true };
  } catch (error) {
    workspace.progress(error instanceof Error ? error.message : String(error));
    return { absent: 'its hub could not be built; see above' };
  }
}

function emulatorSource(workspace: Workspace, { emulator }: TargetChoice): TargetSource {
  if (emulator === undefined) return { absent: 'no --emulator' };
  return { start: () => startEmulator(workspace, emulator), isDotnet: true };
}

function hasNodeApp({ root }: Workspace): boolean {
  return existsSync(path.join(root, 'bench/dist/peers/node-app.js'));
}
