// Decoders of group membership, acks, existence checks and closing of clients (service-protocol 4.7).
import type { MessagePackReader } from '../msgpack/reader.ts';
import { type Draft, readStrings, readText } from './decode-fields.ts';
import { type Extensions, expiringExtensions, readExtensions, tracedExtensions } from './extensions.ts';
import type {
  AckMessage,
  CheckConnectionExistenceWithAckMessage,
  CheckGroupExistenceWithAckMessage,
  CheckUserExistenceWithAckMessage,
  CheckUserInGroupWithAckMessage,
  CloseConnectionsWithAckMessage,
  CloseConnectionWithAckMessage,
  CloseGroupConnectionsWithAckMessage,
  CloseUserConnectionsWithAckMessage,
  GroupMemberQueryMessage,
  JoinGroupMessage,
  JoinGroupWithAckMessage,
  LeaveGroupMessage,
  LeaveGroupWithAckMessage,
  UserJoinGroupMessage,
  UserJoinGroupWithAckMessage,
  UserLeaveGroupMessage,
  UserLeaveGroupWithAckMessage,
} from './messages.ts';

export function decodeJoinGroup(reader: MessagePackReader, length: number): JoinGroupMessage {
  const message: Draft<JoinGroupMessage> = { type: 11, connectionId: reader.string(), group: reader.string() };
  return withTracing(reader, message, length > 3);
}

export function decodeLeaveGroup(reader: MessagePackReader, length: number): LeaveGroupMessage {
  const message: Draft<LeaveGroupMessage> = { type: 12, connectionId: reader.string(), ...readGroup(reader) };
  return withTracing(reader, message, length > 3);
}

export function decodeUserJoinGroup(reader: MessagePackReader, length: number): UserJoinGroupMessage {
  const message: Draft<UserJoinGroupMessage> = { type: 16, userId: reader.string(), group: reader.string() };
  return withExpiry(reader, message, length > 3);
}

export function decodeUserLeaveGroup(reader: MessagePackReader, length: number): UserLeaveGroupMessage {
  const message: Draft<UserLeaveGroupMessage> = { type: 17, userId: reader.string(), ...readGroup(reader) };
  return withTracing(reader, message, length > 3);
}

export function decodeJoinGroupWithAck(reader: MessagePackReader, length: number): JoinGroupWithAckMessage {
  const message: Draft<JoinGroupWithAckMessage> = {
    type: 18,
    connectionId: reader.string(),
    group: reader.string(),
    ackId: reader.int(),
  };
  return withTracing(reader, message, length > 4);
}

export function decodeLeaveGroupWithAck(reader: MessagePackReader, length: number): LeaveGroupWithAckMessage {
  const message: Draft<LeaveGroupWithAckMessage> = {
    type: 19,
    connectionId: reader.string(),
    ...readGroup(reader),
    ackId: reader.int(),
  };
  return withTracing(reader, message, length > 4);
}

export function decodeAck(reader: MessagePackReader, length: number): AckMessage {
  const message: Draft<AckMessage> = {
    type: 20,
    ackId: reader.int(),
    status: reader.int(),
    message: readText(reader),
  };
  if (length > 5) {
    reader.skip();
    const payload = reader.nullableBin();
    if (payload !== undefined) {
      message.payload = payload;
    }
  }
  return message;
}

export function decodeCheckUserInGroupWithAck(
  reader: MessagePackReader,
  length: number,
): CheckUserInGroupWithAckMessage {
  const message: Draft<CheckUserInGroupWithAckMessage> = {
    type: 21,
    userId: reader.string(),
    group: reader.string(),
    ackId: reader.int(),
  };
  return withTracing(reader, message, length > 4);
}

export function decodeCheckGroupExistenceWithAck(
  reader: MessagePackReader,
  length: number,
): CheckGroupExistenceWithAckMessage {
  const message: Draft<CheckGroupExistenceWithAckMessage> = {
    type: 23,
    group: reader.string(),
    ackId: reader.int(),
  };
  return withTracing(reader, message, length > 3);
}

export function decodeCheckConnectionExistenceWithAck(
  reader: MessagePackReader,
  length: number,
): CheckConnectionExistenceWithAckMessage {
  const message: Draft<CheckConnectionExistenceWithAckMessage> = {
    type: 24,
    connectionId: reader.string(),
    ackId: reader.int(),
  };
  return withTracing(reader, message, length > 3);
}

