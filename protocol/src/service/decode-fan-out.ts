// Decoders of sends to several clients (service-protocol 4.7) and of client results (4.8).
import type { MessagePackReader } from '../msgpack/reader.ts';
import { type Draft, readPayloads, readStrings, readText } from './decode-fields.ts';
import { type Extensions, fanOutExtensions, openExtensions, readExtensions, tracedExtensions } from './extensions.ts';
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

export function decodeMultiConnectionData(reader: MessagePackReader, length: number): MultiConnectionDataMessage {
  const message: Draft<MultiConnectionDataMessage> = {
    type: 7,
    connectionIds: readStrings(reader),
    payloads: readPayloads(reader),
  };
  return withFanOutExtensions(reader, message, length > 3);
}

export function decodeUserData(reader: MessagePackReader, length: number): UserDataMessage {
  const message: Draft<UserDataMessage> = { type: 8, userId: reader.string(), payloads: readPayloads(reader) };
  return withFanOutExtensions(reader, message, length > 3);
}

export function decodeMultiUserData(reader: MessagePackReader, length: number): MultiUserDataMessage {
  const message: Draft<MultiUserDataMessage> = {
    type: 9,
    userIds: readStrings(reader),
    payloads: readPayloads(reader),
  };
  return withFanOutExtensions(reader, message, length > 3);
}

export function decodeBroadcastData(reader: MessagePackReader, length: number): BroadcastDataMessage {
  const message: Draft<BroadcastDataMessage> = {
    type: 10,
    excludedConnectionIds: readStrings(reader),
    payloads: readPayloads(reader),
  };
  return withFanOutExtensions(reader, message, length > 3);
}

export function decodeGroupBroadcastData(reader: MessagePackReader, length: number): GroupBroadcastDataMessage {
  const message: Draft<GroupBroadcastDataMessage> = {
    type: 13,
    group: reader.string(),
    excludedConnectionIds: readStrings(reader),
    payloads: readPayloads(reader),
    excludedUserIds: [],
  };
  if (length > 4) {
    readExtensions(reader, message, fanOutExtensions);
  }
  if (length > 5) {
    message.excludedUserIds = readStrings(reader);
  }
  const callerUserId = length > 6 ? reader.nullableString() : undefined;
  if (callerUserId !== undefined) {
    message.callerUserId = callerUserId;
  }
  return message;
}

export function decodeMultiGroupBroadcastData(
  reader: MessagePackReader,
  length: number,
): MultiGroupBroadcastDataMessage {
  const message: Draft<MultiGroupBroadcastDataMessage> = {
    type: 14,
    groups: readStrings(reader),
    payloads: readPayloads(reader),
  };
  return withFanOutExtensions(reader, message, length > 3);
}

export function decodeClientInvocation(reader: MessagePackReader, length: number): ClientInvocationMessage {
  const message: Draft<ClientInvocationMessage> = {
    type: 34,
    invocationId: reader.string(),
    connectionId: reader.string(),
    callerServerId: readText(reader),
    payloads: readPayloads(reader),
  };
  if (length > 5) {
    readExtensions(reader, message, tracedExtensions);
  }
  return message;
}

/** The protocol stands in the array and again in the extensions; the array is believed. */
export function decodeClientCompletion(reader: MessagePackReader, length: number): ClientCompletionMessage {
  const invocationId = reader.string();
  const connectionId = reader.string();
  const callerServerId = readText(reader);
  const protocol = reader.nullableString();
  const payload = reader.bin();
  const extensions: Extensions = {};
  if (length > 6) {
    readExtensions(reader, extensions, openExtensions);
  }
  const message: Draft<ClientCompletionMessage> = {
    type: 35,
    invocationId,
    connectionId,
    callerServerId,
    protocol: protocol ?? extensions.protocol ?? '',
    payload,
  };
  if (extensions.tracingId !== undefined) {
    message.tracingId = extensions.tracingId;
  }
  return message;
}

export function decodeErrorCompletion(reader: MessagePackReader, length: number): ErrorCompletionMessage {
  const message: Draft<ErrorCompletionMessage> = {
    type: 36,
    invocationId: reader.string(),
    connectionId: reader.string(),
    callerServerId: readText(reader),
    error: readText(reader),
  };
  if (length > 5) {
    readExtensions(reader, message, tracedExtensions);
  }
  return message;
}

export function decodeServiceMapping(reader: MessagePackReader): ServiceMappingMessage {
  return { type: 37, invocationId: reader.string(), connectionId: reader.string(), instanceId: reader.string() };
}

function withFanOutExtensions<T extends Extensions>(reader: MessagePackReader, message: T, hasExtensions: boolean): T {
  if (hasExtensions) {
    readExtensions(reader, message, fanOutExtensions);
  }
  return message;
}
