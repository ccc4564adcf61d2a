import { execFile, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { access, cp, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { CouldNotTest } from '../violation.ts';

const SOURCES = fileURLToPath(new URL('../../dotnet-client/', import.meta.url));
const FILES = ['Program.cs', 'DotnetClient.csproj'];
const ASSEMBLY = 'DotnetClient.dll';
const BUILD_MS = 300_000;
// What the program is built for.
const SDK_MIN = 10;
const HASH_CHARACTERS = 16;
const run = promisify(execFile);

let built: Promise<string> | undefined;
let isThere: boolean | undefined;

/** Whether this machine has an SDK of .NET that can build the program. */
export function hasDotnet(): boolean {
  isThere ??= Number.parseInt(spawnSync('dotnet', ['--version'], { encoding: 'utf8' }).stdout ?? '', 10) >= SDK_MIN;
  return isThere;
}

/** The program around the released .NET client: built once for each state of its sources, and kept between runs. */
export function dotnetClient(): Promise<string> {
  built ??= build();
  return built;
}

async function build(): Promise<string> {
  const folder = join(tmpdir(), `signalite-conformance-dotnet-${await hashOfSources()}`);
  const assembly = join(folder, ASSEMBLY);
  if (await exists(assembly)) return assembly;
  // Built beside its place and moved there as a whole: others may build it at the same time.
  const work = await mkdtemp(join(tmpdir(), 'signalite-conformance-build-'));
  try {
    for (const file of FILES) await cp(join(SOURCES, file), join(work, file));
    const out = join(work, 'out');
    await run('dotnet', ['build', work, '-c', 'Release', '-o', out, '--nologo', '-v', 'quiet'], { timeout: BUILD_MS });
    await rename(out, folder).catch(async (error: unknown) => {
      if (!(await exists(assembly))) throw error;
    });
    return assembly;
  } catch (error) {
    const why = error instanceof Error && 'stdout' in error ? String(error.stdout) : String(error);
    throw new CouldNotTest(`The program around the .NET client cannot be built: ${why}`);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function hashOfSources(): Promise<string> {
  const hash = createHash('sha256');
  for (const file of FILES) hash.update(await readFile(join(SOURCES, file)));
  return hash.digest('hex').slice(0, HASH_CHARACTERS);
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
