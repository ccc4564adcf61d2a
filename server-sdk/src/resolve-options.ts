// Options with their defaults, checked once at the door.
import { APPLICATION_NAME_PATTERN, HUB_NAME_PART_PATTERN } from '@signalite/protocol';
import type { EndpointRouter } from './endpoints/endpoint-router.ts';
import { resolveEndpoints } from './endpoints/resolve-endpoints.ts';
import type { EndpointSettings } from './endpoints/service-endpoint.ts';
import { SignalRServerError } from './errors.ts';
import type { Logger } from './log/logger.ts';
import { consoleLogger } from './log/logger.ts';
import {
  DEFAULT_HUB_OPTIONS,
  DEFAULT_SIGNALR_OPTIONS,
  type HubDefaults,
  type HubOptions,
  type ResolvedHubOptions,
  type SignalRDefaults,
  type SignalROptions,
} from './options.ts';

/** What all hubs share, each option with a value. */
export interface ResolvedOptions extends SignalRDefaults {
  readonly applicationName: string;
  readonly logger: Logger;
  readonly endpoints: readonly EndpointSettings[];
  /** What the app wants to choose itself. */
  readonly router: Partial<EndpointRouter> | undefined;
  /** Defaults of the hubs. */
  readonly hubDefaults: HubDefaults;
}

const POSITIVE = [
  'keepAliveIntervalMs',
  'clientTimeoutIntervalMs',
  'handshakeTimeoutMs',
  'streamBufferCapacity',
  'maximumParallelInvocationsPerClient',
  'maximumWaitingInvocations',
  'maximumWaitingBytes',
  'clientResultTimeoutMs',
] as const satisfies readonly (keyof HubOptions)[];

/** Throws a `SignalRServerError` (`invalid-options`) that names the option. */
export function resolveOptions(options: SignalROptions): ResolvedOptions {
  const { applicationName = '', logger = consoleLogger, router } = options;
  const endpoints = resolveEndpoints(options, logger);
  if (applicationName !== '' && !APPLICATION_NAME_PATTERN.test(applicationName)) {
    throw invalid('applicationName must start with a letter and hold letters, digits and _ only.');
  }
  const resolved = { ...DEFAULT_SIGNALR_OPTIONS, ...defined(options) };
  if (resolved.serverConnectionCount < 0) throw invalid('serverConnectionCount must not be negative.');
  if (resolved.accessTokenLifetimeMs < 1000) throw invalid('accessTokenLifetimeMs must be at least 1000.');
  return { ...resolved, applicationName, logger, endpoints, router, hubDefaults: options };
}

/** The options of one hub: its own, else those of all, else the defaults. */
export function resolveHubOptions(defaults: HubOptions, own: HubOptions): ResolvedHubOptions {
  const known = { ...DEFAULT_HUB_OPTIONS, ...pickHubOptions(defaults), ...pickHubOptions(own) };
  const wrong = POSITIVE.find((name) => !(known[name] > 0));
  if (wrong !== undefined) throw invalid(`${wrong} must be more than 0.`);
  const { maximumReceiveMessageSize: max, supportedProtocols } = known;
  if (max !== null && !(max > 0)) throw invalid('maximumReceiveMessageSize must be more than 0, or null for no limit.');
  if (supportedProtocols.length === 0) throw invalid('supportedProtocols must name at least one hub protocol.');
  return known;
}

/** Checks names of hubs: each must be one for the service, and different from the others without regard to case. */
export function checkHubNames(names: readonly string[]): void {
  if (names.length === 0) throw invalid('hubs is empty. Give at least one hub: hubs: { ChatHub }.');
  const seen = new Set<string>();
  for (const name of names) {
    if (!HUB_NAME_PART_PATTERN.test(name))
      throw invalid(`'${name}' is no hub name. Use letters, digits and _, a letter first.`);
    if (seen.has(name.toLowerCase())) throw invalid(`Two hubs are named '${name}'. Case does not tell hubs apart.`);
    seen.add(name.toLowerCase());
  }
}

function pickHubOptions(options: HubOptions): Partial<ResolvedHubOptions> {
  const names = Object.keys(DEFAULT_HUB_OPTIONS);
  return Object.fromEntries(Object.entries(defined(options)).filter(([name]) => names.includes(name)));
}

/** An option that is given as undefined is not given. */
function defined<T extends object>(options: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  // The filter makes it so.
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}

function invalid(message: string): SignalRServerError {
  return new SignalRServerError('invalid-options', message);
}
