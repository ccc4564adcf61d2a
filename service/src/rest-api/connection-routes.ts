import type { CloseTarget, ExistenceCheck } from '../hub/hub-operations.ts';
import type { HubCall } from './rest-call.ts';
import { type ErrorCode, noSuchConnection, notExisting } from './rest-problem.ts';
import { type Answer, type HubRoute, hubRoute } from './route.ts';

const EXISTS = { methods: ['GET', 'HEAD'], success: { dated: 200, v1: 200 }, query: ['application'] } as const;
const NO_CONNECTION = 'Warning.Connection.NotExisted';
const NO_USER = 'Warning.User.NotExisted';
const NO_GROUP = 'Warning.Group.NotExisted';
const NOT_IN_GROUP = 'Info.User.NotInGroup';
const CLOSE_ALL = {
  methods: ['POST'],
  success: { dated: 204, v1: 204 },
  query: ['application', 'excluded', 'reason'],
} as const;
const CLOSE = { methods: ['DELETE'], query: ['application', 'reason'] } as const;

/** What exists (rest-api 7.2). */
const EXISTENCE_ROUTES: readonly HubRoute[] = [
  hubRoute('/connections/{connectionId}', {
    ...EXISTS,
    summary: 'Does a connection exist?',
    missing: NO_CONNECTION,
    handle: (call) => check(call, NO_CONNECTION, { exists: 'connection', connectionId: call.parameters.connectionId }),
  }),
  hubRoute('/users/{user}', {
    ...EXISTS,
    summary: 'Has a user a connection?',
    missing: NO_USER,
    handle: (call) => check(call, NO_USER, { exists: 'user', userId: call.parameters.user }),
  }),
  hubRoute('/groups/{group}', {
    ...EXISTS,
    summary: 'Is a connection in a group?',
    missing: NO_GROUP,
    handle: (call) => check(call, NO_GROUP, { exists: 'group', group: call.parameters.group }),
  }),
  ...(['/users/{user}/groups/{group}', '/groups/{group}/users/{user}'] as const).map((path) =>
    hubRoute(path, {
      ...EXISTS,
      summary: 'Is a user in a group?',
      missing: NOT_IN_GROUP,
      handle: (call) => {
        const { user, group } = call.parameters;
        return check(call, NOT_IN_GROUP, { exists: 'user-in-group', userId: user, group });
      },
    }),
  ),
];

/** What ends connections (rest-api 7.3). Callers of v1 know no error code: to them an unknown connection is closed. */
const CLOSING_ROUTES: readonly HubRoute[] = [
  hubRoute('/:closeConnections', {
    ...CLOSE_ALL,
    summary: 'Close all connections of a hub',
    handle: (call) => close(call, { close: 'all', exceptConnections: excluded(call) }),
  }),
  hubRoute('/users/{user}/:closeConnections', {
    ...CLOSE_ALL,
    summary: 'Close all connections of a user',
    handle: (call) => close(call, { close: 'user', userId: call.parameters.user, exceptConnections: excluded(call) }),
  }),
  hubRoute('/groups/{group}/:closeConnections', {
    ...CLOSE_ALL,
    summary: 'Close all connections of a group',
    handle: (call) => close(call, { close: 'group', group: call.parameters.group, exceptConnections: excluded(call) }),
  }),
  hubRoute('/connections/{connectionId}', {
    ...CLOSE,
    success: { dated: 200 },
    summary: 'Close a connection',
    answer: 'service-response',
    missing: NO_CONNECTION,
    handle: async (call) => {
      const { connectionId } = call.parameters;
      const closed = await call.lane.close({ close: 'connection', connectionId }, call.query.text('reason'));
      if (closed === 0) throw noSuchConnection(NO_CONNECTION, connectionId);
      return undefined;
    },
  }),
  hubRoute('/connections/{connectionId}', {
    ...CLOSE,
    success: { v1: 202 },
    summary: 'Close a connection',
    handle: (call) => close(call, { close: 'connection', connectionId: call.parameters.connectionId }),
  }),
];

export const CONNECTION_ROUTES: readonly HubRoute[] = [...EXISTENCE_ROUTES, ...CLOSING_ROUTES];

async function check({ lane }: HubCall<never>, code: ErrorCode, question: ExistenceCheck): Promise<Answer> {
  if (await lane.check(question)) return undefined;
  throw notExisting(code, MISSING[question.exists]);
}

const MISSING: Readonly<Record<ExistenceCheck['exists'], string>> = {
  connection: 'The connection does not exist.',
  user: 'The user has no connection.',
  group: 'No connection is in the group.',
  'user-in-group': 'The user is not in the group.',
};

async function close({ lane, query }: HubCall<never>, target: CloseTarget): Promise<undefined> {
  await lane.close(target, query.text('reason'));
}

function excluded({ query }: HubCall<never>): string[] {
  return query.texts('excluded');
}
