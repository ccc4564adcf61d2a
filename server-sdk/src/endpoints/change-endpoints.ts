// Endpoints that come and go while a hub works (service-protocol 12.2).
import { ShutdownPing } from '@signalite/protocol/service';
import { SignalRServerError } from '../errors.ts';
import { endpointNotDrained, endpointServersDiffer } from '../log/events.ts';
import type { Logger } from '../log/logger.ts';
import type { HubEndpoint } from './hub-endpoint.ts';
import type { HubEndpoints } from './hub-endpoints.ts';

const CHECK_INTERVAL_MS = 250;

export interface ChangeOptions {
  /** Time for the first server connection. */
  readonly startTimeoutMs: number;
  /** Time for the other app servers to follow, or for clients to leave. */
  readonly endpointChangeTimeoutMs: number;
  readonly log: Logger;
}

/**
 * Resolves when clients are sent to the endpoint: once every endpoint is served by the same app servers, or the time for
 * that is over. Rejects when it cannot be reached; it is taken out again then.
 */
export async function bringIn(endpoints: HubEndpoints, endpoint: HubEndpoint, options: ChangeOptions): Promise<void> {
  endpoints.set(endpoint, 'opening');
  try {
    await endpoint.start(options.startTimeoutMs);
  } catch (error) {
    await takeOut(endpoints, endpoint);
    throw error;
  }
  endpoints.set(endpoint, 'comparing');
  const isSame = await compareServers(endpoints, endpoint, options.endpointChangeTimeoutMs);
  if (endpoint.isStopped) throw new SignalRServerError('closed', 'The app was closed.');
  if (!isSame) endpointServersDiffer(options.log, endpoint.place);
  endpoints.set(endpoint, 'serving');
}

/** Resolves when the endpoint is gone: once it has no client of the hub any more, or the time for that is over. */
export async function leadOut(endpoints: HubEndpoints, endpoint: HubEndpoint, options: ChangeOptions): Promise<void> {
  const { endpointChangeTimeoutMs: timeoutMs, log } = options;
  endpoints.set(endpoint, 'leaving');
  endpoint.stop();
  endpoint.status.hasClients = true;
  endpoint.ask('status');
  // Ends with the server connections, if the service does not answer.
  void endpoint.announceShutdown(ShutdownPing.Fin);
  const isEmpty = await until(() => !endpoint.status.hasClients || !isReached(endpoint), timeoutMs);
  if (!isEmpty) endpointNotDrained(log, endpoint.place);
  await takeOut(endpoints, endpoint);
}

/** Without waiting for anybody. */
export async function takeOut(endpoints: HubEndpoints, endpoint: HubEndpoint): Promise<void> {
  endpoint.stop();
  endpoints.remove(endpoint);
  await endpoint.close();
}

/** Clients of the new endpoint must find the same app servers as those of the others. */
async function compareServers(endpoints: HubEndpoints, added: HubEndpoint, timeoutMs: number): Promise<boolean> {
  // An app without server connections only negotiates, for others.
  if (!isReached(added)) return true;
  const compared = endpoints.all.filter(isReached);
  for (const endpoint of compared) {
    endpoint.status.servers = undefined;
    endpoint.ask('servers');
  }
  const isSame = () => {
    const { servers } = added.status;
    const online = compared.filter(isReached);
    return servers !== undefined && servers !== '' && online.every(({ status }) => status.servers === servers);
  };
  const isAgreed = await until(() => isSame() || added.isStopped, timeoutMs);
  for (const endpoint of compared) endpoint.stopAsking('servers');
  return isAgreed;
}

function isReached(endpoint: HubEndpoint): boolean {
  return endpoint.pick(undefined) !== undefined;
}

/** False when the time is over first. */
async function until(isTrue: () => boolean, timeoutMs: number): Promise<boolean> {
  const deadlineAt = Date.now() + timeoutMs;
  while (!isTrue()) {
    if (Date.now() >= deadlineAt) return false;
    await new Promise((resolve) => setTimeout(resolve, CHECK_INTERVAL_MS));
  }
  return true;
}
