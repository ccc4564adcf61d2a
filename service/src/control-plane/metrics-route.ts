// Metrics of all resources of this process in the text form of Prometheus.

import { Hono } from 'hono';
import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { HostedResource, Resources } from '../resources/resources.ts';

/** Hubs that have a label of their own; all others together are `other`. Clients name hubs as they like. */
const HUBS_MAX = 50;
const OTHER = 'other';

interface HubNumbers {
  clients: number;
  inboundBytes: number;
  outboundBytes: number;
  messages: number;
}

/** `GET /metrics`. */
export function metricsRoute(resources: Resources): Hono {
  const process = new Registry();
  collectDefaultMetrics({ register: process, prefix: 'signalite_' });
  const app = new Hono();
  app.get('/metrics', async (c) => {
    const registry = new Registry();
    const numbers = createNumbers(registry);
    for (const resource of resources.list()) collect(resource, numbers);
    const text = `${await registry.metrics()}\n${await process.metrics()}`;
    return c.text(text, 200, { 'Content-Type': registry.contentType });
  });
  return app;
}

type Numbers = ReturnType<typeof createNumbers>;

function createNumbers(registry: Registry) {
  const registers = [registry];
  const gauge = (name: string, help: string, ...labelNames: string[]) =>
    new Gauge({ name: `signalite_${name}`, help, labelNames: ['resource', ...labelNames], registers });
  const counter = (name: string, help: string, ...labelNames: string[]) =>
    new Counter({ name: `signalite_${name}_total`, help, labelNames: ['resource', ...labelNames], registers });
  return {
    up: gauge('resource_up', 'Whether the resource runs.'),
    clients: gauge('client_connections', 'Connected clients.', 'hub'),
    servers: gauge('server_connections', 'Connections of app servers.'),
    groups: gauge('groups', 'Groups with a member.'),
    queued: gauge('queued_bytes', 'What waits for clients that have not read it.'),
    limit: gauge('connection_limit', 'Connections that the tier allows; absent without a limit.'),
    opened: counter('connections_opened', 'Connections that opened.', 'endpoint'),
    closed: counter('connections_closed', 'Connections that ended, by the reason.', 'endpoint', 'category'),
    refused: counter('requests_refused', 'Requests that were refused.'),
    inbound: counter('inbound_bytes', 'Bytes from clients, app servers and REST calls.', 'hub'),
    outbound: counter('outbound_bytes', 'Bytes to clients and app servers.', 'hub'),
    messages: counter('messages', 'Outbound messages, in units of 2 KB for each receiver.', 'hub'),
  };
}

function collect(hosted: HostedResource, numbers: Numbers): void {
  const { record, url, metrics } = hosted;
  const resource = { resource: record.name };
  numbers.up.set(resource, url === undefined ? 0 : 1);
  const { opened, closed, refused } = metrics.totals;
  for (const [endpoint, count] of Object.entries(opened)) numbers.opened.inc({ ...resource, endpoint }, count);
  for (const [key, count] of closed) {
    const [endpoint = '', category = ''] = key.split('|');
    numbers.closed.inc({ ...resource, endpoint, category }, count);
  }
  numbers.refused.inc(resource, refused);
  const { gauges } = metrics;
  if (gauges === undefined) return;
  numbers.servers.set(resource, gauges.serverConnections);
  numbers.groups.set(resource, gauges.groups);
  numbers.queued.set(resource, gauges.bytesQueued);
  if (gauges.connectionLimit !== undefined) numbers.limit.set(resource, gauges.connectionLimit);
  for (const [hub, { clients, inboundBytes, outboundBytes, messages }] of numbersByHub(hosted)) {
    numbers.clients.set({ ...resource, hub }, clients);
    numbers.inbound.inc({ ...resource, hub }, inboundBytes);
    numbers.outbound.inc({ ...resource, hub }, outboundBytes);
    numbers.messages.inc({ ...resource, hub }, messages);
  }
}

/** The hubs that were named first, and the sum of all others. */
function numbersByHub(hosted: HostedResource): ReadonlyMap<string, HubNumbers> {
  const byHub = new Map<string, HubNumbers>();
  for (const [hub, traffic, clients] of hosted.hubTraffic()) {
    const label = byHub.size < HUBS_MAX ? hub : OTHER;
    const sum = byHub.get(label) ?? { clients: 0, inboundBytes: 0, outboundBytes: 0, messages: 0 };
    sum.clients += clients;
    sum.inboundBytes += traffic.inboundBytes;
    sum.outboundBytes += traffic.outboundBytes;
    sum.messages += traffic.messages;
    byHub.set(label, sum);
  }
  return byHub;
}
