import { SignalRServerError } from '../../errors.ts';
import type { GroupMember, GroupMembersPage } from '../group-members.ts';
import { parseJson } from './request-refused-error.ts';

/**
 * Reads a page (rest-api 7.5). Of the link to the next page only the token is used: the link may name the service as
 * somebody else reaches it. Throws `request-failed`.
 */
export function readMembersPage(text: string): GroupMembersPage {
  const page = parseJson(text);
  if (typeof page !== 'object' || page === null || !('value' in page) || !Array.isArray(page.value)) throw unreadable();
  const nextLink = 'nextLink' in page ? page.nextLink : undefined;
  return { members: page.value.map(readMember), continuationToken: tokenOf(nextLink) };
}

function readMember(value: unknown): GroupMember {
  if (typeof value !== 'object' || value === null || !('connectionId' in value)) throw unreadable();
  const { connectionId } = value;
  if (typeof connectionId !== 'string') throw unreadable();
  const userId = 'userId' in value && typeof value.userId === 'string' ? value.userId : undefined;
  return { connectionId, userId };
}

function tokenOf(nextLink: unknown): string | undefined {
  if (nextLink === undefined || nextLink === null || nextLink === '') return undefined;
  if (typeof nextLink !== 'string') throw unreadable();
  const query = new URLSearchParams(nextLink.slice(nextLink.indexOf('?') + 1));
  for (const [name, value] of query) if (name.toLowerCase() === 'continuationtoken' && value !== '') return value;
  throw unreadable();
}

function unreadable(): SignalRServerError {
  return new SignalRServerError('request-failed', 'The service answered with members of a group that cannot be read.');
}
