import { createLogger, logEvents } from '../log/logger.ts';
import { type Service, startService } from '../service.ts';
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
  const { logLevel, logFormat, secondaryAccessKey, ...rest } = options;
  const logger = await createLogger({
    level: logLevel,
    format: logFormat,
    isTerminal: environment.isErrorTerminal,
  });
  const service = await startService({
    ...rest,
    ...(secondaryAccessKey === undefined ? {} : { secondaryAccessKey }),
    onEvent: logEvents(logger),
  });
  environment.write(banner(service));
  const warning = publicKeyWarning(options);
  if (warning !== undefined) logger.warn(warning);
  await untilStopped(service, environment);
}

function banner({ connectionString, serviceMode }: Service): string {
  return `\nsignalite is ready in ${serviceMode} mode. Connection string for your app servers:\n\n  ${connectionString}\n\nStop with Ctrl+C.\n`;
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
