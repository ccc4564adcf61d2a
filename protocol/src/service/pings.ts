// Pings carry a flat list of keys and values (service-protocol 6.1).
import type { ServicePingMessage } from './messages.ts';

/** Keys of ping values. */
export const PingKey = {
  ClientsInHub: '#clientInHub',
  Clients: '#client',
  Status: 'status',
  ClientCount: 'clientcount',
  ServerCount: 'servercount',
  Capacity: 'capacity',
  Servers: 'servers',
  Target: 'target',
  Offline: 'offline',
  Shutdown: 'shutdown',
  Echo: 'echo',
  MessagingLog: 'd-m',
} as const;
export type PingKey = (typeof PingKey)[keyof typeof PingKey];

/** What a `shutdown` ping says. The app server sends one of the first three, the service the last. */
export const ShutdownPing = {
  /** Clients may be disconnected. */
  Fin: 'fin:0',
  /** Move the clients to another app server. */
  FinMigrate: 'fin:1',
  /** Clients stay until they leave. */
  FinWait: 'fin:2',
  FinAck: 'finack',
} as const;
export type ShutdownPing = (typeof ShutdownPing)[keyof typeof ShutdownPing];

/** Value of the first `key` at an even position; undefined when there is none. A key without a value has an empty one. */
export function pingValue(values: readonly string[], key: string): string | undefined {
  for (let index = 0; index < values.length; index += 2) {
    if (values[index] === key) {
      return values[index + 1] ?? '';
    }
  }
  return undefined;
}

/** Says nothing but that the sender is alive. */
export function keepAlivePing(): ServicePingMessage {
  return ping();
}

/** App server: clients of the hub in this process, and those on this server connection. */
export function clientCountPing(counts: {
  readonly clientsInHub: number;
  readonly clients: number;
}): ServicePingMessage {
  return ping(PingKey.ClientsInHub, `${counts.clientsInHub}`, PingKey.Clients, `${counts.clients}`);
}

/** App server: asks for the status of the endpoint. */
export function statusRequestPing(): ServicePingMessage {
  return ping(PingKey.Status, '1');
}

/** What the service tells about the hub's endpoint. */
export interface EndpointStatus {
  readonly clientCount: number;
  readonly serverCount: number;
  /** Connections that the endpoint takes. Only while that is limited (service-protocol 6.3). */
  readonly capacity?: number;
}

/** Service: answers a status request. */
export function statusPing(status: EndpointStatus): ServicePingMessage {
  const capacity = status.capacity === undefined ? [] : [PingKey.Capacity, `${status.capacity}`];
  return ping(
    PingKey.Status,
    status.clientCount > 0 ? '1' : '0',
    PingKey.ClientCount,
    `${status.clientCount}`,
    PingKey.ServerCount,
    `${status.serverCount}`,
    ...capacity,
  );
}

/** App server: asks which app servers are connected to the hub. */
export function serversRequestPing(): ServicePingMessage {
  return ping(PingKey.Servers, '');
}

/**
 * Service: answers a servers request. `timestamp` must grow from answer to answer. The ids are sorted, since the app
 * server compares the list as one text.
 */
export function serversPing(timestamp: number | bigint, serverIds: readonly string[]): ServicePingMessage {
  return ping(PingKey.Servers, `${timestamp}:${[...serverIds].sort().join(';')}`);
}

/** Service: asks for one more server connection to the named instance. */
export function targetPing(instanceId: string): ServicePingMessage {
  return ping(PingKey.Target, instanceId);
}

/** Service: an instance died; its clients are gone. An empty id means all clients of this server connection. */
export function offlinePing(instanceId: string): ServicePingMessage {
  return ping(PingKey.Offline, instanceId);
}

/** A step of graceful shutdown (service-protocol 12.1). */
export function shutdownPing(step: ShutdownPing): ServicePingMessage {
  return ping(PingKey.Shutdown, step);
}

/** Either side: the peer returns it unchanged. Never answer an echo that answers one's own. */
export function echoPing(text: string): ServicePingMessage {
  return ping(PingKey.Echo, text);
}

/** Service: asks the app server to start or stop adding tracing ids. */
export function messagingLogPing(isEnabled: boolean): ServicePingMessage {
  return ping(PingKey.MessagingLog, isEnabled ? '1' : '0');
}

function ping(...values: readonly string[]): ServicePingMessage {
  return { type: 3, values };
}
