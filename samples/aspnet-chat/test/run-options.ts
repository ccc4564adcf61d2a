import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

const ASSEMBLIES = ['Microsoft.Azure.SignalR', 'Microsoft.Azure.SignalR.Common', 'Microsoft.Azure.SignalR.Protocols'];

export const HELP = `Runs the C# sample and an app with every hub feature on the real Microsoft.Azure.SignalR, through the
service of this repository, and compares what clients see with the same apps on Kestrel.

  npm run test:sdk -- --sdk-dir <folder> [options]

  --sdk-dir <folder>      folder with ${ASSEMBLIES.join('.dll,\n                          ')}.dll
  --sdk-version <name>    what to call that version (default: the name of the folder)
  --only <part>           only scenarios with this text in their name
  --record                write transcripts to conformance/recordings/<version>/
  --help

Needs the .NET SDK 10 (command dotnet) and its packages from NuGet. Ends with 0 when everything is equal.
`;

export interface RunOptions {
  readonly sdkDir: string;
  readonly sdkVersion: string;
  readonly only: string;
  readonly isRecording: boolean;
}

/** Wrong usage, or a machine that lacks something: the text says what to do. */
export class UsageError extends Error {}

/** Undefined: the user asks for help. */
export function readRunOptions(args: readonly string[]): RunOptions | undefined {
  const { values } = parse(args);
  if (values.help === true) return undefined;
  if (values['sdk-dir'] === undefined) throw new UsageError('Give the folder with the SDK: --sdk-dir <folder>.');
  const sdkDir = resolve(values['sdk-dir']);
  const missing = ASSEMBLIES.filter((name) => !existsSync(join(sdkDir, `${name}.dll`)));
  if (missing.length > 0) {
    throw new UsageError(`There is no ${missing.map((name) => `${name}.dll`).join(', no ')} in ${sdkDir}.`);
  }
  if (spawnSync('dotnet', ['--version'], { stdio: 'ignore' }).status !== 0) {
    throw new UsageError('The command dotnet is missing. Install the .NET SDK 10.');
  }
  return {
    sdkDir,
    sdkVersion: values['sdk-version'] ?? basename(sdkDir),
    only: values.only ?? '',
    isRecording: values.record === true,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        'sdk-dir': { type: 'string' },
        'sdk-version': { type: 'string' },
        only: { type: 'string' },
        record: { type: 'boolean' },
        help: { type: 'boolean' },
      },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}
