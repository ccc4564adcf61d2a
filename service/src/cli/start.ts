import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { AuthMode } from '../config/auth-mode.ts';
import type { EntraOptions } from '../config/entra-options.ts';
import { ServiceModeName } from '../config/service-mode-name.ts';
import { describeTemplate } from '../config/upstream-settings.ts';
import { type Host, QuotaPolicy, startHost } from '../host/host.ts';
import type { ServiceEvent, ServiceEventListener } from '../log/events.ts';
import { createLogger, logEvents } from '../log/logger.ts';
import type { Resources } from '../resources/resources.ts';
import { readCertificate } from './certificate-files.ts';
import { developmentCertificate, trustLine } from './development-certificate.ts';
import { publicKeyWarning } from './public-key-warning.ts';
import type { StartOptions } from './start-options.ts';
import { type LoadedSettings, loadSettings, UpstreamSource } from './upstream-source.ts';

const OPEN_WARNING = 'No tokens are checked: every program and every web page on this machine can use the service.';

const STATE_FOLDER = '.signalite';

/** Where a command reads and writes, and what stops it. */
export interface CommandEnvironment {
  readonly write: (text: string) => void;
  /** Relative paths start here. */
  readonly workingFolder: string;
  readonly variables: Readonly<Record<string, string | undefined>>;
  /** Of standard output. */
  readonly isTerminal: boolean;
  readonly isErrorTerminal: boolean;
  /** Calls back for each request to stop; gives a function that ends the subscription. */
  readonly onStopRequest: (listener: () => void) => () => void;
}

/** Runs the service until it is asked to stop; resolves when it has stopped. */
export async function start(options: StartOptions, environment: CommandEnvironment): Promise<void> {
  const { logLevel, logFormat, host: address, port, accessKey, auth } = options;
  const loaded = await loadSettings(options.config, environment.workingFolder);
  const source = new UpstreamSource(loaded, environment.variables);
  const { isGiven, templates } = loaded.settings;
  const serviceMode = options.serviceMode ?? (isGiven ? ServiceModeName.Serverless : ServiceModeName.Default);
  const logger = await createLogger({
    level: logLevel,
    format: logFormat,
    isTerminal: environment.isErrorTerminal,
  });
  const tell = logEvents(logger);
  const given = await readCertificate(options);
  const made = given === undefined && options.https ? await developmentCertificate() : undefined;
  const host = await startHost({
    ...withoutUndefined({
      secondaryAccessKey: options.secondaryAccessKey,
      clientEndpoint: options.clientEndpoint,
      serverEndpoint: options.serverEndpoint,
      https: given ?? made,
    }),
    ...stateOptions(options, logger),
    host: address,
    port,
    serviceMode,
    accessKey,
    auth,
    entra: entraOptionsOf(options),
    upstream: templates,
    upstreamSecret: source.secretOf,
    onEvent: tell,
  });
  const { service } = host;
  environment.write(banner(host, loaded));
  if (made?.isNew === true) environment.write(trustHint(made.path));
  const warning = publicKeyWarning(options);
  if (warning !== undefined) logger.warn(warning);
  if (auth === AuthMode.Off) logger.warn(OPEN_WARNING);
  const isUsed = serviceMode === ServiceModeName.Serverless;
  if (!isUsed && templates.length > 0) logger.warn(unusedWarning(serviceMode, loaded));
  const watch = isUsed ? source.follow(service, tell) : undefined;
  await untilStopped(host, environment);
  await watch?.close();
}

function entraOptionsOf({ entra: mode, entraIssuer, entraJwks, entraAudience }: StartOptions): EntraOptions {
  return { mode, ...withoutUndefined({ issuer: entraIssuer, jwks: entraJwks, audience: entraAudience }) };
}

function banner({ service, resources, controlUrl }: Host, loaded: LoadedSettings): string {
  const { connectionString, entraConnectionString, serviceMode } = service;
  const upstream = serviceMode === ServiceModeName.Serverless ? upstreamLines(loaded) : '';
  const entra =
    entraConnectionString === undefined
      ? ''
      : `To sign in with Microsoft Entra ID instead:\n\n  ${entraConnectionString}\n\n`;
  return `\nsignalite is ready in ${serviceMode} mode. Connection string for your app servers:\n\n  ${connectionString}\n\n${entra}${upstream}${resourceLines(resources)}${controlLine(controlUrl)}Stop with Ctrl+C.\n`;
}

function controlLine(controlUrl: string | undefined): string {
  if (controlUrl === undefined) return '';
  return `More resources, their keys and metrics: signalite create --help (control port ${controlUrl}).\n`;
}

/** Those that were created: their connection strings are for `signalite key list` to show. */
function resourceLines(resources: Resources): string {
  const created = resources.list().filter(({ isStored }) => isStored);
  if (created.length === 0) return '';
  const lines = created.map(({ record, url, problem }) => `  ${record.name}  ${url ?? problem ?? 'stopped'}\n`);
  return `Resources that you created:\n\n${lines.join('')}\n`;
}

/** Where resources are kept, and how their events are told. */
function stateOptions(options: StartOptions, logger: Logger) {
  const { state, inMemory, quota, enforceQuota, control, controlPort, logFolder } = options;
  const tellers = new Map<string, ServiceEventListener>();
  return {
    stateFolder: inMemory ? undefined : (state ?? join(homedir(), STATE_FOLDER)),
    logFolder,
    control: control ? { port: controlPort, certificate: () => developmentCertificate() } : undefined,
    quotas: quotaPolicyOf(quota, enforceQuota),
    onResourceEvent(resource: string, event: ServiceEvent) {
      let tell = tellers.get(resource);
      if (tell === undefined) {
        tell = logEvents(logger.child({ resource }));
        tellers.set(resource, tell);
      }
      tell(event);
    },
  };
}

function quotaPolicyOf(quota: boolean, enforceQuota: boolean): QuotaPolicy {
  if (!quota) return QuotaPolicy.None;
  return enforceQuota ? QuotaPolicy.All : QuotaPolicy.Created;
}

function upstreamLines({ path, settings }: LoadedSettings): string {
  if (settings.templates.length === 0) {
    return `No upstream: what clients send goes nowhere. Upstreams that you write into ${path} are taken up at once.\n\n`;
  }
  const lines = settings.templates.map((template) => `  ${describeTemplate(template)}\n`);
  return `Upstream, from ${path}; changes are taken up at once:\n\n${lines.join('')}\n`;
}

function unusedWarning(serviceMode: ServiceModeName, { path }: LoadedSettings): string {
  return `The upstream settings of ${path} are not used in ${serviceMode} mode. Start with --service-mode Serverless to use them.`;
}

function trustHint(path: string): string {
  return `A certificate for localhost was made. Until this machine trusts it, browsers warn. Trust it with:\n\n  ${trustLine(path, process.platform)}\n\nNode apps: NODE_EXTRA_CA_CERTS="${path}"\n`;
}

/** Options that were not given are left out: absent is not the same as undefined. */
function withoutUndefined<T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const given = Object.entries(values).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given) as { [K in keyof T]?: Exclude<T[K], undefined> };
}

/** The first request stops gracefully, the second at once. */
async function untilStopped(host: Host, { onStopRequest }: CommandEnvironment): Promise<void> {
  let unsubscribe: (() => void) | undefined;
  await new Promise<void>((resolve, reject) => {
    let isStopping = false;
    unsubscribe = onStopRequest(() => {
      if (isStopping) host.drop();
      else host.close().then(resolve, reject);
      isStopping = true;
    });
  });
  unsubscribe?.();
}
