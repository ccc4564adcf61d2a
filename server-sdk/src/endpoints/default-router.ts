// Where clients and messages go when the app has no other wishes (service-protocol 1.6).
import type { EndpointInfo, EndpointRouter } from './endpoint-router.ts';
import { EndpointType } from './service-endpoint.ts';

const WEIGHT_OF_EMPTY = 1000;

/** The router that every app has; `random` gives numbers from 0 to 1, without 1. */
export function createDefaultRouter(random: () => number): EndpointRouter {
  return {
    negotiateEndpoint: (_request, endpoints) => chooseEndpoint(endpoints, random),
    endpointsForBroadcast: online,
    endpointsForUser: (_userId, endpoints) => online(endpoints),
    endpointsForGroup: (_group, endpoints) => online(endpoints),
    endpointsForConnection: (_connectionId, endpoints) => online(endpoints),
  };
}

/** What `own` leaves out is as in `base`. `own` may be an instance of a class. */
export function completeRouter(own: Partial<EndpointRouter>, base: EndpointRouter): EndpointRouter {
  return {
    negotiateEndpoint: (own.negotiateEndpoint ?? base.negotiateEndpoint).bind(own),
    endpointsForBroadcast: (own.endpointsForBroadcast ?? base.endpointsForBroadcast).bind(own),
    endpointsForUser: (own.endpointsForUser ?? base.endpointsForUser).bind(own),
    endpointsForGroup: (own.endpointsForGroup ?? base.endpointsForGroup).bind(own),
    endpointsForConnection: (own.endpointsForConnection ?? base.endpointsForConnection).bind(own),
  };
}

function online(endpoints: readonly EndpointInfo[]): EndpointInfo[] {
  return endpoints.filter(({ isOnline }) => isOnline);
}

function candidates(endpoints: readonly EndpointInfo[]): EndpointInfo[] {
  const reachable = online(endpoints);
  const primary = reachable.filter(({ type }) => type === EndpointType.Primary);
  return primary.length > 0 ? primary : reachable;
}

/** Where a client that negotiates is sent; undefined when no endpoint is online. */
export function chooseEndpoint(all: readonly EndpointInfo[], random: () => number): EndpointInfo | undefined {
  const endpoints = candidates(all);
  const weights = weightsOf(endpoints);
  let rest = random() * weights.reduce((sum, weight) => sum + weight, 0);
  for (const [index, weight] of weights.entries()) {
    rest -= weight;
    if (rest < 0) return endpoints[index];
  }
  return endpoints.at(-1);
}

/** By the share that is free, once every one of them says how much it takes. */
function weightsOf(endpoints: readonly EndpointInfo[]): number[] {
  const known = endpoints.map(freeShare).filter((share) => share !== undefined);
  if (known.length < endpoints.length) return endpoints.map(() => 1);
  return known.map((share) => Math.max(Math.trunc(share * WEIGHT_OF_EMPTY), 1));
}

function freeShare({ capacity = 0, clientCount, serverCount }: EndpointInfo): number | undefined {
  return capacity === 0 ? undefined : (capacity - clientCount - serverCount) / capacity;
}
