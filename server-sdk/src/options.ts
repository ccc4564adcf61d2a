import type { EndpointCredential } from './endpoints/credential.ts';
import type { EndpointRouter } from './endpoints/endpoint-router.ts';
import type { EndpointOptions } from './endpoints/service-endpoint.ts';
import type { HubExtensions } from './hub/hub-extensions.ts';
import type { Logger } from './log/logger.ts';

/** The hub protocols that the SDK speaks. */
export type HubProtocolName = 'json' | 'messagepack';

/**
 * How hubs behave towards their clients. Names and defaults are those of ASP.NET Core, durations with their unit
 * (client-protocol 6.1). Its `StatefulReconnectBufferSize` is not here: the service keeps that buffer.
 */
export interface HubOptions {
  /** Clients learn the text of every error, not only of `HubException`. Default false. */
  readonly enableDetailedErrors?: boolean;
  /** A client is pinged when nothing else was sent to it for so long. Milliseconds. Default 15,000. */
  readonly keepAliveIntervalMs?: number;
  /** A client that pinged once and is silent for so long is disconnected. Milliseconds. Default 30,000. */
  readonly clientTimeoutIntervalMs?: number;
  /** Time for the hub handshake of a client. Milliseconds. Default 15,000. */
  readonly handshakeTimeoutMs?: number;
  /** Most bytes of one hub message from a client; null for no limit. Default 32,768. */
  readonly maximumReceiveMessageSize?: number | null;
  /** Items of one upload that wait for the hub before the client is no longer read. Default 10. */
  readonly streamBufferCapacity?: number;
  /** Plain invocations of one client that run at the same time. Default 1: one after the other, in order. */
  readonly maximumParallelInvocationsPerClient?: number;
  /** Plain invocations of one client that wait before the client is no longer read. Default 100. */
  readonly maximumWaitingInvocations?: number;
  /** Bytes of a client that is not read; over it the client is disconnected. Default 4 MiB. */
  readonly maximumWaitingBytes?: number;
  /** Hub protocols of the clients. Every send to many is written once for each. Default both. */
  readonly supportedProtocols?: readonly HubProtocolName[];
  /** Time for a client to answer `invoke`. Milliseconds. Default 600,000. */
  readonly clientResultTimeoutMs?: number;
}

/** What becomes of the clients when the app server closes (service-protocol 12.1). */
export type ShutdownMode =
  /** They are disconnected and told to come back. */
  | 'disconnect'
  /** They stay until they leave, within the time limit. */
  | 'wait'
  /** They are moved to another app server, within the time limit. */
  | 'migrate';

/** What hubs have unless they say otherwise. */
export interface HubDefaults extends HubOptions, HubExtensions {}

/** Options of `withAzureSignalR` beside its hubs. */
export interface SignalROptions extends HubDefaults {
  /**
   * Of signalite or of Azure SignalR Service: `Endpoint=https://…;AccessKey=…;Version=1.0;`. Without `AccessKey` it needs
   * `credential`. Either this or `endpoints`.
   */
  readonly connectionString?: string;
  /** Several services, one of them primary at least. Either this or `connectionString`. */
  readonly endpoints?: readonly EndpointOptions[];
  /** Signs the app in with Microsoft Entra where a connection string has no access key. Default none. */
  readonly credential?: EndpointCredential;
  /** Chooses among several services. What it leaves out is as without it. Default: see `EndpointRouter`. */
  readonly router?: Partial<EndpointRouter>;
  /** Keeps apps apart that share one service. Default none. Letters, digits and `_`, a letter first. */
  readonly applicationName?: string;
  /** Server connections of each hub. Default 5. With 0 the app can negotiate only, and sends fail. */
  readonly serverConnectionCount?: number;
  /** Server connections of each hub, those included that the service asks for. Default: no limit. */
  readonly maximumServerConnectionCount?: number;
  /** Time for `start()` to get a server connection of every hub. Milliseconds. Default 15,000. */
  readonly startTimeoutMs?: number;
  /** Time for `addEndpoint()` to see the other app servers there, and for `removeEndpoint()`. Milliseconds. Default 300,000. */
  readonly endpointChangeTimeoutMs?: number;
  /** Life of the tokens that clients get. Milliseconds. Default 3,600,000. */
  readonly accessTokenLifetimeMs?: number;
  /** Default `HS256`. */
  readonly accessTokenAlgorithm?: 'HS256' | 'HS512';
  /** Should a client's connections come to the app server that it negotiated with? Default `disabled`. */
  readonly serverStickyMode?: 'disabled' | 'preferred' | 'required';
  /** Clients may resume a lost connection within the grace time of the service. Default false. */
  readonly allowStatefulReconnects?: boolean;
  /** Default `disconnect`. */
  readonly shutdownMode?: ShutdownMode;
  /** Time for `close()`. Milliseconds. Default 30,000. */
  readonly shutdownTimeoutMs?: number;
  /** Bytes that wait on one server connection before sends wait as well; over twice as many they fail. Default 16 MiB. */
  readonly maximumSendBufferBytes?: number;
  /** Default: warnings and errors on the console. */
  readonly logger?: Logger;
}

/** The hub options, each with a value. */
export type ResolvedHubOptions = Required<HubOptions>;

/** The defaults of every hub. */
export const DEFAULT_HUB_OPTIONS: ResolvedHubOptions = {
  enableDetailedErrors: false,
  keepAliveIntervalMs: 15_000,
  clientTimeoutIntervalMs: 30_000,
  handshakeTimeoutMs: 15_000,
  maximumReceiveMessageSize: 32_768,
  streamBufferCapacity: 10,
  maximumParallelInvocationsPerClient: 1,
  maximumWaitingInvocations: 100,
  maximumWaitingBytes: 4 * 1024 * 1024,
  supportedProtocols: ['json', 'messagepack'],
  clientResultTimeoutMs: 600_000,
};

/** The options that have a default for all hubs together. */
export type SignalRDefaults = Required<
  Omit<
    SignalROptions,
    'connectionString' | 'endpoints' | 'credential' | 'router' | 'applicationName' | 'logger' | keyof HubDefaults
  >
>;

/** The defaults of what all hubs share. */
export const DEFAULT_SIGNALR_OPTIONS: SignalRDefaults = {
  serverConnectionCount: 5,
  maximumServerConnectionCount: Number.POSITIVE_INFINITY,
  startTimeoutMs: 15_000,
  endpointChangeTimeoutMs: 300_000,
  accessTokenLifetimeMs: 3_600_000,
  accessTokenAlgorithm: 'HS256',
  serverStickyMode: 'disabled',
  allowStatefulReconnects: false,
  shutdownMode: 'disconnect',
  shutdownTimeoutMs: 30_000,
  maximumSendBufferBytes: 16 * 1024 * 1024,
};
