import { createLogger, logEvents } from '../log/logger.ts';
import { type Service, startService } from '../service.ts';
import { readCertificate } from './certificate-files.ts';
import { developmentCertificate, trustLine } from './development-certificate.ts';
import { publicKeyWarning } from './public-key-warning.ts';
import type { StartOptions } from './start-options.ts';

/** Where a command writes and what stops it. */
export interface CommandEnvironment {
  readonly write: (text: string) => void;
  readonly isErrorTerminal: boolean;
  /** Calls back for each request to stop; gives a function that ends the subscription. */
  readonly onStopRequest: (listener: () => void) => () => void;
}

/** Runs the service until it is asked to stop; resolves when it has stopped. */
export async function start(options: StartOptions, environment: CommandEnvironment): Promise<void> {
  const { logLevel, logFormat, host, port, serviceMode, accessKey } = options;
  const logger = await createLogger({
    level: logLevel,
    format: logFormat,
    isTerminal: environment.isErrorTerminal,
  });
  const given = await readCertificate(options);
  const made = given === undefined && options.https ? await developmentCertificate() : undefined;
  const service = await startService({
    ...withoutUndefined({
      secondaryAccessKey: options.secondaryAccessKey,
      clientEndpoint: options.clientEndpoint,
      serverEndpoint: options.serverEndpoint,
      https: given ?? made,
    }),
    host,
    port,
    serviceMode,
    accessKey,
    onEvent: logEvents(logger),
  });
  environment.write(banner(service));
  if (made?.isNew === true) environment.write(trustHint(made.path));
  const warning = publicKeyWarning(options);
  if (warning !== undefined) logger.warn(warning);
  await untilStopped(service, environment);
}

function banner({ connectionString, serviceMode }: Service): string {
  return `\nsignalite is ready in ${serviceMode} mode. Connection string for your app servers:\n\n  ${connectionString}\n\nStop with Ctrl+C.\n`;
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
async function untilStopped(service: Service, { onStopRequest }: CommandEnvironment): Promise<void> {
  let unsubscribe: (() => void) | undefined;
  await new Promise<void>((resolve, reject) => {
    let isStopping = false;
    unsubscribe = onStopRequest(() => {
      if (isStopping) service.drop();
      else service.close().then(resolve, reject);
      isStopping = true;
    });
  });
  unsubscribe?.();
}
