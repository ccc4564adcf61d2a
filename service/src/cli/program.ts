import { Command, Option } from 'commander';
import { SettingsFileError } from '../config/settings-file.ts';
import { ServiceStartError } from '../errors.ts';
import { type CommandEnvironment, start } from './start.ts';
import { readStartOptions, START_FLAGS } from './start-options.ts';
import { initUpstream, listUpstream } from './upstream-commands.ts';
import { addVerbs } from './verbs/add-verbs.ts';
import { ControlClient, VerbError } from './verbs/control-client.ts';
import { changeStopped, found } from './verbs/resource-verbs.ts';
import { addCommon, controlUrlOf, print, type VerbFlags } from './verbs/verb.ts';

/** Exit codes of the command line. */
export const ExitCode = { Ok: 0, Failed: 1, Usage: 2, NotFound: 3 } as const;
export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];

const EXAMPLES = `
Examples:
  $ signalite                                    listens on http://localhost:8888 in Default mode
  $ signalite --port 9000 --log-level debug
  $ signalite upstream init                      writes a settings.json; with it, Serverless mode is the default
  $ signalite create --name my-signalr-service --sku Free_F1
  $ signalite key list --name my-signalr-service --query primaryConnectionString -o tsv
  $ signalite start --host 0.0.0.0 --access-key "$(openssl rand -base64 48)"

Every option can be given by environment as well: SIGNALITE_PORT=9000, SIGNALITE_ACCESS_KEY=...
Paste the printed connection string into your app: AddAzureSignalR("Endpoint=...").`;

export interface ProgramEnvironment extends CommandEnvironment {
  readonly writeError: (text: string) => void;
  /** Asks for one key; an empty text when nobody is there to press one. */
  readonly askForKey: (question: string) => Promise<string>;
  readonly version: string;
}

/** Runs one command line and gives its exit code. Bare `signalite` is `signalite start`. */
export async function runProgram(argv: readonly string[], environment: ProgramEnvironment): Promise<ExitCode> {
  let exitCode: ExitCode = ExitCode.Ok;
  const run = async (flags: Record<string, unknown>) => {
    if (typeof flags['name'] === 'string') {
      const client = new ControlClient(controlUrlOf(flags, environment));
      print(await changeStopped(client, flags, false), flags, environment);
      return;
    }
    const read = readStartOptions({ ...flags, host: flags['host'] ?? flags['ip'] }, environment.variables);
    if ('options' in read) await start(read.options, environment);
    else {
      environment.writeError(`error: ${read.problem}\n`);
      exitCode = ExitCode.Usage;
    }
  };
  try {
    await createProgram({ ...environment, argv }, run, isCommand(argv[0])).parseAsync([...argv], { from: 'user' });
    return exitCode;
  } catch (error) {
    return exitCodeOf(error, environment);
  }
}

/** An operand in the first place means a command, be it a misspelt one: then nothing is started. */
function isCommand(first: string | undefined): boolean {
  return first !== undefined && !first.startsWith('-');
}

function createProgram(
  environment: ProgramEnvironment & { readonly argv: readonly string[] },
  run: (flags: Record<string, unknown>) => Promise<void>,
  isCommandGiven: boolean,
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
  // The official emulator's name for it.
  start.addOption(new Option('--ip <address>').hideHelp());
  // With a name: the resource of a running process.
  start.addOption(new Option('-n, --name <name>', 'start this resource of a running process instead'));
  addCommon(start.addOption(new Option('-g, --resource-group <name>').hideHelp()));
  start.action(run);
  program.addCommand(start, { isDefault: !isCommandGiven });
  const upstream = createUpstreamCommand(program, environment);
  program.addCommand(upstream);
  addVerbs(program, upstream, environment);
  return program;
}

function createUpstreamCommand(program: Command, environment: ProgramEnvironment): Command {
  const upstream = new Command('upstream')
    .description('write or show upstream settings')
    .copyInheritedSettings(program);
  upstream
    .command('init')
    .description('write a settings.json that sends everything to an app on Azure Functions on this machine')
    .option('-o, --output <folder>', 'folder to write it to (default: this one)')
    .allowExcessArguments(false)
    .action(({ output }: { output?: string }) => initUpstream(output, environment));
  const list = upstream
    .command('list')
    .description('show the upstreams of a settings.json')
    .option('-c, --config <path>', 'a file, or a folder with a settings.json (default: this one)')
    .allowExcessArguments(false)
    .option('-n, --name <name>', 'of this resource of a running process instead');
  addCommon(list.addOption(new Option('-g, --resource-group <name>').hideHelp())).action(async (flags: VerbFlags) => {
    if (typeof flags['name'] !== 'string') {
      await listUpstream(flags['config'] === undefined ? undefined : String(flags['config']), environment);
      return;
    }
    const resource = await found(new ControlClient(controlUrlOf(flags, environment)), flags);
    print(resource.properties['upstream'] ?? { templates: [] }, flags, environment);
  });
  return upstream;
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
  if (error instanceof VerbError) {
    writeError(`error: ${error.message}\n`);
    return error.exitCode;
  }
  if (error instanceof SettingsFileError) {
    writeError(`error: ${error.message}\n`);
    return ExitCode.Failed;
  }
  // Commander has written its sentence already; help and version are no errors.
  if (error instanceof Error && 'exitCode' in error) return error.exitCode === 0 ? ExitCode.Ok : ExitCode.Usage;
  throw error;
}