export function decodeCheckUserExistenceWithAck(
  reader: MessagePackReader,
  length: number,
): CheckUserExistenceWithAckMessage {
  const message: Draft<CheckUserExistenceWithAckMessage> = {
    type: 25,
    userId: reader.string(),
    ackId: reader.int(),
  };
  return withTracing(reader, message, length > 3);
}

export function decodeUserJoinGroupWithAck(reader: MessagePackReader, length: number): UserJoinGroupWithAckMessage {
  const message: Draft<UserJoinGroupWithAckMessage> = {
    type: 26,
    userId: reader.string(),
    group: reader.string(),
    ackId: reader.int(),
  };
  return withExpiry(reader, message, length > 4);
}

export function decodeUserLeaveGroupWithAck(reader: MessagePackReader, length: number): UserLeaveGroupWithAckMessage {
  const message: Draft<UserLeaveGroupWithAckMessage> = {
    type: 27,
    userId: reader.string(),
    ...readGroup(reader),
    ackId: reader.int(),
  };
  return withTracing(reader, message, length > 4);
}

export function decodeCloseConnectionWithAck(reader: MessagePackReader, length: number): CloseConnectionWithAckMessage {
  const message: Draft<CloseConnectionWithAckMessage> = {
    type: 30,
    connectionId: reader.string(),
    ...readReason(reader),
    ackId: reader.int(),
  };
  return withTracing(reader, message, length > 4);
}

export function decodeCloseConnectionsWithAck(
  reader: MessagePackReader,
  length: number,
): CloseConnectionsWithAckMessage {
  const message: Draft<CloseConnectionsWithAckMessage> = {
    type: 31,
    ...readReason(reader),
    ackId: reader.int(),
    excludedConnectionIds: readStrings(reader),
  };
  return withTracing(reader, message, length > 4);
}

export function decodeCloseUserConnectionsWithAck(
  reader: MessagePackReader,
  length: number,
): CloseUserConnectionsWithAckMessage {
  const message: Draft<CloseUserConnectionsWithAckMessage> = {
    type: 32,
    userId: reader.string(),
    ...readReason(reader),
    ackId: reader.int(),
    excludedConnectionIds: readStrings(reader),
  };
  return withTracing(reader, message, length > 5);
}

export function decodeCloseGroupConnectionsWithAck(
  reader: MessagePackReader,
  length: number,
): CloseGroupConnectionsWithAckMessage {
  const message: Draft<CloseGroupConnectionsWithAckMessage> = {
    type: 33,
    group: reader.string(),
    ...readReason(reader),
    ackId: reader.int(),
    excludedConnectionIds: readStrings(reader),
  };
  return withTracing(reader, message, length > 5);
}

/** The one message whose extensions come first. */
export function decodeGroupMemberQuery(reader: MessagePackReader, length: number): GroupMemberQueryMessage {
  const extensions: Extensions = {};
  readExtensions(reader, extensions, tracedExtensions);
  const message: Draft<GroupMemberQueryMessage> = {
    type: 40,
    group: reader.string(),
    ackId: reader.int(),
    ...extensions,
  };
  if (length > 4 && !reader.tryNil()) {
    message.max = reader.int();
  }
  const continuationToken = length > 5 ? reader.nullableString() : undefined;
  if (continuationToken !== undefined) {
    message.continuationToken = continuationToken;
  }
  if (length > 6 && !reader.tryNil()) {
    message.top = reader.int();
  }
  return message;
}

/** A group, or nothing for nil: all groups. */
function readGroup(reader: MessagePackReader): { group?: string } {
  const group = reader.nullableString();
  return group === undefined ? {} : { group };
}

function readReason(reader: MessagePackReader): { reason?: string } {
  const reason = reader.nullableString();
  return reason === undefined ? {} : { reason };
}

function withTracing<T extends Extensions>(reader: MessagePackReader, message: T, hasExtensions: boolean): T {
  if (hasExtensions) {
    readExtensions(reader, message, tracedExtensions);
  }
  return message;
}

function withExpiry<T extends Extensions>(reader: MessagePackReader, message: T, hasExtensions: boolean): T {
  if (hasExtensions) {
    readExtensions(reader, message, expiringExtensions);
  }
  return message;
}
