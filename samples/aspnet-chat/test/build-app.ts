import { spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { AppUnderTest } from './app-under-test.ts';
import type { RunOptions } from './run-options.ts';

const BUILD_MS = 300_000;

/** Builds an app with the SDK's assemblies, outside of the repository; gives the path of what to run. */
export async function buildApp(app: AppUnderTest, { sdkDir, sdkVersion }: RunOptions): Promise<string> {
  const folder = join(tmpdir(), 'signalite-test-sdk', sdkVersion, app.name);
  const out = join(folder, 'bin');
  const child = spawn(
    'dotnet',
    [
      'build',
      fileURLToPath(app.project),
      '--configuration=Release',
      `--output=${out}`,
      `-property:SdkDir=${sdkDir}`,
      `-property:BaseIntermediateOutputPath=${join(folder, 'obj')}/`,
    ],
    { stdio: ['ignore', 'pipe', 'pipe'], timeout: BUILD_MS },
  );
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  if (code !== 0) throw new Error(`${app.name} does not build:\n${output}`);
  return join(out, `${app.name}.dll`);
}
