// What the driver is told to do and what it found: plain data that crosses a process boundary as JSON.

/** Kinds of traffic. The hub has one method for each (see `kestrel-hub`). */
export const Scenario = {
  /** Connections that say nothing. */
  Idle: 'idle',
  /** Each client gets back what it sends: from an app server as a message, from an upstream as a result. */
  Echo: 'echo',
  /** One client's message goes to all. */
  Broadcast: 'broadcast',
  /** Groups of ten: a member's message goes to all members. */
  Group: 'group',
  /** Each client sends to the connection id of another. */
  Connection: 'connection',
} as const;
export type Scenario = (typeof Scenario)[keyof typeof Scenario];

export type HubProtocolName = 'json' | 'messagepack';

/** What a REST send brings: a target with its arguments, or a ready hub message for each hub protocol (rest-api 5). */
export type RestBodyKind = 'json' | 'octet-stream';

/** Closed: so many messages are out at a time, for each sender or, in a broadcast, in all. Open: a fixed rate. */
export type Pace =
  | { readonly kind: 'closed'; readonly window: number }
  | { readonly kind: 'open'; readonly sentPerSecond: number };

/** One measurement's traffic. */
export interface Load {
  readonly scenario: Scenario;
  readonly hubProtocol: HubProtocolName;
  /** Of sends by REST. Default: json. */
  readonly restBody?: RestBodyKind;
  readonly connections: number;
  readonly payloadBytes: number;
  readonly pace: Pace;
  /** Between the last connect and the first look at memory. */
  readonly settleMs: number;
  readonly warmupMs: number;
  readonly durationMs: number;
}

/** How clients reach what is measured. */
export type Endpoint =
  /** A hub's URL; negotiate and its redirects are followed. */
  | { readonly reach: 'hub'; readonly url: string }
  /**
   * A service without app server: clients and senders bring tokens of their own, sends are REST calls, and what clients
   * send goes to an upstream.
   */
  | { readonly reach: 'rest'; readonly connectionString: string; readonly hub: string };

/** A server process to watch. */
export interface WatchedProcess {
  readonly name: string;
  readonly pid: number;
  /** Where it answers how much memory a collection leaves; undefined when it does not. */
  readonly memoryUrl?: string | undefined;
}

export interface DriverTask {
  readonly load: Load;
  readonly endpoint: Endpoint;
  readonly processes: readonly WatchedProcess[];
}

/** What the memory of one process holds with all clients connected, idle. */
export interface MemoryFigures {
  /** Resident. */
  readonly rssMb: number;
  /** What each connection added to it. */
  readonly rssPerConnectionKb: number;
  /** The same after a collection, of processes that can be asked to. */
  readonly collectedRssPerConnectionKb?: number;
  /** What each connection added to the heap and buffers that a collection leaves. */
  readonly livePerConnectionKb?: number;
}

/** What one process spent. */
export interface ProcessFigures extends MemoryFigures {
  /** CPU per delivered message, microseconds. */
  readonly userUs: number;
  readonly systemUs: number;
  /** CPU per connection from its first request to its open hub connection, microseconds. */
  readonly connectUs: number;
  /** Highest resident memory so far. */
  readonly peakRssMb: number;
}

/** Milliseconds. */
export interface LatencyFigures {
  readonly samples: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

export interface LoadResult {
  /** From the first client's first request until all had an open hub connection. */
  readonly acceptSeconds: number;
  readonly connectsPerSecond: number;
  readonly deliveredPerSecond: number;
  readonly latencyMs: LatencyFigures;
  /** Share of its core that the driver used; near 1 means that the driver was the limit. */
  readonly driverCpu: number;
  /** CPU that neither side used, in cores: other work that disturbed the run. */
  readonly otherCpu: number;
  /** Messages that should have arrived, and did not; below 0 when some came twice. */
  readonly lostMessages: number;
  /** Connections that ended while nobody asked them to. */
  readonly lostConnections: number;
  readonly processes: Readonly<Record<string, ProcessFigures>>;
}
