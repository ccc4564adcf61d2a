import { parseArgs } from 'node:util';
import { type Cost, FEATURES, type Feature, SERVICE_MODES, type ServiceMode } from './check.ts';
import type { ReportFiles } from './run.ts';
import type { Selection } from './selection.ts';
import type { TargetOptions } from './target.ts';
import { readConnectionString } from './wire/connection-string.ts';

const COSTS: readonly Cost[] = ['minutes', 'money'];

export const HELP = `Tells whether what is behind a connection string is an Azure SignalR Service.

Usage: signalite-conformance --connection-string <text> --service-mode <mode> [options]

  --connection-string <text>  Endpoint=https://…;AccessKey=…;Version=1.0;
                              or the environment's SIGNALR_CONNECTION_STRING
  --service-mode <mode>       what the service runs in: ${SERVICE_MODES.join(', ')} (default: Default)
  --feature <name>            the target offers it, again for more: ${FEATURES.join(', ')};
                              'all' for all (default: none; dotnet-client by itself, where
                              .NET 10 or later is found)
  --upstream <url>            listens there as the target's upstream, whose URL template must be
                              <url>/{hub}/{category}/{event}; claims the feature upstream
  --include <cost>            checks that take ${COSTS.join(' or ')} too
  --select <id>               these checks only, again for more; * stands for anything
  --area <name>               the checks of an area only, again for more
  --only-feature <name>       the checks that need a feature only
  --expected-failures <file>  ids that this target is known to fail, one a line
  --list                      lists the checks with what they require, and runs none
  --coverage                  writes a table: section of the specification, checks
  --json <file>               writes the results of Vitest
  --junit <file>              the same for build servers
  --help

Each check uses a hub of its own. The suite changes nothing else at the service, and needs no rights but the key.

Examples:
  signalite-conformance --connection-string "Endpoint=http://localhost;Port=8888;AccessKey=…;Version=1.0;"
  signalite-conformance --service-mode Serverless --area rest
  signalite-conformance --list --area negotiate

Exit code: 0 when all is as required, 1 when something is not, 2 for a wrong command line.
`;

/** A wrong command line: the text says what to write instead. */
export class UsageError extends Error {}

export type Command =
  | { readonly do: 'help' }
  | { readonly do: 'list' | 'coverage'; readonly selection: Selection }
  | {
      readonly do: 'run';
      readonly target: TargetOptions;
      readonly selection: Selection;
      readonly files: ReportFiles;
      readonly expectedFailures: string | undefined;
    };

/** Throws UsageError. */
export function readCommand(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): Command {
  const values = parse(args);
  if (values.help === true) return { do: 'help' };
  const selection = {
    ids: values.select ?? [],
    areas: values.area ?? [],
    features: oneOfEach(values['only-feature'] ?? [], FEATURES, '--only-feature'),
  };
  if (values.list === true) return { do: 'list', selection };
  if (values.coverage === true) return { do: 'coverage', selection };
  const connectionString = values['connection-string'] ?? environment['SIGNALR_CONNECTION_STRING'] ?? '';
  if (connectionString === '')
    throw new UsageError('Give a connection string: --connection-string "Endpoint=…;AccessKey=…;".');
  try {
    readConnectionString(connectionString);
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
  return {
    do: 'run',
    target: {
      connectionString,
      serviceMode: serviceModeOf(values['service-mode'] ?? 'Default'),
      features: featuresOf(values.feature ?? [], values.upstream),
      upstreamUrl: upstreamUrlOf(values.upstream),
      costs: oneOfEach(values.include ?? [], COSTS, '--include'),
    },
    selection,
    files: { json: values.json, junit: values.junit },
    expectedFailures: values['expected-failures'],
  };
}

function serviceModeOf(text: string): ServiceMode {
  const [mode] = oneOfEach([text], SERVICE_MODES, '--service-mode');
  return mode ?? 'Default';
}

/** Upstreams can be tested where the suite is one, and only there. */
function featuresOf(names: readonly string[], upstream: string | undefined): readonly Feature[] {
  const named = names.includes('all') ? FEATURES : oneOfEach(names, FEATURES, '--feature');
  const others = named.filter((feature) => feature !== 'upstream');
  return upstream === undefined ? others : [...others, 'upstream'];
}

function upstreamUrlOf(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const isUsable = URL.canParse(text) && new URL(text).protocol === 'http:' && new URL(text).port !== '';
  if (!isUsable)
    throw new UsageError(`--upstream must be an http URL with a port, such as http://127.0.0.1:7071, not '${text}'.`);
  return new URL(text).origin;
}

function oneOfEach<T extends string>(given: readonly string[], known: readonly T[], flag: string): T[] {
  return given.map((text) => {
    const found = known.find((one) => one.toLowerCase() === text.toLowerCase());
    if (found === undefined) throw new UsageError(`${flag} must be one of ${known.join(', ')}, not '${text}'.`);
    return found;
  });
}

function parse(args: readonly string[]) {
  const text = { type: 'string' } as const;
  const texts = { type: 'string', multiple: true } as const;
  const flag = { type: 'boolean' } as const;
  try {
    return parseArgs({
      args: [...args],
      options: {
        'connection-string': text,
        'service-mode': text,
        feature: texts,
        upstream: text,
        include: texts,
        select: texts,
        area: texts,
        'only-feature': texts,
        'expected-failures': text,
        list: flag,
        coverage: flag,
        json: text,
        junit: text,
        help: flag,
      },
    }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}
