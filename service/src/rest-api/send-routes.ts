import type { SendTarget } from '../hub/hub-operations.ts';
import { readCallBody, readJsonCallBody } from './message-body.ts';
import type { HubCall } from './rest-call.ts';
import { invalidRequest } from './rest-problem.ts';
import { type HubRoute, hubRoute } from './route.ts';

const ACCEPTED = { dated: 202, v1: 202 };
const SEND = { methods: ['POST'], success: ACCEPTED, body: 'call', answer: 'service-response' } as const;
const PREVIEW = { methods: ['POST'], success: { 'v1-preview': 202 }, body: 'json-call' } as const;
const LISTED_GROUP = /^\w+$/;

/** Sends (rest-api 7.1): accepted whether or not anybody is there. The dated API has `/:send`, v1 nothing. */
export const SEND_ROUTES: readonly HubRoute[] = [
  ...['/:send', ''].map((path) =>
    hubRoute(path, {
      ...SEND,
      summary: 'Send a message to all clients of a hub',
      query: ['application', 'excluded'],
      handle: (call) => send(call, { to: 'all', exceptConnections: call.query.texts('excluded') }),
    }),
  ),
  ...(['/users/{user}/:send', '/users/{user}'] as const).map((path) =>
    hubRoute(path, {
      ...SEND,
      summary: 'Send a message to all clients of a user',
      query: ['application'],
      handle: (call) => send(call, { to: 'users', userIds: [call.parameters.user] }),
    }),
  ),
  ...(['/connections/{connectionId}/:send', '/connections/{connectionId}'] as const).map((path) =>
    hubRoute(path, {
      ...SEND,
      summary: 'Send a message to one client',
      query: ['application'],
      handle: (call) => send(call, { to: 'connections', connectionIds: [call.parameters.connectionId] }),
    }),
  ),
  ...(['/groups/{group}/:send', '/groups/{group}'] as const).map((path) =>
    hubRoute(path, {
      ...SEND,
      summary: 'Send a message to all clients of a group',
      query: ['application', 'excluded'],
      handle: (call) => send(call, toGroup(call.parameters.group, call.query.texts('excluded'))),
    }),
  ),
  ...previewRoutes(),
];

/** v1-preview: sends only, some of them to comma-separated lists (rest-api 4.3). */
function previewRoutes(): HubRoute[] {
  return [
    hubRoute('', {
      ...PREVIEW,
      summary: 'Send a message to all clients of a hub',
      handle: (call) => sendJson(call, { to: 'all', exceptConnections: [] }),
    }),
    hubRoute('/user/{user}', {
      ...PREVIEW,
      summary: 'Send a message to all clients of a user',
      handle: (call) => sendJson(call, { to: 'users', userIds: [call.parameters.user] }),
    }),
    hubRoute('/users/{users}', {
      ...PREVIEW,
      summary: 'Send a message to all clients of several users',
      handle: (call) => sendJson(call, { to: 'users', userIds: listOf(call.parameters.users, 'users') }),
    }),
    hubRoute('/group/{group}', {
      ...PREVIEW,
      summary: 'Send a message to all clients of a group',
      handle: (call) => sendJson(call, toGroup(listedGroup(call.parameters.group), [])),
    }),
    hubRoute('/groups/{groups}', {
      ...PREVIEW,
      summary: 'Send a message to all clients of several groups',
      handle: (call) =>
        sendJson(call, { to: 'groups', groups: listOf(call.parameters.groups, 'groups').map(listedGroup) }),
    }),
  ];
}

async function send({ lane, readBody }: HubCall<never>, target: SendTarget): Promise<undefined> {
  const payloads = readCallBody(await readBody())();
  lane.send({ target, payloads });
}

async function sendJson({ lane, readBody }: HubCall<never>, target: SendTarget): Promise<undefined> {
  const payloads = readJsonCallBody(await readBody())();
  lane.send({ target, payloads });
}

function toGroup(group: string, exceptConnections: readonly string[]): SendTarget {
  return { to: 'group', group, exceptConnections, exceptUsers: [] };
}

function listOf(text: string, name: string): string[] {
  const list = text.split(',').filter((one) => one !== '');
  if (list.length === 0) throw invalidRequest('The list in the path is empty.', name);
  return list;
}

function listedGroup(group: string): string {
  if (LISTED_GROUP.test(group)) return group;
  throw invalidRequest('Names of groups must be letters, digits and underscores here.', 'groups');
}
