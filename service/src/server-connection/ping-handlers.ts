import {
  PingKey,
  pingValue,
  type ServicePingMessage,
  ShutdownPing,
  serversPing,
  shutdownPing,
  statusPing,
} from '@signalite/protocol/service';
import { CloseReasons } from '../lifetime/close-reasons.ts';
import type { MessageHost } from './message-host.ts';

/**
 * Answers the pings of an app server (service-protocol 6.1). Keep-alives and client counts need no answer: their bytes
 * were the news. An `echo` is the return of a probe, and returning it again would go on for ever.
 */
export function handlePing(host: MessageHost, { values }: ServicePingMessage): void {
  const shutdown = pingValue(values, PingKey.Shutdown);
  if (shutdown !== undefined) answerShutdown(host, shutdown);
  if (pingValue(values, PingKey.Status) !== undefined) answerStatus(host);
  if (pingValue(values, PingKey.Servers) !== undefined) answerServers(host);
}

function answerStatus({ context, outbox }: MessageHost): void {
  const { hub } = context;
  const capacity = context.connectionLimit();
  const counts = { clientCount: hub.clients.members.size, serverCount: hub.servers.count };
  outbox.append(statusPing(capacity === undefined ? counts : { ...counts, capacity }));
}

function answerServers({ context, outbox }: MessageHost): void {
  const { servers } = context.hub;
  outbox.append(serversPing(servers.nextListedAt(context.now()), servers.serverIds()));
}

function answerShutdown(host: MessageHost, mode: string): void {
  if (mode === ShutdownPing.FinAck || host.state.name !== 'open') return;
  const { events, hub } = host.context;
  const { serverId, serverConnectionId } = host.identity;
  // Not assignable before the answer: a client assigned after it would be lost (service-protocol 12.1).
  host.leave();
  host.outbox.append(shutdownPing(ShutdownPing.FinAck));
  events.emit({ name: 'serverShutdownAnnounced', hub: hub.key, serverId, serverConnectionId, mode });
  if (mode === ShutdownPing.Fin) host.dismissClients(CloseReasons.serverShutdown);
  else if (mode === ShutdownPing.FinMigrate) host.migrateClients();
}
