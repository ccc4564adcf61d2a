// Options of management clients with their defaults, checked once at the door.
import { SignalRServerError } from '../errors.ts';
import { checkHubNames, type ResolvedOptions, resolveOptions } from '../resolve-options.ts';
import { DEFAULT_MANAGEMENT_OPTIONS, type ManagementDefaults, type ManagementOptions } from './management-options.ts';

/** What a management client works with, each option with a value. */
export interface ManagementSettings extends ManagementDefaults {
  readonly hub: string;
  /** What an app with a hub of this name would have. */
  readonly app: ResolvedOptions;
}

/** The smallest value that makes sense. */
const MINIMA = {
  clientResultTimeoutMs: 1,
  accessTokenLifetimeMs: 1000,
  requestTimeoutMs: 1,
  maximumRetries: 0,
  retryDelayMs: 0,
  maximumRetryDelayMs: 0,
  serverConnectionCount: 1,
  startTimeoutMs: 1,
  maximumSendBufferBytes: 1,
} as const satisfies Partial<Record<keyof ManagementDefaults, number>>;

/** Throws a `SignalRServerError` (`invalid-options`) that names the option. */
export function resolveManagementOptions(options: ManagementOptions): ManagementSettings {
  const { hub } = options;
  checkHubNames([hub]);
  const settings = { ...DEFAULT_MANAGEMENT_OPTIONS, ...given(options) };
  for (const [name, minimum] of Object.entries(MINIMA)) checkMinimum(settings, name, minimum);
  checkChoices(settings);
  const app = resolveOptions({ ...options, ...settings });
  if (settings.transport === 'transient' && app.endpoints.length > 1) {
    throw invalid("endpoints: REST calls go to one service. Give one endpoint, or transport: 'persistent'.");
  }
  return { ...settings, hub, app };
}

function checkMinimum(settings: object, name: string, minimum: number): void {
  const value: unknown = Object.entries(settings).find(([key]) => key === name)?.[1];
  if (typeof value !== 'number' || !(value >= minimum)) throw invalid(`${name} must be a number from ${minimum} on.`);
}

function checkChoices({ supportedProtocols, transport }: ManagementDefaults): void {
  if (transport !== 'transient' && transport !== 'persistent') {
    throw invalid(`transport '${String(transport)}' is not known. Write transient or persistent.`);
  }
  if (supportedProtocols.length === 0) throw invalid('supportedProtocols must name at least one hub protocol.');
}

/** An option that is given as undefined is not given. */
function given(options: ManagementOptions): Partial<ManagementDefaults> {
  const names = Object.keys(DEFAULT_MANAGEMENT_OPTIONS);
  return Object.fromEntries(
    Object.entries(options).filter(([name, value]) => value !== undefined && names.includes(name)),
  );
}

function invalid(message: string): SignalRServerError {
  return new SignalRServerError('invalid-options', message);
}
