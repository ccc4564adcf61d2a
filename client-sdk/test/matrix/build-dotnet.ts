import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const BUILD_MS = 300_000;

/** Not beside the sources, and each copy of the repository has its own. */
const CACHE = fileURLToPath(new URL('../../.cache/matrix/', import.meta.url));

/** Builds one of the C# projects here; gives the path of what to run. */
export async function buildDotnet(project: string, assembly: string, clientVersion?: string): Promise<string> {
  const folder = join(CACHE, clientVersion === undefined ? project : `${project}-${clientVersion}`);
  const out = join(folder, 'bin');
  const child = spawn(
    'dotnet',
    [
      'build',
      fileURLToPath(new URL(`./${project}/${project}.csproj`, import.meta.url)),
      '--configuration=Release',
      `--output=${out}`,
      `-property:BaseIntermediateOutputPath=${join(folder, 'obj')}/`,
      ...(clientVersion === undefined ? [] : [`-property:ClientVersion=${clientVersion}`]),
    ],
    { stdio: ['ignore', 'pipe', 'pipe'], timeout: BUILD_MS },
  );
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', (cause) => reject(new Error('dotnet cannot be started: install the .NET 10 SDK.', { cause })));
    child.once('close', resolve);
  });
  if (code !== 0) throw new Error(`${project} does not build:\n${output}`);
  return join(out, `${assembly}.dll`);
}
