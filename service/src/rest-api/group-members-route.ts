import type { GroupMembersPage } from '../hub/hub-operations.ts';
import type { HubCall } from './rest-call.ts';
import { invalidRequest } from './rest-problem.ts';
import { type Answer, type HubRoute, hubRoute } from './route.ts';

const PAGE_MAX = 200;

/** The connections of a group, page by page (rest-api 7.5). */
export const GROUP_MEMBERS_ROUTE: HubRoute = hubRoute('/groups/{group}/connections', {
  methods: ['GET'],
  success: { dated: 200, v1: 200 },
  summary: 'List the connections of a group',
  query: ['application', 'maxpagesize', 'top', 'continuationToken'],
  answer: 'members',
  handle: listMembers,
});

async function listMembers(call: HubCall<'group'>): Promise<Answer> {
  const pageSize = call.query.integer('maxpagesize', 1, PAGE_MAX);
  const top = call.query.integer('top', 1);
  const { members, continuationToken } = await pageOf(call, Math.min(pageSize ?? PAGE_MAX, top ?? PAGE_MAX));
  const left = top === undefined ? undefined : top - members.length;
  const hasMore = continuationToken !== undefined && left !== 0;
  const nextLink = hasMore ? { nextLink: linkTo(call, { left, pageSize, continuationToken }) } : {};
  return { json: JSON.stringify({ value: members, ...nextLink }) };
}

async function pageOf({ lane, parameters, query }: HubCall<'group'>, size: number): Promise<GroupMembersPage> {
  try {
    return await lane.groupMembers(parameters.group, size, query.text('continuationToken'));
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw invalidRequest(error.message, 'continuationToken');
  }
}

interface NextPage {
  readonly left: number | undefined;
  readonly pageSize: number | undefined;
  readonly continuationToken: string;
}

/** Absolute: SDKs request it as it stands, and sign a token for its path. */
function linkTo({ context, request, rawPath, query }: HubCall<never>, page: NextPage): string {
  const wanted = {
    application: query.text('application'),
    top: page.left,
    maxpagesize: page.pageSize,
    continuationToken: page.continuationToken,
    'api-version': query.text('api-version'),
  };
  const parts = Object.entries(wanted).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${encodeURIComponent(value)}`],
  );
  return `${context.publicEndpoint(request)}${rawPath}?${parts.join('&')}`;
}
