import { formatConnectionString, ProtocolError } from '@signalite/protocol';
import { ACCESS_KEY_MIN_BYTES, isLongEnough, type KeyChange } from './config/access-key.ts';
import { AuthMode } from './config/auth-mode.ts';
import { EntraMode, entraRuleOf } from './config/entra-options.ts';
import { DEFAULT_LIMITS, DEFAULT_TIMERS } from './config/limits.ts';
import { isLoopback } from './config/loopback.ts';
import { ResourceSettings } from './config/resource-settings.ts';
import { ServiceModeName } from './config/service-mode-name.ts';
import { DEFAULT_HOST, DEFAULT_PORT, type ServiceOptions, WELL_KNOWN_ACCESS_KEY } from './config/service-options.ts';
import { type UpstreamTemplate, upstreamTemplatesProblem } from './config/upstream-settings.ts';
import { ServiceStartError } from './errors.ts';
import { ServiceEvents } from './log/events.ts';
import { NO_QUOTA } from './quota/resource-quota.ts';
import { Resource } from './resource/resource.ts';

/** A running service. */
export interface Service {
  /** What app servers and clients are given. Holds the primary key in force. */
  readonly connectionString: string;
  /** For app servers that sign in with Microsoft Entra ID; undefined when their tokens are not accepted. */
  readonly entraConnectionString: string | undefined;
  /** `http://localhost:8888`, with the real port. */
  readonly url: string;
  readonly port: number;
  readonly serviceMode: ServiceModeName;
  /** Connected clients, and server connections. */
  readonly counts: { readonly clients: number; readonly serverConnections: number };
  /**
   * Sends events of clients elsewhere from now on, in Serverless mode; replaces all templates.
   *
   * @throws ServiceStartError when a template cannot be used; nothing has changed then.
   */
  changeUpstream(templates: readonly UpstreamTemplate[]): void;
  /**
   * Changes access keys from now on. Tokens of a new key are good at once, those of a key that is no longer there are
   * refused (401). Connections that are open stay, and keys that were handed out go on to be valid.
   *
   * @throws ServiceStartError when a key cannot be used: each needs 32 bytes. Nothing has changed then.
   */
  changeKeys(keys: KeyChange): void;
  /**
   * Asks every app server of a hub for one more server connection, as the service does by itself when all of them are
   * full (`limits.clientsPerServerConnection`). App servers may refuse. Gives how many were asked. For tests of app servers.
   */
  requestServerConnections(hub: string): number;
  /** Stops gracefully: clients are told to come back, within `timers.stopMs`. Safe to call again. */
  close(): Promise<void>;
  /** Ends every socket at once, without a word to anybody; new ones are taken until `close()`. For tests of reconnect. */
  drop(): void;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Starts a service in this process, with everything in memory.
 *
 * @throws ServiceStartError when an option cannot be used or the port cannot be bound; its text says what to do.
 */
export async function startService(options: ServiceOptions = {}): Promise<Service> {
  const { host = DEFAULT_HOST, port: wantedPort = DEFAULT_PORT, upstream = [] } = options;
  const { serviceMode = upstream.length > 0 ? ServiceModeName.Serverless : ServiceModeName.Default } = options;
  const { accessKey = WELL_KNOWN_ACCESS_KEY, secondaryAccessKey } = options;
  checkPort(wantedPort);
  checkUpstream(upstream);
  const endpoints = endpointsOf(options);
  for (const key of [accessKey, secondaryAccessKey ?? accessKey]) checkConnectionString(host, key, endpoints);
  checkAuth(options.auth, host);
  const entra = entraRuleOf(options.entra ?? { mode: EntraMode.Off }, host);
  const settings = new ResourceSettings({
    name: 'default',
    serviceMode,
    primaryKey: accessKey,
    secondaryKey: secondaryAccessKey,
    localAuth: true,
    entraAuth: true,
    allowedOrigins: options.allowedOrigins ?? ['*'],
    upstream,
    quota: NO_QUOTA,
  });
  const events = new ServiceEvents();
  if (options.onEvent !== undefined) events.subscribe(options.onEvent);
  const resource = new Resource(settings, {
    host,
    port: wantedPort,
    https: options.https,
    auth: options.auth ?? AuthMode.Strict,
    entra,
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
    events,
    now: Date.now,
  });
  const scheme = options.https === undefined ? 'http' : 'https';
  const port = await resource.start();
  return asService(resource, {
    events,
    host,
    url: urlOf(scheme, host, port),
    port,
    endpoints,
    acceptsEntra: entra !== undefined,
  });
}

function checkPort(port: number): void {
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new ServiceStartError('invalid-option', `The port must be a number from 0 to 65535, not ${port}.`);
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

/** Before anything listens: what no connection string can carry is of use to nobody. */
function checkConnectionString(host: string, accessKey: string, endpoints: Endpoints): void {
  const url = urlOf('http', host, DEFAULT_PORT);
  if (/[/?#@]/.test(host) || !URL.canParse(url)) {
    throw new ServiceStartError('invalid-option', 'The host must be a name or an IP address, such as localhost.');
  }
  if (accessKey === '') throw new ServiceStartError('invalid-option', 'An access key must not be empty.');
  try {
    connectionStringOf(url, accessKey, endpoints);
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    throw new ServiceStartError('invalid-option', error.message, { cause: error });
  }
}

function checkNewKeys({ primaryKey, secondaryKey }: KeyChange, host: string, endpoints: Endpoints): void {
  for (const key of [primaryKey, secondaryKey]) {
    if (key === undefined || key === null) continue;
    if (!isLongEnough(key)) {
      const problem = `An access key must be at least ${ACCESS_KEY_MIN_BYTES} bytes long, so that tokens cannot be forged by guessing.`;
      throw new ServiceStartError('invalid-option', problem);
    }
    checkConnectionString(host, key, endpoints);
  }
}

/** Addresses that the connection string names besides the one that the service listens on. */
type Endpoints = Pick<ServiceOptions, 'clientEndpoint' | 'serverEndpoint'>;

function endpointsOf({ clientEndpoint, serverEndpoint }: ServiceOptions): Endpoints {
  return {
    ...(clientEndpoint === undefined ? {} : { clientEndpoint: endpointUrl('client', clientEndpoint) }),
    ...(serverEndpoint === undefined ? {} : { serverEndpoint: endpointUrl('server', serverEndpoint) }),
  };
}

function endpointUrl(name: string, text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url !== undefined && ['http:', 'https:'].includes(url.protocol)) return url.href;
  const problem = `The ${name} endpoint must be an http or https URL, such as https://signalr.example.com.`;
  throw new ServiceStartError('invalid-option', problem);
}

function connectionStringOf(endpoint: string, accessKey: string, endpoints: Endpoints): string {
  return formatConnectionString({ endpoint, auth: { kind: 'access-key', accessKey }, ...endpoints });
}

function entraConnectionStringOf(endpoint: string, endpoints: Endpoints): string {
  return formatConnectionString({ endpoint, auth: { kind: 'entra', credential: { method: 'default' } }, ...endpoints });
}

function urlOf(scheme: string, host: string, port: number): string {
  // Peers need a name that they can reach: a wildcard address is none.
  const reachable = host === '0.0.0.0' || host === '::' ? DEFAULT_HOST : host;
  return `${scheme}://${reachable.includes(':') ? `[${reachable}]` : reachable}:${port}`;
}

interface ServicePlace {
  readonly events: ServiceEvents;
  readonly host: string;
  readonly url: string;
  readonly port: number;
  readonly endpoints: Endpoints;
  readonly acceptsEntra: boolean;
}

function asService(resource: Resource, { events, host, url, port, endpoints, acceptsEntra }: ServicePlace): Service {
  const { settings } = resource;
  let closing: Promise<void> | undefined;
  const close = () => {
    closing ??= resource.stop();
    return closing;
  };
  return {
    get connectionString() {
      return connectionStringOf(url, settings.current.primaryKey, endpoints);
    },
    entraConnectionString: acceptsEntra ? entraConnectionStringOf(url, endpoints) : undefined,
    url,
    port,
    serviceMode: settings.current.serviceMode,
    get counts() {
      return { clients: resource.clients.attachedCount, serverConnections: resource.serverConnectionCount };
    },
    changeUpstream(templates) {
      checkUpstream(templates);
      settings.change({ upstream: templates });
    },
    changeKeys(keys) {
      checkNewKeys(keys, host, endpoints);
      const { primaryKey, secondaryKey } = keys;
      if (primaryKey === undefined && secondaryKey === undefined) return;
      settings.change({
        ...(primaryKey === undefined ? {} : { primaryKey }),
        ...(secondaryKey === undefined ? {} : { secondaryKey: secondaryKey ?? undefined }),
      });
      events.emit({ name: 'settingsChanged', changed: Object.keys(keys) });
    },
    close,
    requestServerConnections: (hub) => resource.requestServerConnections(hub),
    drop: () => resource.drop(),
    [Symbol.asyncDispose]: close,
  };
}
