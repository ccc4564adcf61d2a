import { type Command, Option } from 'commander';
import { ControlClient, DEFAULT_CONTROL_URL, VerbError } from './control-client.ts';
import { formatOutput, OUTPUT_FORMATS, type OutputFormat } from './format-output.ts';
import { readQuery } from './read-value.ts';
import { shownAsAz } from './shown-resource.ts';

/** Where verbs write, and what they read. */
export interface VerbEnvironment {
  readonly write: (text: string) => void;
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly isTerminal: boolean;
}

/** What was written on the command line, by the names of commander. */
export type VerbFlags = Readonly<Record<string, unknown>>;

export type VerbOption = readonly [flags: string, help: string, read?: (text: string) => unknown];

export interface Verb {
  readonly name: string;
  readonly description: string;
  /** Flags that begin with `!` must be given. */
  readonly options: readonly VerbOption[];
  readonly example: string;
  /** What `-o table` shows of it without a query. Default: members that are values. */
  readonly table?: (value: unknown) => unknown;
  /** What is printed; undefined: nothing. */
  readonly run: (client: ControlClient, flags: VerbFlags, argv: readonly string[]) => Promise<unknown>;
}

export const NAME = ['!-n, --name <name>', 'name of the resource'] as const;
export const GROUP = ['-g, --resource-group <name>', 'its resource group (default: any; for create: default)'] as const;

/** The same verb on each resource that an id names. */
const IDS = ['--ids <ids...>', 'ids in Azure Resource Manager, instead of the name'] as const;
const RESOURCE_ID = /^\/subscriptions\/[^/]+\/resourceGroups\/([^/]+)\/providers\/[^/]+\/SignalR\/([^/]+)\/?$/i;

/** Adds a verb to the program, or to a group of verbs. */
export function addVerb(
  parent: Command,
  verb: Verb,
  env: VerbEnvironment & { readonly argv: readonly string[] },
): void {
  const { name, description, options, example } = verb;
  const command = parent
    .command(name)
    .description(description)
    .copyInheritedSettings(parent)
    .allowExcessArguments(false);
  const takesIds = options.includes(NAME) && name !== 'create';
  for (const one of options) command.addOption(optionOf(one, takesIds && one === NAME));
  if (takesIds) command.addOption(optionOf(IDS, false));
  addCommon(command)
    .addHelpText('after', `\nExample:\n  $ ${example}`)
    .action(async (flags: VerbFlags) => {
      if (takesIds && flags['name'] === undefined && flags['ids'] === undefined) {
        command.error("error: required option '-n, --name <name>' not specified");
      }
      const client = new ControlClient(controlUrlOf(flags, env));
      const shown: unknown[] = [];
      for (const target of targetsOf(flags)) shown.push(await verb.run(client, target, env.argv));
      const given = shown.filter((one) => one !== undefined);
      print(given.length > 1 ? given : given[0], flags, env, verb.table);
    });
}

function optionOf([flags, help, read]: VerbOption, isOptional: boolean): Option {
  const option = new Option(flags.replace('!', ''), help);
  if (read !== undefined) option.argParser(read);
  return option.makeOptionMandatory(flags.startsWith('!') && !isOptional);
}

/** The flags, once for each id. Throws `VerbError` (2) before anything is done. */
function targetsOf(flags: VerbFlags): readonly VerbFlags[] {
  const ids = texts(flags['ids']);
  if (ids === undefined) return [flags];
  return ids.map((id) => {
    const [, resourceGroup, name] = RESOURCE_ID.exec(id) ?? [];
    if (name !== undefined) return { ...flags, resourceGroup, name };
    throw new VerbError(
      `An id must be such as /subscriptions/…/resourceGroups/…/providers/Microsoft.SignalRService/SignalR/name, not '${id}'.`,
      2,
    );
  });
}

/** Options that every verb has, those of `az` that mean nothing here among them. */
export function addCommon(command: Command): Command {
  return command
    .addOption(new Option('-o, --output <format>', 'what is printed').choices(OUTPUT_FORMATS).default('json'))
    .option('--query <jmespath>', 'a part of it, such as primaryConnectionString', readQuery)
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

/** Prints what a verb gave, as `--output` and `--query` say. */
export function print(
  value: unknown,
  { output, query }: VerbFlags,
  { write, isTerminal }: VerbEnvironment,
  table?: Verb['table'],
): void {
  const format = OUTPUT_FORMATS.find((one) => one === output) ?? ('json' satisfies OutputFormat);
  const shown = formatOutput(shownAsAz(value), { output: format, query: text(query), isTerminal, toRows: table });
  if (shown !== '') write(shown);
}

export function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** Values of an option that takes several. */
export function texts(value: unknown): readonly string[] | undefined {
  return Array.isArray(value) ? value.map(String) : undefined;
}

/** A flag without a value is true, as in `az`. */
export function truth(value: unknown): boolean | undefined {
  return typeof value === 'boolean' ? value : undefined;
}
