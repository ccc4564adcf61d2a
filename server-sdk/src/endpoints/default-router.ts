// Where clients and messages go when the app has no other wishes (service-protocol 1.6).
import type { EndpointInfo, EndpointRouter } from './endpoint-router.ts';
import { EndpointType } from './service-endpoint.ts';

const WEIGHT_OF_EMPTY = 1000;

/** The router that every app has; `random` gives numbers from 0 to 1, without 1. */
export function createDefaultRouter(random: () => number): EndpointRouter {
  return {
    negotiateEndpoint: (_request, endpoints) => choose(candidates(endpoints), random),
    endpointsForBroadcast: online,
    endpointsForUser: (_userId, endpoints) => online(endpoints),
    endpointsForGroup: (_group, endpoints) => online(endpoints),
    endpointsForConnection: (_connectionId, endpoints) => online(endpoints),
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

function choose(endpoints: readonly EndpointInfo[], random: () => number): EndpointInfo | undefined {
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
