import { AckStatus, type GroupMemberQueryMessage, MessagePackWriter } from '@signalite/protocol/service';
import type { GroupMembersPage } from '../hub/hub-operations.ts';
import type { MessageHost } from './message-host.ts';
import { settle } from './settle.ts';

const PAGE_MAX = 200;

/** Answers which connections are in a group, one page at a time (service-protocol 8.4). */
export function sendGroupMembers(host: MessageHost, message: GroupMemberQueryMessage): void {
  const { group, ackId, max, top, continuationToken } = message;
  const wanted = Math.min(max ?? PAGE_MAX, top ?? PAGE_MAX, PAGE_MAX);
  const answer = host.lane.groupMembers(group, Math.max(1, wanted), continuationToken).then(
    (page) => host.outbox.append({ type: 20, ackId, status: AckStatus.Ok, message: '', payload: encodePage(page) }),
    (error: unknown) => {
      if (!(error instanceof RangeError)) throw error;
      host.outbox.append({ type: 20, ackId, status: AckStatus.InternalServerError, message: error.message });
    },
  );
  settle(host, answer);
}

/** `[ [ [connectionId, userId?], ... ], continuationToken? ]` */
function encodePage({ members, continuationToken }: GroupMembersPage): Uint8Array {
  const writer = new MessagePackWriter();
  writer.arrayHeader(2);
  writer.arrayHeader(members.length);
  for (const { connectionId, userId } of members) {
    writer.arrayHeader(2);
    writer.string(connectionId);
    writer.nullableString(userId);
  }
  writer.nullableString(continuationToken);
  return writer.take();
}
