// Encoders of sends to several clients (service-protocol 4.7) and of client results (4.8).
import type { MessagePackWriter } from '../msgpack/writer.ts';
import { writeNoExtensions, writePayloads, writeStrings } from './encode-fields.ts';
import { fanOutExtensions, openExtensions, writeExtensions, writeTracing } from './extensions.ts';
import type {
  BroadcastDataMessage,
  ClientCompletionMessage,
  ClientInvocationMessage,
  ErrorCompletionMessage,
  GroupBroadcastDataMessage,
  MultiConnectionDataMessage,
  MultiGroupBroadcastDataMessage,
  MultiUserDataMessage,
  ServiceMappingMessage,
  UserDataMessage,
} from './messages.ts';

export function encodeMultiConnectionData(writer: MessagePackWriter, message: MultiConnectionDataMessage): void {
  writer.arrayHeader(4);
  writer.int(7);
  writeStrings(writer, message.connectionIds);
  writePayloads(writer, message.payloads);
  writeExtensions(writer, message, fanOutExtensions);
}

export function encodeUserData(writer: MessagePackWriter, message: UserDataMessage): void {
  writer.arrayHeader(4);
  writer.int(8);
  writer.string(message.userId);
  writePayloads(writer, message.payloads);
  writeExtensions(writer, message, fanOutExtensions);
}

export function encodeMultiUserData(writer: MessagePackWriter, message: MultiUserDataMessage): void {
  writer.arrayHeader(4);
  writer.int(9);
  writeStrings(writer, message.userIds);
  writePayloads(writer, message.payloads);
  writeExtensions(writer, message, fanOutExtensions);
}

export function encodeBroadcastData(writer: MessagePackWriter, message: BroadcastDataMessage): void {
  writer.arrayHeader(4);
  writer.int(10);
  writeStrings(writer, message.excludedConnectionIds);
  writePayloads(writer, message.payloads);
  writeExtensions(writer, message, fanOutExtensions);
}

export function encodeGroupBroadcastData(writer: MessagePackWriter, message: GroupBroadcastDataMessage): void {
  writer.arrayHeader(7);
  writer.int(13);
  writer.string(message.group);
  writeStrings(writer, message.excludedConnectionIds);
  writePayloads(writer, message.payloads);
  writeExtensions(writer, message, fanOutExtensions);
  writeStrings(writer, message.excludedUserIds);
  writer.nullableString(message.callerUserId);
}

export function encodeMultiGroupBroadcastData(
  writer: MessagePackWriter,
  message: MultiGroupBroadcastDataMessage,
): void {
  writer.arrayHeader(4);
  writer.int(14);
  writeStrings(writer, message.groups);
  writePayloads(writer, message.payloads);
  writeExtensions(writer, message, fanOutExtensions);
}

export function encodeClientInvocation(writer: MessagePackWriter, message: ClientInvocationMessage): void {
  writer.arrayHeader(6);
  writer.int(34);
  writer.string(message.invocationId);
  writer.string(message.connectionId);
  writer.string(message.callerServerId);
  writePayloads(writer, message.payloads);
  writeTracing(writer, message);
}

export function encodeClientCompletion(writer: MessagePackWriter, message: ClientCompletionMessage): void {
  writer.arrayHeader(7);
  writer.int(35);
  writer.string(message.invocationId);
  writer.string(message.connectionId);
  writer.string(message.callerServerId);
  writer.string(message.protocol);
  writer.bin(message.payload);
  writeExtensions(writer, message, openExtensions);
}

export function encodeErrorCompletion(writer: MessagePackWriter, message: ErrorCompletionMessage): void {
  writer.arrayHeader(6);
  writer.int(36);
  writer.string(message.invocationId);
  writer.string(message.connectionId);
  writer.string(message.callerServerId);
  writer.string(message.error);
  writeTracing(writer, message);
}

export function encodeServiceMapping(writer: MessagePackWriter, message: ServiceMappingMessage): void {
  writer.arrayHeader(5);
  writer.int(37);
  writer.string(message.invocationId);
  writer.string(message.connectionId);
  writer.string(message.instanceId);
  writeNoExtensions(writer);
}
