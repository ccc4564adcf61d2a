// What `signalite start` may be told, by flag, by environment, or not at all. One table: help, environment names and
// validation come from it.

import { z } from 'zod';
import { ACCESS_KEY_MIN_BYTES, isLongEnough } from '../config/access-key.ts';
import { AuthMode } from '../config/auth-mode.ts';
import { DEFAULT_ENTRA_AUDIENCE, EntraMode } from '../config/entra-options.ts';
import { ServiceModeName } from '../config/service-mode-name.ts';
import { DEFAULT_CONTROL_PORT, DEFAULT_HOST, DEFAULT_PORT, WELL_KNOWN_ACCESS_KEY } from '../config/service-options.ts';
import { LOG_FORMATS, LOG_LEVELS } from '../log/logger.ts';

const PORT_MAX = 65_535;
const LOG_LEVEL_DEFAULT = 'info';

const key = (flag: string) =>
  z.string().refine((text) => isLongEnough(text), {
    message: `${flag} must be at least ${ACCESS_KEY_MIN_BYTES} bytes long, so that tokens cannot be forged by guessing.`,
  });

const MODES = Object.values(ServiceModeName);

/** One schema, one type: everything that starting takes. */
export const startOptionsSchema = z.object({
  host: z.string().min(1, 'The host must not be empty.').default(DEFAULT_HOST),
  port: port('The port').default(DEFAULT_PORT),
  serviceMode: oneOf('The service mode', MODES).optional(),
  config: z.string().optional(),
  accessKey: key('--access-key').default(WELL_KNOWN_ACCESS_KEY),
  secondaryAccessKey: key('--secondary-access-key').optional(),
  auth: oneOf('The check of tokens', Object.values(AuthMode)).default(AuthMode.Strict),
  entra: oneOf('The check of tokens of Microsoft Entra ID', Object.values(EntraMode)).default(EntraMode.Off),
  entraIssuer: z.string().optional(),
  entraJwks: z.string().optional(),
  entraAudience: z.string().optional(),
  state: z.string().min(1, 'The state folder must not be empty.').optional(),
  logFolder: z.string().min(1, 'The log folder must not be empty.').optional(),
  inMemory: switchOf('--in-memory', 'SIGNALITE_IN_MEMORY').default(false),
  control: switchOf('--no-control', 'SIGNALITE_CONTROL').default(true),
  controlPort: port('The control port').default(DEFAULT_CONTROL_PORT),
  quota: switchOf('--no-quota', 'SIGNALITE_QUOTA').default(true),
  enforceQuota: switchOf('--enforce-quota', 'SIGNALITE_ENFORCE_QUOTA').default(false),
  clientEndpoint: z.string().optional(),
  serverEndpoint: z.string().optional(),
  https: switchOf('--https', 'SIGNALITE_HTTPS').default(false),
  cert: z.string().optional(),
  key: z.string().optional(),
  pfx: z.string().optional(),
  pfxPassword: z.string().optional(),
  logLevel: oneOf('The log level', LOG_LEVELS).default(LOG_LEVEL_DEFAULT),
  logFormat: oneOf('The log format', LOG_FORMATS).default('auto'),
});
export type StartOptions = z.output<typeof startOptionsSchema>;
export type StartOptionName = keyof StartOptions;

function port(what: string) {
  const problem = `${what} must be a whole number from 0 to ${PORT_MAX}; 0 takes any free one.`;
  return z
    .string()
    .regex(/^\d{1,5}$/, problem)
    .transform(Number)
    .pipe(z.number().max(PORT_MAX, problem));
}

/** A flag without a value. Its variable is `true` or `false`; for `--no-…` it says the contrary of the flag. */
function switchOf(flag: string, variable: string) {
  const value = flag.startsWith('--no-') ? 'false' : 'true';
  return z.union([z.boolean(), z.stringbool({ error: `Write ${flag} alone, or ${variable}=${value}.` })]);
}

/** Matches without case: `default` is `Default`. */
function oneOf<const T extends string>(what: string, values: readonly T[]) {
  return z
    .string()
    .transform((text) => values.find((value) => value.toLowerCase() === text.toLowerCase()) ?? text)
    .pipe(z.enum(values, { error: `${what} must be one of ${values.join(', ')}.` }));
}

export interface StartFlag {
  /** As commander reads it. */
  readonly flags: string;
  readonly environment: string;
  readonly help: string;
}

