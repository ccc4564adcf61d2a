import { ACCESS_KEY_MIN_BYTES, isLongEnough, type KeyChange } from '../config/access-key.ts';
import { AuthMode } from '../config/auth-mode.ts';
import { checkConnectionString, type Endpoints, endpointsOf } from '../config/endpoints.ts';
import { EntraMode, entraRuleOf } from '../config/entra-options.ts';
import { DEFAULT_LIMITS, DEFAULT_TIMERS } from '../config/limits.ts';
import { isLoopback } from '../config/loopback.ts';
import { ServiceModeName } from '../config/service-mode-name.ts';
import { DEFAULT_HOST, DEFAULT_PORT, type ServiceOptions, WELL_KNOWN_ACCESS_KEY } from '../config/service-options.ts';
import { type UpstreamTemplate, upstreamTemplatesProblem } from '../config/upstream-settings.ts';
import { ServiceStartError } from '../errors.ts';
import { SkuName } from '../quota/skus.ts';
import type { ResourceProperties } from '../resource-store/resource-properties.ts';
import type { ResourceRecord } from '../resource-store/resource-record.ts';
import { createAccessKey } from './create-access-key.ts';
import { HostedEntry, type HostedEntryOptions } from './hosted-entry.ts';

const PORT_MAX = 65_535;
/** Where a resource lives that nobody put elsewhere. */
export const DEFAULT_PLACE = {
  subscriptionId: '00000000-0000-0000-0000-000000000000',
  resourceGroup: 'default',
  location: 'local',
} as const;
export const PLAIN_RESOURCE_NAME = 'default';

/** The resource that a process has without being asked, and what its connection string names. */
export interface PlainResource {
  readonly entry: HostedEntry;
  readonly shared: HostedEntryOptions['shared'];
  readonly endpoints: Endpoints;
}

/** Makes it of what was given at start. Throws `ServiceStartError` when an option cannot be used. */
export function createPlainResource(options: ServiceOptions, hasQuota = false): PlainResource {
  const { host = DEFAULT_HOST, port = DEFAULT_PORT, upstream = [], accessKey = WELL_KNOWN_ACCESS_KEY } = options;
  checkPort(port);
  checkUpstream(upstream);
  const endpoints = endpointsOf(options);
  const { secondaryAccessKey = createAccessKey() } = options;
  for (const key of [accessKey, secondaryAccessKey]) checkConnectionString(host, key, endpoints);
  checkAuth(options.auth, host);
  const shared = sharedOptions(options, host);
  const startedAt = new Date().toISOString();
  const record: ResourceRecord = {
    recordVersion: 1,
    name: PLAIN_RESOURCE_NAME,
    ...DEFAULT_PLACE,
    sku: SkuName.StandardS1,
    capacity: 1,
    primaryKey: accessKey,
    secondaryKey: secondaryAccessKey,
    port,
    properties: propertiesOf(options),
    createdAt: startedAt,
    lastModifiedAt: startedAt,
  };
  return { entry: new HostedEntry(record, { isStored: false, hasQuota, shared }), shared, endpoints };
}

/** The properties with other upstreams. Throws `ServiceStartError` when a template cannot be used. */
export function withUpstream(
  properties: ResourceProperties,
  templates: readonly UpstreamTemplate[],
): ResourceProperties {
  checkUpstream(templates);
  return { ...properties, upstream: { templates: templates.map((template) => ({ ...template })) } };
}

/** The keys after a change. Throws `ServiceStartError` when one cannot be used. */
export function withKeys(
  record: ResourceRecord,
  { primaryKey = record.primaryKey, secondaryKey = record.secondaryKey }: KeyChange,
  { host, endpoints }: { readonly host: string; readonly endpoints: Endpoints },
): ResourceRecord {
  for (const key of [primaryKey, secondaryKey]) {
    if (key !== null) checkNewKey(key, host, endpoints);
  }
  // Without a second key there is one that nobody knows.
  return { ...record, primaryKey, secondaryKey: secondaryKey ?? createAccessKey() };
}

function propertiesOf({ serviceMode, upstream = [], allowedOrigins }: ServiceOptions): ResourceProperties {
  const mode = serviceMode ?? (upstream.length > 0 ? ServiceModeName.Serverless : ServiceModeName.Default);
  const cors = allowedOrigins === undefined ? {} : { cors: { allowedOrigins: [...allowedOrigins] } };
  return withUpstream({ features: [{ flag: 'ServiceMode', value: mode }], ...cors }, upstream);
}

function sharedOptions(options: ServiceOptions, host: string): HostedEntryOptions['shared'] {
  return {
    host,
    https: options.https,
    auth: options.auth ?? AuthMode.Strict,
    entra: entraRuleOf(options.entra ?? { mode: EntraMode.Off }, host),
    limits: { ...DEFAULT_LIMITS, ...options.limits },
    timers: { ...DEFAULT_TIMERS, ...options.timers },
    http: {
      audienceHosts: options.audienceHosts?.map((one) => one.toLowerCase()),
      trustProxy: options.trustProxy ?? false,
      checkWebSocketOrigin: options.checkWebSocketOrigin ?? false,
      refuseServerUpgrade: options.refuseServerUpgrade ?? false,
      strictApiVersion: options.strictApiVersion ?? false,
    },
    upstreamSecret: options.upstreamSecret,
    upstreamStreams: options.upstreamStreams ?? false,
    now: Date.now,
  };
}

function checkPort(port: number): void {
  if (!Number.isInteger(port) || port < 0 || port > PORT_MAX) {
    throw new ServiceStartError('invalid-option', `The port must be a number from 0 to ${PORT_MAX}, not ${port}.`);
  }
}

function checkUpstream(templates: readonly UpstreamTemplate[]): void {
  const problem = upstreamTemplatesProblem(templates);
  if (problem !== undefined) throw new ServiceStartError('invalid-option', problem);
}

function checkAuth(auth: AuthMode | undefined, host: string): void {
  if (auth !== AuthMode.Off || isLoopback(host)) return;
  const problem =
    'Without tokens the service is open to everybody who reaches it. Listen on localhost, or check them: --auth strict.';
  throw new ServiceStartError('invalid-option', problem);
}

function checkNewKey(key: string, host: string, endpoints: Endpoints): void {
  if (!isLongEnough(key)) {
    const problem = `An access key must be at least ${ACCESS_KEY_MIN_BYTES} bytes long, so that tokens cannot be forged by guessing.`;
    throw new ServiceStartError('invalid-option', problem);
  }
  checkConnectionString(host, key, endpoints);
}
