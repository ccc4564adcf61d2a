// Encoders of group membership, acks, existence checks and closing of clients (service-protocol 4.7).
import type { MessagePackWriter } from '../msgpack/writer.ts';
import { writeNoExtensions, writeStrings } from './encode-fields.ts';
import { expiringExtensions, writeExtensions, writeTracing } from './extensions.ts';
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

export function encodeJoinGroup(writer: MessagePackWriter, message: JoinGroupMessage): void {
  writer.arrayHeader(4);
  writer.int(11);
  writer.string(message.connectionId);
  writer.string(message.group);
  writeTracing(writer, message);
}

export function encodeLeaveGroup(writer: MessagePackWriter, message: LeaveGroupMessage): void {
  writer.arrayHeader(4);
  writer.int(12);
  writer.string(message.connectionId);
  writer.nullableString(message.group);
  writeTracing(writer, message);
}

export function encodeUserJoinGroup(writer: MessagePackWriter, message: UserJoinGroupMessage): void {
  writer.arrayHeader(4);
  writer.int(16);
  writer.string(message.userId);
  writer.string(message.group);
  writeExtensions(writer, message, expiringExtensions);
}

export function encodeUserLeaveGroup(writer: MessagePackWriter, message: UserLeaveGroupMessage): void {
  writer.arrayHeader(4);
  writer.int(17);
  writer.string(message.userId);
  writer.nullableString(message.group);
  writeTracing(writer, message);
}

export function encodeJoinGroupWithAck(writer: MessagePackWriter, message: JoinGroupWithAckMessage): void {
  writer.arrayHeader(5);
  writer.int(18);
  writer.string(message.connectionId);
  writer.string(message.group);
  writer.int(message.ackId);
  writeTracing(writer, message);
}

export function encodeLeaveGroupWithAck(writer: MessagePackWriter, message: LeaveGroupWithAckMessage): void {
  writer.arrayHeader(5);
  writer.int(19);
  writer.string(message.connectionId);
  writer.nullableString(message.group);
  writer.int(message.ackId);
  writeTracing(writer, message);
}

export function encodeAck(writer: MessagePackWriter, message: AckMessage): void {
  writer.arrayHeader(message.payload === undefined ? 5 : 6);
  writer.int(20);
  writer.int(message.ackId);
  writer.int(message.status);
  writer.string(message.message);
  writeNoExtensions(writer);
  if (message.payload !== undefined) {
    writer.bin(message.payload);
  }
}

export function encodeCheckUserInGroupWithAck(
  writer: MessagePackWriter,
  message: CheckUserInGroupWithAckMessage,
): void {
  writer.arrayHeader(5);
  writer.int(21);
  writer.string(message.userId);
  writer.string(message.group);
  writer.int(message.ackId);
  writeTracing(writer, message);
}

export function encodeCheckGroupExistenceWithAck(
  writer: MessagePackWriter,
  message: CheckGroupExistenceWithAckMessage,
): void {
  writer.arrayHeader(4);
  writer.int(23);
  writer.string(message.group);
  writer.int(message.ackId);
  writeTracing(writer, message);
}

export function encodeCheckConnectionExistenceWithAck(
  writer: MessagePackWriter,
  message: CheckConnectionExistenceWithAckMessage,
): void {
  writer.arrayHeader(4);
  writer.int(24);
  writer.string(message.connectionId);
  writer.int(message.ackId);
  writeTracing(writer, message);
}

export function encodeCheckUserExistenceWithAck(
  writer: MessagePackWriter,
  message: CheckUserExistenceWithAckMessage,
): void {
  writer.arrayHeader(4);
  writer.int(25);
  writer.string(message.userId);
  writer.int(message.ackId);
  writeTracing(writer, message);
}

export function encodeUserJoinGroupWithAck(writer: MessagePackWriter, message: UserJoinGroupWithAckMessage): void {
  writer.arrayHeader(5);
  writer.int(26);
  writer.string(message.userId);
  writer.string(message.group);
  writer.int(message.ackId);
  writeExtensions(writer, message, expiringExtensions);
}

export function encodeUserLeaveGroupWithAck(writer: MessagePackWriter, message: UserLeaveGroupWithAckMessage): void {
  writer.arrayHeader(5);
  writer.int(27);
  writer.string(message.userId);
  writer.nullableString(message.group);
  writer.int(message.ackId);
  writeTracing(writer, message);
}

export function encodeCloseConnectionWithAck(writer: MessagePackWriter, message: CloseConnectionWithAckMessage): void {
  writer.arrayHeader(5);
  writer.int(30);
  writer.string(message.connectionId);
  writer.nullableString(message.reason);
  writer.int(message.ackId);
  writeTracing(writer, message);
}

export function encodeCloseConnectionsWithAck(
  writer: MessagePackWriter,
  message: CloseConnectionsWithAckMessage,
): void {
  writer.arrayHeader(5);
  writer.int(31);
  writer.nullableString(message.reason);
  writer.int(message.ackId);
  writeStrings(writer, message.excludedConnectionIds);
  writeTracing(writer, message);
}

export function encodeCloseUserConnectionsWithAck(
  writer: MessagePackWriter,
  message: CloseUserConnectionsWithAckMessage,
): void {
  writer.arrayHeader(6);
  writer.int(32);
  writer.string(message.userId);
  writer.nullableString(message.reason);
  writer.int(message.ackId);
  writeStrings(writer, message.excludedConnectionIds);
  writeTracing(writer, message);
}

export function encodeCloseGroupConnectionsWithAck(
  writer: MessagePackWriter,
  message: CloseGroupConnectionsWithAckMessage,
): void {
  writer.arrayHeader(6);
  writer.int(33);
  writer.string(message.group);
  writer.nullableString(message.reason);
  writer.int(message.ackId);
  writeStrings(writer, message.excludedConnectionIds);
  writeTracing(writer, message);
}

/** The one message whose extensions come first. */
export function encodeGroupMemberQuery(writer: MessagePackWriter, message: GroupMemberQueryMessage): void {
  writer.arrayHeader(message.top === undefined ? 6 : 7);
  writer.int(40);
  writeTracing(writer, message);
  writer.string(message.group);
  writer.int(message.ackId);
  writeNullableInt(writer, message.max);
  writer.nullableString(message.continuationToken);
  if (message.top !== undefined) {
    writer.int(message.top);
  }
}

function writeNullableInt(writer: MessagePackWriter, value: number | undefined): void {
  if (value === undefined) {
    writer.nil();
  } else {
    writer.int(value);
  }
}