export const START_FLAGS: Readonly<Record<StartOptionName, StartFlag>> = {
  host: {
    flags: '-i, --host <address>',
    environment: 'SIGNALITE_HOST',
    help: `address to listen on (default: ${DEFAULT_HOST}, loopback only)`,
  },
  port: {
    flags: '-p, --port <number>',
    environment: 'SIGNALITE_PORT',
    help: `port for clients and app servers; 0 takes a free one (default: ${DEFAULT_PORT})`,
  },
  serviceMode: {
    flags: '-m, --service-mode <mode>',
    environment: 'SIGNALITE_SERVICE_MODE',
    help: `${MODES.join(', ')} (default: Serverless when there are upstream settings, else Default)`,
  },
  config: {
    flags: '-c, --config <path>',
    environment: 'SIGNALITE_CONFIG',
    help: 'upstream settings: a file, or a folder with a settings.json (default: ./settings.json, if there is one)',
  },
  accessKey: {
    flags: '--access-key <key>',
    environment: 'SIGNALITE_ACCESS_KEY',
    help: 'primary key, at least 32 bytes (default: the well-known key, for local use only)',
  },
  secondaryAccessKey: {
    flags: '--secondary-access-key <key>',
    environment: 'SIGNALITE_SECONDARY_ACCESS_KEY',
    help: 'second key that is honoured as well (default: none)',
  },
  auth: {
    flags: '--auth <mode>',
    environment: 'SIGNALITE_AUTH',
    help: 'strict; lenient: tokens need a good signature only, as with the official emulator; off: none is needed, on loopback only (default: strict)',
  },
  entra: {
    flags: '--entra <mode>',
    environment: 'SIGNALITE_ENTRA',
    help: 'tokens of Microsoft Entra ID: off, trust (unchecked, on loopback only) or verify (default: off)',
  },
  entraIssuer: {
    flags: '--entra-issuer <text>',
    environment: 'SIGNALITE_ENTRA_ISSUER',
    help: 'their issuer, to verify them',
  },
  entraJwks: {
    flags: '--entra-jwks <url>',
    environment: 'SIGNALITE_ENTRA_JWKS',
    help: "where the issuer's keys are, to verify them",
  },
  entraAudience: {
    flags: '--entra-audience <text>',
    environment: 'SIGNALITE_ENTRA_AUDIENCE',
    help: `whom they are for (default: ${DEFAULT_ENTRA_AUDIENCE})`,
  },
  state: {
    flags: '--state <folder>',
    environment: 'SIGNALITE_STATE',
    help: 'where resources are kept that `signalite create` makes (default: ~/.signalite)',
  },
  logFolder: {
    flags: '--log-folder <folder>',
    environment: 'SIGNALITE_LOG_FOLDER',
    help: 'where resources write their logs that have logs switched on (default: logs in the state folder)',
  },
  inMemory: {
    flags: '--in-memory',
    environment: 'SIGNALITE_IN_MEMORY',
    help: 'keep nothing: resources that are created end with the process',
  },
  control: {
    flags: '--no-control',
    environment: 'SIGNALITE_CONTROL',
    help: 'no control port: `signalite create` and the other verbs cannot reach this process',
  },
  controlPort: {
    flags: '--control-port <number>',
    environment: 'SIGNALITE_CONTROL_PORT',
    help: `port for those verbs, metrics and Azure Resource Manager, on loopback only; 0 takes a free one (default: ${DEFAULT_CONTROL_PORT})`,
  },
  quota: {
    flags: '--no-quota',
    environment: 'SIGNALITE_QUOTA',
    help: 'no limits of connections and messages for resources that are created',
  },
  enforceQuota: {
    flags: '--enforce-quota',
    environment: 'SIGNALITE_ENFORCE_QUOTA',
    help: 'limits for the resource of this command line too, those of a Standard_S1 with one unit',
  },
  clientEndpoint: {
    flags: '--client-endpoint <url>',
    environment: 'SIGNALITE_CLIENT_ENDPOINT',
    help: 'where clients reach the service, when it is behind a container or a proxy',
  },
  serverEndpoint: {
    flags: '--server-endpoint <url>',
    environment: 'SIGNALITE_SERVER_ENDPOINT',
    help: 'where app servers and REST calls reach it, when that differs',
  },
  https: {
    flags: '--https',
    environment: 'SIGNALITE_HTTPS',
    help: 'serve HTTPS; makes a certificate for localhost on the first run, unless one is given',
  },
  cert: { flags: '--cert <file>', environment: 'SIGNALITE_CERT', help: 'certificate for HTTPS, PEM, with --key' },
  key: { flags: '--key <file>', environment: 'SIGNALITE_KEY', help: 'its private key, PEM' },
  pfx: { flags: '--pfx <file>', environment: 'SIGNALITE_PFX', help: 'certificate and key for HTTPS in one PFX file' },
  pfxPassword: {
    flags: '--pfx-password <text>',
    environment: 'SIGNALITE_PFX_PASSWORD',
    help: 'password of the PFX file; better by environment',
  },
  logLevel: {
    flags: '--log-level <level>',
    environment: 'SIGNALITE_LOG_LEVEL',
    help: `${LOG_LEVELS.join(', ')} (default: ${LOG_LEVEL_DEFAULT})`,
  },
  logFormat: {
    flags: '--log-format <format>',
    environment: 'SIGNALITE_LOG_FORMAT',
    help: 'human or json (default: human on a terminal, json elsewhere)',
  },
};

/** Commander gives `--no-…` as true when it was not given. */
function flagOf(flags: Readonly<Record<string, unknown>>, name: string): unknown {
  const isNegated = Object.hasOwn(START_FLAGS, name) && START_FLAGS[name as StartOptionName].flags.startsWith('--no-');
  return isNegated && flags[name] === true ? undefined : flags[name];
}

/** Flags win over the environment, the environment over defaults. Gives the values or one sentence about what is wrong. */
export function readStartOptions(
  flags: Readonly<Record<string, unknown>>,
  environment: Readonly<Record<string, string | undefined>>,
): { readonly options: StartOptions } | { readonly problem: string } {
  const given: Record<string, unknown> = {};
  for (const [name, { environment: variable }] of Object.entries(START_FLAGS)) {
    const fromEnvironment = environment[variable];
    const value = flagOf(flags, name) ?? (fromEnvironment === '' ? undefined : fromEnvironment);
    if (value !== undefined) given[name] = value;
  }
  const result = startOptionsSchema.safeParse(given);
  return result.success
    ? { options: result.data }
    : { problem: result.error.issues.map(({ message }) => message).join(' ') };
}
