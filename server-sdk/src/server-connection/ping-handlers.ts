// Pings of the service (service-protocol 6.1).
import { PingKey, pingValue, type ServicePingMessage, ShutdownPing } from '@signalite/protocol/service';
import type { ClientConnections } from '../client-connection/client-connections.ts';
import type { ClientResults } from '../hub/client-results.ts';
import type { MessageTracing } from './message-tracing.ts';
import type { ServerConnection } from './server-connection.ts';

/** What pings act upon. */
export interface PingHost {
  readonly clients: ClientConnections;
  readonly results: ClientResults;
  readonly tracing: MessageTracing;
  /** The service wants one more server connection, to the named instance. */
  openOnDemand(target: string): void;
  /** A ping may tell how the endpoint is. */
  pinged(values: readonly string[]): void;
}

/** A probe, a death and the end of our leaving are pings of their own; the rest may be mixed. */
export function handlePing(host: PingHost, message: ServicePingMessage, connection: ServerConnection): void {
  const { values } = message;
  if (values.length === 0) return;
  const offline = pingValue(values, PingKey.Offline);
  if (pingValue(values, PingKey.Echo) !== undefined) connection.append(message);
  else if (offline !== undefined) instanceOffline(host, offline, connection);
  else if (pingValue(values, PingKey.Shutdown) === ShutdownPing.FinAck) connection.left();
  else {
    host.pinged(values);
    switchTracing(host, pingValue(values, PingKey.MessagingLog), connection);
    openTarget(host, pingValue(values, PingKey.Target));
  }
}

/** Without a name it is about all clients of this server connection. */
function instanceOffline({ clients, results }: PingHost, instanceId: string, connection: ServerConnection): void {
  if (instanceId === '') {
    clients.leave((client) => client.outlet === connection);
    return;
  }
  clients.leave((client) => client.opening.instanceId === instanceId);
  results.instanceLost(instanceId);
}

function switchTracing({ tracing }: PingHost, value: string | undefined, { endpoint }: ServerConnection): void {
  if (value !== undefined) tracing.switch(endpoint, value === '1');
}

function openTarget(host: PingHost, target: string | undefined): void {
  if (target !== undefined && target !== '') host.openOnDemand(target);
}
