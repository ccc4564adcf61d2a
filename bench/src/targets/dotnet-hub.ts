// Builds the hub in C# once and keeps it in bench/.cache.

import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { BenchProcess } from '../machine/child-process.ts';
import type { Workspace } from './workspace.ts';

const BUILD_MS = 300_000;
const VERSION_MS = 30_000;
const ASSEMBLY = 'BenchHub.dll';
const SDK_ASSEMBLY = /^Microsoft\.Azure\.SignalR.*\.dll$/;

export function hasDotnet(): boolean {
  return spawnSync('dotnet', ['--version'], { stdio: 'ignore', timeout: VERSION_MS }).status === 0;
}

/** Why a folder cannot be used as `--sdk-dir`; undefined when it can. */
export function sdkDirProblem(sdkDir: string): string | undefined {
  if (!existsSync(sdkDir)) return `${sdkDir} does not exist.`;
  const hasAssemblies = readdirSync(sdkDir).some((name) => SDK_ASSEMBLY.test(name));
  return hasAssemblies ? undefined : `${sdkDir} holds no Microsoft.Azure.SignalR*.dll.`;
}

function isHubBuilt(workspace: Workspace, sdkDir: string | undefined): boolean {
  const assembly = assemblyPath(workspace, sdkDir);
  if (!existsSync(assembly)) return false;
  const builtAt = statSync(assembly).mtimeMs;
  return hubSources(workspace).every((file) => statSync(file).mtimeMs < builtAt);
}

export interface HubBuild {
  /** With it the hub can be an app server of a service. */
  readonly sdkDir?: string | undefined;
  /** How long the build may take. Default: five minutes. */
  readonly deadlineMs?: number | undefined;
}

/** Gives the path of the built assembly. */
export async function buildHub(workspace: Workspace, { sdkDir, deadlineMs = BUILD_MS }: HubBuild): Promise<string> {
  const assembly = assemblyPath(workspace, sdkDir);
  if (isHubBuilt(workspace, sdkDir)) return assembly;
  workspace.progress(`builds bench/kestrel-hub${sdkDir === undefined ? '' : ` with the SDK in ${sdkDir}`} (once)`);
  const output = path.dirname(assembly);
  const build = new BenchProcess({
    name: 'The build of the hub in C#',
    command: [
      ...['dotnet', 'build', path.join(workspace.root, 'bench/kestrel-hub'), '-c', 'Release', '-o', output],
      ...[`-p:BaseIntermediateOutputPath=${output}-obj/`, '--nologo', '-v', 'quiet', '--disable-build-servers'],
      ...(sdkDir === undefined ? [] : [`-p:SdkDir=${path.resolve(sdkDir)}`]),
    ],
    core: undefined,
    environment: { DOTNET_CLI_TELEMETRY_OPTOUT: '1' },
  });
  try {
    await build.untilDone(deadlineMs);
  } finally {
    await build.stop();
  }
  return assembly;
}

function assemblyPath({ root }: Workspace, sdkDir: string | undefined): string {
  const name = sdkDir === undefined ? 'kestrel' : `sdk-${hash(path.resolve(sdkDir))}`;
  return path.join(root, 'bench/.cache', name, ASSEMBLY);
}

function hubSources({ root }: Workspace): string[] {
  const folder = path.join(root, 'bench/kestrel-hub');
  return readdirSync(folder).map((name) => path.join(folder, name));
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 8);
}
