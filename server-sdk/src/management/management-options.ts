import type { EndpointCredential } from '../endpoints/credential.ts';
import type { EndpointRouter } from '../endpoints/endpoint-router.ts';
import type { EndpointOptions } from '../endpoints/service-endpoint.ts';
import type { Logger } from '../log/logger.ts';
import type { HubProtocolName } from '../options.ts';

/**
 * - `transient`: every operation is a call of the REST API; nothing is kept open. Sends that are not awaited may overtake
 *   each other.
 * - `persistent`: operations travel over a server connection that is kept open. Faster for many, without the limit of
 *   1 MiB for a message; it never gets clients.
 */
export type ManagementTransport = 'transient' | 'persistent';

/** Options of `createManagementClient`. */
export interface ManagementOptions {
  /** The hub's name, as clients and app servers know it. Case does not matter. */
  readonly hub: string;
  /**
   * Of signalite or of Azure SignalR Service: `Endpoint=https://…;AccessKey=…;Version=1.0;`, or without access key and
   * with `credential`. Either this or `endpoints`.
   */
  readonly connectionString?: string;
  /** Persistent: several services; sends go to all of them, unless `router` chooses. */
  readonly endpoints?: readonly EndpointOptions[];
  /** Signs in with Microsoft Entra to endpoints without access key. */
  readonly credential?: EndpointCredential;
  /** Persistent: chooses among several endpoints; what it leaves out is chosen as by default. */
  readonly router?: Partial<EndpointRouter>;
  /** Default `transient`. */
  readonly transport?: ManagementTransport;
  /** Keeps apps apart that share one service. Default none. Letters, digits and `_`, a letter first. */
  readonly applicationName?: string;
  /** Hub protocols of the clients, for messages that cannot be written for them by the service. Default both. */
  readonly supportedProtocols?: readonly HubProtocolName[];
  /** Time for a client to answer `invoke`; over REST the service waits no longer than 60 s. Milliseconds. Default 60,000. */
  readonly clientResultTimeoutMs?: number;
  /** Life of the tokens that clients and REST calls get. Milliseconds. Default 3,600,000. */
  readonly accessTokenLifetimeMs?: number;
  /** Default `HS256`. */
  readonly accessTokenAlgorithm?: 'HS256' | 'HS512';
  /** Transient: time for one attempt of a REST call. Milliseconds. Default 30,000. */
  readonly requestTimeoutMs?: number;
  /**
   * Transient: how often a REST call that failed is repeated. Always when the service was not reached or answered 429 or
   * 503; after other failures only what may be done twice, so never a send. Default 3.
   */
  readonly maximumRetries?: number;
  /** Transient: time before the first repetition, doubled with each. Milliseconds. Default 800. */
  readonly retryDelayMs?: number;
  /** Transient: most time before a repetition; who is told to wait longer gives up. Milliseconds. Default 10,000. */
  readonly maximumRetryDelayMs?: number;
  /** Persistent: server connections. Default 1. */
  readonly serverConnectionCount?: number;
  /** Persistent: time to get the first server connection. Milliseconds. Default 15,000. */
  readonly startTimeoutMs?: number;
  /** Persistent: bytes that wait before sends wait as well; over twice as many they fail. Default 16 MiB. */
  readonly maximumSendBufferBytes?: number;
  /** Default: warnings and errors on the console. */
  readonly logger?: Logger;
}

/** The options that have a default. */
export type ManagementDefaults = Required<
  Omit<
    ManagementOptions,
    'hub' | 'connectionString' | 'endpoints' | 'credential' | 'router' | 'applicationName' | 'logger'
  >
>;

/** The defaults of a management client. */
export const DEFAULT_MANAGEMENT_OPTIONS: ManagementDefaults = {
  transport: 'transient',
  supportedProtocols: ['json', 'messagepack'],
  clientResultTimeoutMs: 60_000,
  accessTokenLifetimeMs: 3_600_000,
  accessTokenAlgorithm: 'HS256',
  requestTimeoutMs: 30_000,
  maximumRetries: 3,
  retryDelayMs: 800,
  maximumRetryDelayMs: 10_000,
  serverConnectionCount: 1,
  startTimeoutMs: 15_000,
  maximumSendBufferBytes: 16 * 1024 * 1024,
};
