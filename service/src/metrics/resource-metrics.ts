import { performance } from 'node:perf_hooks';
import type { CloseCategory } from '../lifetime/close-reasons.ts';
import type { ServiceEvent } from '../log/events.ts';
import type { MetricEndpoint, MetricName } from './metric-definitions.ts';
import { type Dimensions, MetricHistory, type MinuteSample } from './metric-history.ts';

/** What a resource shows of itself when it is asked. */
export interface ResourceGauges {
  readonly clients: number;
  readonly serverConnections: number;
  readonly groups: number;
  readonly bytesQueued: number;
  /** Sums over all hubs since the resource was started. */
  readonly inboundBytes: number;
  readonly outboundBytes: number;
  readonly messages: number;
  /** Undefined: no limit. */
  readonly connectionLimit: number | undefined;
}

/** What was counted of a resource since the process began. */
export interface ResourceTotals {
  readonly opened: Readonly<Record<MetricEndpoint, number>>;
  /** By `Client|Normal`. */
  readonly closed: ReadonlyMap<string, number>;
  readonly refused: number;
  readonly inboundBytes: number;
  readonly outboundBytes: number;
  readonly messages: number;
}

const PERCENT = 100;
const CLIENT: Dimensions = { Endpoint: 'Client' };
const SERVER: Dimensions = { Endpoint: 'Server' };
/** Ends that are the service's own fault (control-plane 9). */
const SYSTEM_FAULTS: ReadonlySet<CloseCategory> = new Set(['ServiceTransientError', 'ServiceReload']);
/** Ends that are nobody's fault. */
const GOOD_ENDS: ReadonlySet<CloseCategory> = new Set(['Normal', 'ClosedByAppServer', 'ServiceModeSwitched']);

/**
 * All that is counted of one resource: opens, closes and refusals as they happen, traffic and connections whenever the
 * resource looks at its clocks. Nothing is done for a message but what `HubTraffic` does.
 */
export class ResourceMetrics {
  readonly #now: () => number;
  readonly #history = new MetricHistory();
  readonly #opened = { Client: 0, Server: 0 };
  readonly #closed = new Map<string, number>();
  #refused = 0;
  #traffic = { inboundBytes: 0, outboundBytes: 0, messages: 0 };
  /** Of the running resource at the last look; it counts from 0 when it is started anew. */
  #seen = { inboundBytes: 0, outboundBytes: 0, messages: 0 };
  #operations = { good: 0, user: 0, system: 0 };
  #load = performance.eventLoopUtilization();
  #gauges: () => ResourceGauges | undefined = () => undefined;

  /** `now`: milliseconds since 1970. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Who is asked for gauges from now on; a resource that was started anew counts from 0. */
  follow(gauges: () => ResourceGauges | undefined): void {
    this.look();
    this.#gauges = gauges;
    this.#seen = { inboundBytes: 0, outboundBytes: 0, messages: 0 };
  }

  get totals(): ResourceTotals {
    this.look();
    return { opened: { ...this.#opened }, closed: this.#closed, refused: this.#refused, ...this.#traffic };
  }

  /** Gauges now; undefined while the resource is stopped. */
  get gauges(): ResourceGauges | undefined {
    return this.#gauges();
  }

  /** Counts opens, closes and refusals. */
  observe(event: ServiceEvent): void {
    switch (event.name) {
      case 'clientConnected':
        this.#open('Client');
        return;
      case 'serverConnected':
        this.#open('Server');
        return;
      case 'clientClosed':
        this.#close('Client', event.category);
        return;
      case 'serverClosed':
        this.#close('Server', 'Normal');
        return;
      case 'connectionThrottled':
        this.#close(event.endpoint, 'Throttled');
        return;
      case 'requestRefused':
        this.#refused += 1;
        this.#history.add(this.#now(), 'RefusedRequestCount', 1);
        this.#operated(event.status >= 500 ? 'system' : 'user');
        return;
      case 'restAnswered':
        this.#history.add(this.#now(), 'RestDuration', event.milliseconds);
        this.#operated('good');
        return;
      case 'upstreamAnswered':
        this.#history.add(this.#now(), 'UpstreamDuration', event.milliseconds);
        return;
      case 'fault':
        this.#operated('system');
    }
  }

  /** Takes a sample of everything that is no event. */
  look(): void {
    const gauges = this.#gauges();
    if (gauges === undefined) return;
    const at = this.#now();
    const { clients, serverConnections, connectionLimit } = gauges;
    this.#history.add(at, 'ConnectionCount', clients, CLIENT);
    this.#history.add(at, 'ConnectionCount', serverConnections, SERVER);
    this.#history.add(at, 'ServerConnectionCount', serverConnections);
    this.#history.add(at, 'GroupCount', gauges.groups);
    this.#history.add(at, 'BytesQueued', gauges.bytesQueued);
    const used = connectionLimit === undefined ? 0 : (PERCENT * (clients + serverConnections)) / connectionLimit;
    this.#history.add(at, 'ConnectionQuotaUtilization', used);
    this.#lookAtTraffic(at, gauges);
    const load = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(load, this.#load);
    this.#load = load;
    this.#history.add(at, 'ServerLoad', utilization * PERCENT);
  }

  /** Minutes of a metric, oldest first, this one included. */
  read(metric: MetricName, from: number, to: number): readonly MinuteSample[] {
    this.look();
    return [...this.#history.read(metric, from, to)];
  }

  #lookAtTraffic(at: number, { inboundBytes, outboundBytes, messages }: ResourceGauges): void {
    const more = {
      inboundBytes: inboundBytes - this.#seen.inboundBytes,
      outboundBytes: outboundBytes - this.#seen.outboundBytes,
      messages: messages - this.#seen.messages,
    };
    this.#seen = { inboundBytes, outboundBytes, messages };
    this.#traffic.inboundBytes += more.inboundBytes;
    this.#traffic.outboundBytes += more.outboundBytes;
    this.#traffic.messages += more.messages;
    if (more.inboundBytes > 0) this.#history.add(at, 'InboundTraffic', more.inboundBytes);
    if (more.outboundBytes > 0) this.#history.add(at, 'OutboundTraffic', more.outboundBytes);
    if (more.messages > 0) this.#history.add(at, 'MessageCount', more.messages);
  }

  #open(endpoint: MetricEndpoint): void {
    this.#opened[endpoint] += 1;
    this.#history.add(this.#now(), 'ConnectionOpenCount', 1, { Endpoint: endpoint });
    this.#operated('good');
  }

  #close(endpoint: MetricEndpoint, category: CloseCategory): void {
    const key = `${endpoint}|${category}`;
    this.#closed.set(key, (this.#closed.get(key) ?? 0) + 1);
    const dimensions = { Endpoint: endpoint, ConnectionCloseCategory: category };
    this.#history.add(this.#now(), 'ConnectionCloseCount', 1, dimensions);
    if (SYSTEM_FAULTS.has(category)) this.#operated('system');
    else if (!GOOD_ENDS.has(category)) this.#operated('user');
  }

  /** Errors are percentages of operations since the process began. */
  #operated(outcome: 'good' | 'user' | 'system'): void {
    this.#operations[outcome] += 1;
    const { good, user, system } = this.#operations;
    const all = good + user + system;
    const at = this.#now();
    this.#history.add(at, 'UserErrors', (PERCENT * user) / all);
    this.#history.add(at, 'SystemErrors', (PERCENT * system) / all);
  }
}
