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

/** The endpoints that `router` chooses, each once. */
export function routedEndpoints(
  router: EndpointRouter,
  target: RoutedTarget,
  endpoints: readonly EndpointInfo[],
): ReadonlySet<EndpointInfo> {
  switch (target.to) {
    case 'all':
      return new Set(router.endpointsForBroadcast(endpoints));
    case 'connections':
      return union(target.connectionIds, (id) => router.endpointsForConnection(id, endpoints));
    case 'group':
      return new Set(router.endpointsForGroup(target.group, endpoints));
    case 'groups':
      return union(target.groups, (group) => router.endpointsForGroup(group, endpoints));
    case 'users':
      return union(target.userIds, (userId) => router.endpointsForUser(userId, endpoints));
    case 'user-in-group': {
      const ofUser = new Set(router.endpointsForUser(target.userId, endpoints));
      return new Set([...router.endpointsForGroup(target.group, endpoints)].filter((one) => ofUser.has(one)));
    }
    default:
      return target satisfies never;
  }
}

function union(names: readonly string[], choose: (name: string) => Iterable<EndpointInfo>): Set<EndpointInfo> {
  return new Set(names.flatMap((name) => [...choose(name)]));
}
