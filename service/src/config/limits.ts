// Limits and timers of the service in one place (service-protocol 12.4, 12.6; client-protocol 1.4).

const KIB = 1024;
const MIB = 1024 * KIB;

/** Bounds of everything that can grow. Bytes unless the name says otherwise. */
export interface ServiceLimits {
  /** HTTP header block; over it 431. Default 32 KiB. */
  readonly headerBytes: number;
  /** Request URI; over it 414. Default 12 KiB. */
  readonly uriBytes: number;
  /** Hub handshake request of a client; over it `Handshake was canceled.`. Default 32 KiB. */
  readonly handshakeBytes: number;
  /** One WebSocket message from a client; over it close 1009. Default 64 MiB. */
  readonly clientMessageBytes: number;
  /** Body of one POST from a client; over it 413. Default 1 MiB (documented). */
  readonly clientPostBytes: number;
  /** POSTs under way for one client connection; over it 429. Default 64. */
  readonly clientPosts: number;
  /** What a client that may come back has not acknowledged; over it no more is written until it does. Default 100,000. */
  readonly replayBytes: number;
  /** Body of one REST call; over it 413. Default 1 MiB (documented). */
  readonly restBodyBytes: number;
  /** One service message; over it ServiceError and close 1000. Default 64 MiB. */
  readonly serviceMessageBytes: number;
  /** What waits for one client; over it the client is dropped as too slow. Default 16 MiB. */
  readonly clientQueueBytes: number;
  /** What waits for one app server on one server connection; over it its clients are not read. Default 16 MiB. */
  readonly serverQueueBytes: number;
  /** Calls to the upstream that one client waits for; over it the client is not read. Default 100. */
  readonly upstreamCalls: number;
  /** Sockets to one upstream host; over it calls wait for one another. Default 1,024. */
  readonly upstreamConnections: number;
  /** What an upstream may answer; over it the client's invocation fails. Default 16 MiB (documented). */
  readonly upstreamResponseBytes: number;
  /** Tokens remembered as verified. Default 4,096. */
  readonly verifiedTokens: number;
  /** Connections negotiated but not opened yet; over it negotiate answers 503. Default 100,000. */
  readonly negotiatedConnections: number;
  /** Client results that app servers wait for, per hub; over it new ones fail. Default 100,000. */
  readonly pendingClientResults: number;
  /** Groups remembered for one user without an expiry; the oldest is forgotten. Default 100 (documented). */
  readonly userGroupsWithoutTtl: number;
  /** Users whose groups are remembered, per hub; over it the oldest is forgotten. Default 100,000. */
  readonly rememberedUsers: number;
  /** When every connection of an app server has more clients than this, it is asked for one more. Default 1,000. */
  readonly clientsPerServerConnection: number;
  /** Clients of one app server move when one of its connections has so many more than another, and twice as many. Default 16. */
  readonly rebalanceDifference: number;
  /** Clients that move at the same time from one connection. Default 100. */
  readonly rebalanceAtOnce: number;
}

