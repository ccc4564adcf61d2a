import { MessagePackReader, ProtocolError } from '@signalite/protocol/service';
import { SignalRServerError } from '../../errors.ts';
import type { GroupMember, GroupMembersPage } from '../group-members.ts';

/** Reads `[[[connectionId, userId?], …], continuationToken?]` (service-protocol 8.4). Throws `ack-failed`. */
export function readMembersPayload(payload: Uint8Array | undefined): GroupMembersPage {
  if (payload === undefined) throw unreadable();
  try {
    const reader = new MessagePackReader(payload);
    const parts = reader.arrayHeader();
    const members = Array.from({ length: reader.arrayHeader() }, () => readMember(reader));
    return { members, continuationToken: parts > 1 ? reader.nullableString() || undefined : undefined };
  } catch (error) {
    if (error instanceof ProtocolError || error instanceof RangeError) throw unreadable(error);
    throw error;
  }
}

function readMember(reader: MessagePackReader): GroupMember {
  const fields = reader.arrayHeader();
  const connectionId = reader.string();
  const userId = fields > 1 ? reader.nullableString() : undefined;
  for (let index = 2; index < fields; index++) reader.skip();
  return { connectionId, userId };
}

function unreadable(cause?: unknown): SignalRServerError {
  const text = 'The service answered with members of a group that cannot be read.';
  return new SignalRServerError('ack-failed', text, { cause });
}
