import { type Command, Option } from 'commander';
import { ControlClient, DEFAULT_CONTROL_URL } from './control-client.ts';
import { formatOutput, OUTPUT_FORMATS, type OutputFormat } from './format-output.ts';

/** Where verbs write, and what they read. */
export interface VerbEnvironment {
  readonly write: (text: string) => void;
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly isErrorTerminal: boolean;
}

/** What was written on the command line, by the names of commander. */
export type VerbFlags = Readonly<Record<string, unknown>>;

export interface Verb {
  readonly name: string;
  readonly description: string;
  /** `[flags, help]`; flags that begin with `!` must be given. */
  readonly options: readonly (readonly [flags: string, help: string])[];
  readonly example: string;
  /** What `-o table` shows of it. Default: members that are values. */
  readonly table?: (value: unknown) => unknown;
  /** What is printed; undefined: nothing. */
  readonly run: (client: ControlClient, flags: VerbFlags) => Promise<unknown>;
}

export const NAME = ['!-n, --name <name>', 'name of the resource'] as const;
export const GROUP = ['-g, --resource-group <name>', 'its resource group (default: any; for create: default)'] as const;

/** Adds a verb to the program, or to a group of verbs. */
export function addVerb(
  parent: Command,
  { name, description, options, example, table, run }: Verb,
  env: VerbEnvironment,
): void {
  const command = parent
    .command(name)
    .description(description)
    .copyInheritedSettings(parent)
    .allowExcessArguments(false);
  for (const [flags, help] of options) {
    const option = new Option(flags.replace('!', ''), help);
    command.addOption(flags.startsWith('!') ? option.makeOptionMandatory() : option);
  }
  addCommon(command)
    .addHelpText('after', `\nExample:\n  $ ${example}`)
    .action(async (flags: VerbFlags) => {
      const client = new ControlClient(controlUrlOf(flags, env));
      const value = await run(client, flags);
      const isTable = flags['output'] === 'table' && flags['query'] === undefined;
      print(isTable && table !== undefined ? table(value) : value, flags, env);
    });
}

/** Options that every verb has, those of `az` that mean nothing here among them. */
export function addCommon(command: Command): Command {
  return command
    .addOption(new Option('-o, --output <format>', 'what is printed').choices(OUTPUT_FORMATS).default('json'))
    .option('--query <jmespath>', 'a part of it, such as primaryConnectionString')
    .option(
      '--control-url <url>',
      `control port of the process (default: ${DEFAULT_CONTROL_URL}, or SIGNALITE_CONTROL_URL)`,
    )
    .addOption(new Option('--subscription <id>').hideHelp())
    .addOption(new Option('--no-wait').hideHelp())
    .addOption(new Option('-y, --yes').hideHelp());
}

export function controlUrlOf({ controlUrl }: VerbFlags, { variables }: VerbEnvironment): string {
  return text(controlUrl) ?? variables['SIGNALITE_CONTROL_URL'] ?? DEFAULT_CONTROL_URL;
}

export function print(value: unknown, { output, query }: VerbFlags, { write, isErrorTerminal }: VerbEnvironment): void {
  const format = OUTPUT_FORMATS.find((one) => one === output) ?? ('json' satisfies OutputFormat);
  const shown = formatOutput(value, { output: format, query: text(query), isTerminal: isErrorTerminal });
  if (shown !== '') write(shown);
}

export function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** Values of an option that takes several. */
export function texts(value: unknown): readonly string[] | undefined {
  return Array.isArray(value) ? value.map(String) : undefined;
}

/** `true` and `false` of `az`, in any case. */
export function truth(value: unknown): boolean | undefined {
  return value === undefined ? undefined : `${value}`.toLowerCase() === 'true';
}
