// Which of several endpoints a client or a message goes to (service-protocol 1.6).
import type { HubHttpRequest } from '../hub/hub-http-request.ts';
import type { EndpointType } from './service-endpoint.ts';

/** An endpoint as a hub sees it right now. */
export interface EndpointInfo {
  /** As given in the options, else the address. */
  readonly name: string;
  /** Clients are sent to primary endpoints while one is online. */
  readonly type: EndpointType;
  /** This app server has a server connection to it. */
  readonly isOnline: boolean;
  /** False when the endpoint had no client of the hub for ten minutes. News of that may be late. */
  readonly isActive: boolean;
  /** Clients of the endpoint, of all its hubs, as it said last. */
  readonly clientCount: number;
  /** Server connections of the endpoint, of all its hubs, as it said last. */
  readonly serverCount: number;
  /** Connections that the endpoint takes; undefined when it did not say. */
  readonly capacity: number | undefined;
}

/**
 * Chooses endpoints. Every method gets all endpoints of the hub and gives back some of them; endpoints that are not
 * online are left out of sends anyway. A method that throws fails the negotiate request, or the send.
 */
export interface EndpointRouter {
  /**
   * Where a client that negotiates is sent; nothing answers it with status 500. Default: one of the primary endpoints
   * that are online, else one of the secondary ones, by chance; those with more room more often, once all say how much
   * they take.
   */
  negotiateEndpoint(
    request: HubHttpRequest,
    endpoints: readonly EndpointInfo[],
  ): EndpointInfo | undefined | Promise<EndpointInfo | undefined>;
  /** Of sends to all clients. Default: all that are online, here and below. */
  endpointsForBroadcast(endpoints: readonly EndpointInfo[]): Iterable<EndpointInfo>;
  /** Of sends to one user. Sends to several are asked for one by one. */
  endpointsForUser(userId: string, endpoints: readonly EndpointInfo[]): Iterable<EndpointInfo>;
  /** Of sends to a group, joins and leaves. Sends to several groups are asked for one by one. */
  endpointsForGroup(group: string, endpoints: readonly EndpointInfo[]): Iterable<EndpointInfo>;
  /** Of sends to a client that this app server does not serve itself: it knows the way to its own. */
  endpointsForConnection(connectionId: string, endpoints: readonly EndpointInfo[]): Iterable<EndpointInfo>;
}
