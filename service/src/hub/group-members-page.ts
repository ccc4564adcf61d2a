import type { HubMember } from './hub-member.ts';
import type { GroupMembersPage } from './hub-operations.ts';

const TOKEN_PREFIX = 'after:';

/** Members in the order of their ids; the token names the last one given, so that pages stay right while others come. */
export function pageOfMembers(
  members: ReadonlySet<HubMember>,
  max: number,
  continuationToken: string | undefined,
): GroupMembersPage {
  const after = continuationToken === undefined ? '' : readToken(continuationToken);
  const rest = [...members].filter((member) => member.connectionId > after).sort(byId);
  const page = rest.slice(0, max).map(({ connectionId, userId }) => ({ connectionId, userId }));
  const last = page.at(-1);
  const hasMore = rest.length > page.length && last !== undefined;
  return { members: page, continuationToken: hasMore ? makeToken(last.connectionId) : undefined };
}

function byId(a: HubMember, b: HubMember): number {
  return a.connectionId < b.connectionId ? -1 : 1;
}

function makeToken(connectionId: string): string {
  return Buffer.from(TOKEN_PREFIX + connectionId).toString('base64url');
}

function readToken(token: string): string {
  const text = Buffer.from(token, 'base64url').toString();
  if (!text.startsWith(TOKEN_PREFIX)) throw new RangeError('The continuation token is not one of this service.');
  return text.slice(TOKEN_PREFIX.length);
}
