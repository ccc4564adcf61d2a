import { Command, Option } from 'commander';
import { ServiceStartError } from '../errors.ts';
import { type CommandEnvironment, start } from './start.ts';
import { readStartOptions, START_FLAGS } from './start-options.ts';

/** Exit codes of the command line. */
export const ExitCode = { Ok: 0, Failed: 1, Usage: 2 } as const;
export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];

const EXAMPLES = `
Examples:
  $ signalite                                    listens on http://localhost:8888 in Default mode
  $ signalite --port 9000 --log-level debug
  $ signalite start --host 0.0.0.0 --access-key "$(openssl rand -base64 48)"

Every option can be given by environment as well: SIGNALITE_PORT=9000, SIGNALITE_ACCESS_KEY=...
Paste the printed connection string into your app: AddAzureSignalR("Endpoint=...").`;

export interface ProgramEnvironment extends CommandEnvironment {
  readonly writeError: (text: string) => void;
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly version: string;
}

/** Runs one command line and gives its exit code. Bare `signalite` is `signalite start`. */
export async function runProgram(argv: readonly string[], environment: ProgramEnvironment): Promise<ExitCode> {
  let exitCode: ExitCode = ExitCode.Ok;
  const run = async (flags: Record<string, unknown>) => {
    const read = readStartOptions(flags, environment.variables);
    if ('options' in read) await start(read.options, environment);
    else {
      environment.writeError(`error: ${read.problem}\n`);
      exitCode = ExitCode.Usage;
    }
  };
  try {
    await createProgram(environment, run).parseAsync([...argv], { from: 'user' });
    return exitCode;
  } catch (error) {
    return exitCodeOf(error, environment);
  }
}

function createProgram(
  environment: ProgramEnvironment,
  run: (flags: Record<string, unknown>) => Promise<void>,
): Command {
  const program = new Command('signalite')
    .description('The open Azure SignalR Service: an emulator on your machine, a service that you host yourself.')
    .version(environment.version, '-v, --version')
    .exitOverride()
    .configureOutput({ writeOut: environment.write, writeErr: environment.writeError })
    .showHelpAfterError('(signalite --help lists what there is)')
    .addHelpText('after', () => `\nOptions of start:\n${optionLines()}\n${EXAMPLES}`);
  const start = new Command('start')
    .description('run the service until Ctrl+C (the default command)')
    .copyInheritedSettings(program)
    .allowExcessArguments(false);
  for (const { flags, help } of Object.values(START_FLAGS)) start.addOption(new Option(flags, help));
  start.action(run);
  program.addCommand(start, { isDefault: true });
  return program;
}

function optionLines(): string {
  const rows = Object.values(START_FLAGS);
  const width = Math.max(...rows.map(({ flags }) => flags.length));
  return rows.map(({ flags, help }) => `  ${flags.padEnd(width)}  ${help}`).join('\n');
}

function exitCodeOf(error: unknown, { writeError }: ProgramEnvironment): ExitCode {
  if (error instanceof ServiceStartError) {
    writeError(`error: ${error.message}\n`);
    return error.code === 'invalid-option' ? ExitCode.Usage : ExitCode.Failed;
  }
  // Commander has written its sentence already; help and version are no errors.
  if (error instanceof Error && 'exitCode' in error) return error.exitCode === 0 ? ExitCode.Ok : ExitCode.Usage;
  throw error;
}
