// What a message is about, as far as routers ask (service-protocol 1.6).
import type { EndpointInfo, EndpointRouter } from './endpoint-router.ts';

/** The receivers of a send, or what an operation is about. */
export type RoutedTarget =
  | { readonly to: 'all' }
  | { readonly to: 'connections'; readonly connectionIds: readonly string[] }
  | { readonly to: 'group'; readonly group: string }
  | { readonly to: 'groups'; readonly groups: readonly string[] }
  | { readonly to: 'users'; readonly userIds: readonly string[] }
  | { readonly to: 'user-in-group'; readonly userId: string; readonly group: string };

/** The names of the endpoints that `router` chooses. */
export function routedNames(
  router: EndpointRouter,
  target: RoutedTarget,
  endpoints: readonly EndpointInfo[],
): ReadonlySet<string> {
  return new Set([...routed(router, target, endpoints)].map(({ name }) => name));
}

function routed(
  router: EndpointRouter,
  target: RoutedTarget,
  endpoints: readonly EndpointInfo[],
): Iterable<EndpointInfo> {
  switch (target.to) {
    case 'all':
      return router.endpointsForBroadcast(endpoints);
    case 'connections':
      return target.connectionIds.flatMap((id) => [...router.endpointsForConnection(id, endpoints)]);
    case 'group':
      return router.endpointsForGroup(target.group, endpoints);
    case 'groups':
      return target.groups.flatMap((group) => [...router.endpointsForGroup(group, endpoints)]);
    case 'users':
      return target.userIds.flatMap((userId) => [...router.endpointsForUser(userId, endpoints)]);
    case 'user-in-group': {
      const ofUser = new Set([...router.endpointsForUser(target.userId, endpoints)].map(({ name }) => name));
      return [...router.endpointsForGroup(target.group, endpoints)].filter(({ name }) => ofUser.has(name));
    }
    default:
      return target satisfies never;
  }
}