/** Every deadline and interval. Milliseconds. */
export interface ServiceTimers {
  /** From the negotiate answer to the client's first transport request. Default 5 s. */
  readonly negotiateMs: number;
  /** A client's whole hub handshake; a token's `asrs.s.cht` overrides it. Default 15 s. */
  readonly handshakeMs: number;
  /**
   * How long a client's handshake waits for an app server when none is there, within the time for the whole handshake.
   * Default 0: it is refused at once.
   */
  readonly serverWaitMs: number;
  /** How long a poll waits for something to answer; clients wait 100 s. Default 90 s. */
  readonly pollMs: number;
  /** How long a long-polling client may stay without a poll; a token's `asrs.s.ttl` overrides it. Default 5 s. */
  readonly pollIntervalMs: number;
  /** From the turn of a client's POST to its end. Default 30 s. */
  readonly postMs: number;
  /** How long a client with stateful reconnect may be away. Default 30 s. */
  readonly reconnectMs: number;
  /** Between acknowledgements to a client with stateful reconnect. Default 1 s. */
  readonly ackMs: number;
  /** Serverless: a ping follows when nothing was written to a client for so long. Default 15 s. */
  readonly keepAliveMs: number;
  /** Serverless: a client that pings is dropped when it is silent for so long. Default 30 s. */
  readonly clientTimeoutMs: number;
  /** From a call to an upstream to the end of its answer. Default 100 s. */
  readonly upstreamMs: number;
  /** From the end of a connection to the drop of its socket. Default 5 s. */
  readonly closeMs: number;
  /** From a server connection's upgrade to its handshake request. Default 15 s. */
  readonly serverHandshakeMs: number;
  /** Between the service's pings on a server connection. Default 5 s. */
  readonly serverPingMs: number;
  /** A server connection silent for so long is dropped. Default 30 s. */
  readonly serverSilenceMs: number;
  /** How long an app server may take to pause a client that is to go on over another connection. Default 5 s. */
  readonly pauseMs: number;
  /** How often is looked whether the connections of an app server share its clients. Default 5 s. */
  readonly rebalanceMs: number;
  /** Between two requests to an app server for one more connection. Default 60 s. */
  readonly onDemandMs: number;
  /**
   * How long the clients of an app server that shuts down are not read before they go on with another one: their calls
   * that are under way get their answers in this time. Default 1 s.
   */
  readonly migrationDrainMs: number;
  /**
   * How long an app server that gave a client to another one may still send what it had begun for it, while its server
   * connection lives. Default 2 min.
   */
  readonly releasedMs: number;
  /** How long an app server may wait for a client's result. Default 10 min. */
  readonly clientResultMs: number;
  /** How long a REST call waits for the result of a client. Default 60 s. */
  readonly restInvokeMs: number;
  /** How long a REST call waits for its body. Default 30 s. */
  readonly restBodyMs: number;
  /** Tolerated difference between the clocks of a token's issuer and the service. Default 5 min. */
  readonly clockSkewMs: number;
  /** How long a key is valid that is handed out for a token of Microsoft Entra ID; up to a minute more. Default 3 h. */
  readonly accessKeyMs: number;
  /** How long fetching the keys of Microsoft Entra ID may take. Default 5 s. */
  readonly entraKeysMs: number;
  /** How often deadlines are looked at. Default 500 ms. */
  readonly sweepMs: number;
  /** How long `close()` waits for peers before it drops their sockets. Default 5 s. */
  readonly stopMs: number;
}

export const DEFAULT_LIMITS: ServiceLimits = {
  headerBytes: 32 * KIB,
  uriBytes: 12 * KIB,
  handshakeBytes: 32 * KIB,
  clientMessageBytes: 64 * MIB,
  clientPostBytes: MIB,
  clientPosts: 64,
  replayBytes: 100_000,
  restBodyBytes: MIB,
  serviceMessageBytes: 64 * MIB,
  clientQueueBytes: 16 * MIB,
  serverQueueBytes: 16 * MIB,
  upstreamCalls: 100,
  upstreamConnections: 1024,
  upstreamResponseBytes: 16 * MIB,
  verifiedTokens: 4096,
  negotiatedConnections: 100_000,
  pendingClientResults: 100_000,
  userGroupsWithoutTtl: 100,
  rememberedUsers: 100_000,
  clientsPerServerConnection: 1_000,
  rebalanceDifference: 16,
  rebalanceAtOnce: 100,
};

export const DEFAULT_TIMERS: ServiceTimers = {
  negotiateMs: 5_000,
  handshakeMs: 15_000,
  serverWaitMs: 0,
  pollMs: 90_000,
  pollIntervalMs: 5_000,
  postMs: 30_000,
  reconnectMs: 30_000,
  ackMs: 1_000,
  keepAliveMs: 15_000,
  clientTimeoutMs: 30_000,
  upstreamMs: 100_000,
  closeMs: 5_000,
  serverHandshakeMs: 15_000,
  serverPingMs: 5_000,
  serverSilenceMs: 30_000,
  pauseMs: 5_000,
  rebalanceMs: 5_000,
  onDemandMs: 60_000,
  migrationDrainMs: 1_000,
  releasedMs: 120_000,
  clientResultMs: 600_000,
  restInvokeMs: 60_000,
  restBodyMs: 30_000,
  clockSkewMs: 300_000,
  accessKeyMs: 10_800_000,
  entraKeysMs: 5_000,
  sweepMs: 500,
  stopMs: 5_000,
};
