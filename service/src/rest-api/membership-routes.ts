import type { GroupChange } from '../hub/hub-operations.ts';
import type { HubCall } from './rest-call.ts';
import { noSuchConnection } from './rest-problem.ts';
import { type HubRoute, hubRoute } from './route.ts';

const NO_CONNECTION = 'Error.Connection.NotExisted';
const USER_IN_GROUP_PATHS = ['/users/{user}/groups/{group}', '/groups/{group}/users/{user}'] as const;
const CONNECTION_IN_GROUP_PATHS = [
  '/groups/{group}/connections/{connectionId}',
  '/connections/{connectionId}/groups/{group}',
] as const;
const PUT = { methods: ['PUT'], answer: 'service-response' } as const;
const DELETE = { methods: ['DELETE'], query: ['application'] } as const;

/** Who is in which group (rest-api 7.4). Only a join needs its connection: everything else succeeds for whom it may. */
export const MEMBERSHIP_ROUTES: readonly HubRoute[] = [
  ...CONNECTION_IN_GROUP_PATHS.flatMap((path) => [
    hubRoute(path, {
      ...PUT,
      success: { dated: 200, v1: 200 },
      summary: 'Put a connection into a group',
      query: ['application'],
      missing: NO_CONNECTION,
      handle: async (call) => {
        const { connectionId, group } = call.parameters;
        const change = { change: 'join', subject: { connectionId }, group } as const;
        if (!(await call.lane.changeGroupAcked(change))) throw noSuchConnection(NO_CONNECTION, connectionId);
        return undefined;
      },
    }),
    hubRoute(path, {
      ...DELETE,
      success: { dated: 200, v1: 200 },
      summary: 'Take a connection out of a group',
      answer: 'service-response',
      handle: (call) => {
        const { connectionId, group } = call.parameters;
        return change(call, { change: 'leave', subject: { connectionId }, group });
      },
    }),
  ]),
  hubRoute('/connections/{connectionId}/groups', {
    ...DELETE,
    success: { dated: 200, v1: 200 },
    summary: 'Take a connection out of all groups',
    answer: 'service-response',
    handle: (call) => {
      const { connectionId } = call.parameters;
      return change(call, { change: 'leave', subject: { connectionId }, group: undefined });
    },
  }),
  ...USER_IN_GROUP_PATHS.flatMap((path) => [
    hubRoute(path, {
      ...PUT,
      success: { dated: 200, v1: 202 },
      summary: 'Put a user into a group, with all its connections, those to come included',
      query: ['application', 'ttl'],
      handle: (call) => {
        const { user, group } = call.parameters;
        const subject = { userId: user, ttlSeconds: call.query.integer('ttl', 0) };
        return change(call, { change: 'join', subject, group });
      },
    }),
    hubRoute(path, {
      ...DELETE,
      success: { dated: 204, v1: 202 },
      summary: 'Take a user out of a group',
      handle: (call) => {
        const { user, group } = call.parameters;
        return change(call, { change: 'leave', subject: { userId: user }, group });
      },
    }),
  ]),
  hubRoute('/users/{user}/groups', {
    ...DELETE,
    success: { dated: 204, v1: 200 },
    summary: 'Take a user out of all groups',
    handle: (call) => change(call, { change: 'leave', subject: { userId: call.parameters.user }, group: undefined }),
  }),
];

async function change({ lane }: HubCall<never>, wanted: GroupChange): Promise<undefined> {
  await lane.changeGroupAcked(wanted);
}
