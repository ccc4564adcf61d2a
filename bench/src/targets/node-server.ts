// Servers on Node, started so that they can be asked for their memory where that is wanted.

import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { BenchProcess } from '../machine/child-process.ts';
import type { StartOptions } from './target.ts';
import type { Workspace } from './workspace.ts';

const PROBE_MS = 30_000;
const PROBE_READY = /^memory (\S+)$/m;

export function nodeCommand(
  { root }: Workspace,
  { script, args = [], hasMemoryProbe }: StartOptions & { readonly script: string; readonly args?: readonly string[] },
): string[] {
  const probe = pathToFileURL(path.join(root, 'bench/dist/peers/memory-probe.js')).href;
  const flags = hasMemoryProbe ? ['--expose-gc', '--import', probe] : [];
  return [process.execPath, ...flags, script, ...args];
}

/** Where a server that was started with the probe says what a collection leaves in memory. */
export async function memoryProbeUrl(server: BenchProcess): Promise<string> {
  return await server.untilPrinted(PROBE_READY, PROBE_MS);
}
