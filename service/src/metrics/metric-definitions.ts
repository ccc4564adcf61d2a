// What is measured of a resource. The platform metrics are those of Azure (control-plane 9); the others are ours, under
// names that Azure does not have.

export const Aggregation = {
  Average: 'Average',
  Minimum: 'Minimum',
  Maximum: 'Maximum',
  Total: 'Total',
  Count: 'Count',
} as const;
export type Aggregation = (typeof Aggregation)[keyof typeof Aggregation];

/** Values of the dimension `Endpoint`. */
export type MetricEndpoint = 'Client' | 'Server';

export interface MetricDefinition {
  readonly displayName: string;
  readonly description: string;
  readonly unit: 'Count' | 'Bytes' | 'Percent' | 'MilliSeconds';
  /** What a query gets that asks for no aggregation. */
  readonly primary: Aggregation;
  readonly dimensions: readonly string[];
  readonly category: 'Traffic' | 'Saturation' | 'Errors' | 'Latency';
  /** Azure has it. */
  readonly isPlatform: boolean;
}

const ENDPOINT = ['Endpoint'];
const CLOSE = ['Endpoint', 'ConnectionCloseCategory'];

function platform(
  displayName: string,
  description: string,
  rest: Omit<MetricDefinition, 'displayName' | 'description' | 'isPlatform' | 'dimensions'> & {
    readonly dimensions?: readonly string[];
  },
): MetricDefinition {
  return { displayName, description, dimensions: [], isPlatform: true, ...rest };
}

function ours(...[displayName, description, rest]: Parameters<typeof platform>): MetricDefinition {
  return { ...platform(displayName, description, rest), isPlatform: false };
}

export const METRICS = {
  ConnectionCloseCount: platform('Connection Close Count', 'Connections that ended, by the reason.', {
    unit: 'Count',
    primary: 'Total',
    dimensions: CLOSE,
    category: 'Traffic',
  }),
  ConnectionCount: platform('Connection Count', 'Connections of clients and app servers.', {
    unit: 'Count',
    primary: 'Maximum',
    dimensions: ENDPOINT,
    category: 'Traffic',
  }),
  ConnectionOpenCount: platform('Connection Open Count', 'Connections that opened.', {
    unit: 'Count',
    primary: 'Total',
    dimensions: ENDPOINT,
    category: 'Traffic',
  }),
  ConnectionQuotaUtilization: platform('Connection Quota Utilization', 'Connections, of those that the tier allows.', {
    unit: 'Percent',
    primary: 'Maximum',
    category: 'Saturation',
  }),
  InboundTraffic: platform('Inbound Traffic', 'Bytes from clients, app servers and REST calls.', {
    unit: 'Bytes',
    primary: 'Total',
    category: 'Traffic',
  }),
  MessageCount: platform('Message Count', 'Outbound messages, in units of 2 KB for each receiver.', {
    unit: 'Count',
    primary: 'Total',
    category: 'Traffic',
  }),
  OutboundTraffic: platform('Outbound Traffic', 'Bytes to clients and app servers.', {
    unit: 'Bytes',
    primary: 'Total',
    category: 'Traffic',
  }),
  ServerLoad: platform('Server Load', 'How busy the event loop of the process is.', {
    unit: 'Percent',
    primary: 'Maximum',
    category: 'Saturation',
  }),
  SystemErrors: platform('System Errors', 'Operations that failed by a fault of the service.', {
    unit: 'Percent',
    primary: 'Maximum',
    category: 'Errors',
  }),
  UserErrors: platform('User Errors', 'Operations that failed by what a client or an app did.', {
    unit: 'Percent',
    primary: 'Maximum',
    category: 'Errors',
  }),
  ServerConnectionCount: ours('Server Connection Count', 'Connections of app servers.', {
    unit: 'Count',
    primary: 'Maximum',
    category: 'Traffic',
  }),
  GroupCount: ours('Group Count', 'Groups with a member.', { unit: 'Count', primary: 'Maximum', category: 'Traffic' }),
  RefusedRequestCount: ours('Refused Request Count', 'Requests that were refused, by whatever rule.', {
    unit: 'Count',
    primary: 'Total',
    category: 'Errors',
  }),
  RestDuration: ours('REST Duration', 'From a REST call to its answer.', {
    unit: 'MilliSeconds',
    primary: 'Average',
    category: 'Latency',
  }),
  UpstreamDuration: ours('Upstream Duration', 'From a call to an upstream to the end of its answer.', {
    unit: 'MilliSeconds',
    primary: 'Average',
    category: 'Latency',
  }),
  BytesQueued: ours('Bytes Queued', 'What waits for clients that have not read it.', {
    unit: 'Bytes',
    primary: 'Maximum',
    category: 'Saturation',
  }),
} as const satisfies Readonly<Record<string, MetricDefinition>>;

export type MetricName = keyof typeof METRICS;

/** The name of a metric, whatever its case. */
export function findMetric(name: string): MetricName | undefined {
  return (Object.keys(METRICS) as MetricName[]).find((one) => one.toLowerCase() === name.trim().toLowerCase());
}
