// One function for each thing worth a log line: its level, its sentence and its fields in one place. No payload, key or
// token is ever a field.
import type { Logger } from './logger.ts';

/** A hub and one of its endpoints, as log lines name them. */
export interface HubEndpointName {
  readonly hub: string;
  readonly endpoint: string;
}

/** A server connection, as log lines name it. */
export interface ServerConnectionName extends HubEndpointName {
  readonly serverConnectionId: string;
}

/** A client connection, as log lines name it. */
export interface ClientConnectionName {
  readonly hub: string;
  readonly connectionId: string;
}

export function serverConnected(log: Logger, name: ServerConnectionName): void {
  log.info('A server connection is open.', { ...name });
}

export function serverDisconnected(log: Logger, name: ServerConnectionName, reason: string): void {
  log.warn('A server connection was lost; it is opened again.', { ...name, reason });
}

export function serverConnectionEnded(log: Logger, name: ServerConnectionName, reason: string): void {
  log.info('A server connection ended.', { ...name, reason });
}

export function serverConnectFailed(log: Logger, name: HubEndpointName, reason: string, retryMs: number): void {
  log.warn('A server connection could not be opened; it is tried again.', { ...name, reason, retryMs });
}

export function onDemandConnectFailed(log: Logger, name: HubEndpointName, reason: string): void {
  log.warn('A server connection that the service asked for could not be opened.', { ...name, reason });
}

export function serviceErrorReceived(log: Logger, name: ServerConnectionName, message: string): void {
  log.error('The service reported an error; nothing more is sent on this server connection.', { ...name, message });
}

export function serviceEventReceived(log: Logger, name: ServerConnectionName, fields: Record<string, unknown>): void {
  log.info('The service reported an event.', { ...name, ...fields });
}

export function serviceMessageIgnored(log: Logger, name: ServerConnectionName, messageType: number): void {
  log.debug('A service message was ignored.', { ...name, messageType });
}

export function messageFailed(log: Logger, name: ServerConnectionName, error: unknown): void {
  log.error('A message of the service could not be handled; the server connection is opened anew.', { ...name, error });
}

export function unknownClient(log: Logger, name: ClientConnectionName, messageType: number): void {
  log.debug('A service message is about a client that is not here.', { ...name, messageType });
}

export function clientConnected(log: Logger, name: ClientConnectionName): void {
  log.debug('A client connected.', { ...name });
}

export function clientDisconnected(log: Logger, name: ClientConnectionName, reason: string): void {
  log.debug('A client disconnected.', { ...name, reason });
}

export function clientHandshakeRefused(log: Logger, name: ClientConnectionName, reason: string): void {
  log.debug('The hub handshake of a client was refused.', { ...name, reason });
}

export function clientInputRefused(log: Logger, name: ClientConnectionName, reason: string): void {
  log.warn('A client sent what cannot be read and is disconnected.', { ...name, reason });
}

export function clientOverran(log: Logger, name: ClientConnectionName, waitingBytes: number): void {
  log.warn('A client sends faster than its hub reads and is disconnected: see maximumWaitingBytes.', {
    ...name,
    waitingBytes,
  });
}

export function hubMethodFailed(log: Logger, name: ClientConnectionName, method: string, error: unknown): void {
  log.warn('A hub method failed.', { ...name, method, error });
}

export function streamCleanupFailed(log: Logger, name: ClientConnectionName, error: unknown): void {
  log.warn('A stream of results failed while it was ended.', { ...name, error });
}

export function hubEventFailed(log: Logger, name: ClientConnectionName, event: string, error: unknown): void {
  log.error(`${event} of a hub failed.`, { ...name, error });
}

export function shutdownHookFailed(log: Logger, hub: string, error: unknown): void {
  log.error('onShutdown of a hub failed.', { hub, error });
}

export function negotiateFailed(log: Logger, hub: string, error: unknown): void {
  log.error('A negotiate request could not be answered.', { hub, error });
}

export function endpointGivenTwice(log: Logger, endpoint: string, names: readonly string[]): void {
  log.warn('Two endpoints are the same service; one is used, a primary one rather than a secondary one.', {
    endpoint,
    names,
  });
}

export function noEndpointRouted(log: Logger, hub: string, target: string): void {
  log.warn('A message was sent nowhere, because the router chose no endpoint for it.', { hub, target });
}

export function keyRefused(log: Logger, name: ServerConnectionName, reason: string): void {
  log.error('The service gave no key for client tokens.', { ...name, reason });
}

export function keyRequestFailed(log: Logger, name: HubEndpointName, error: unknown): void {
  log.warn('The service could not be asked for a key for client tokens; it is asked again.', { ...name, error });
}

export function endpointServersDiffer(log: Logger, name: HubEndpointName): void {
  log.warn('A new endpoint has other app servers than the others; clients are sent there all the same.', { ...name });
}

export function endpointNotDrained(log: Logger, name: HubEndpointName): void {
  log.warn('An endpoint that leaves still has clients; they are disconnected.', { ...name });
}
