import path from 'node:path';
import { BenchProcess } from '../machine/child-process.ts';
import type { Workspace } from '../targets/workspace.ts';

const BUILD_MS = 180_000;

/** Builds what is measured and what measures. Figures are those of the built package, never of sources under a loader. */
export async function build({ root, progress }: Workspace): Promise<void> {
  progress('builds the packages');
  const compiler = path.join(root, 'node_modules/typescript/bin/tsc');
  const projects = ['service', 'bench'].map((name) => path.join(root, name));
  const child = new BenchProcess({
    name: 'The build',
    command: [process.execPath, compiler, '-b', ...projects],
    core: undefined,
  });
  await child.untilDone(BUILD_MS);
}
