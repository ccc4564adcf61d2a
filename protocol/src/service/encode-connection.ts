// Encoders of messages about a server connection and its clients (service-protocol 4.5, 4.6).
import type { MessagePackWriter } from '../msgpack/writer.ts';
import { writeClaims, writeHeaders, writeNoExtensions } from './encode-fields.ts';
import { dataExtensions, openExtensions, writeExtensions, writeTracing } from './extensions.ts';
import type {
  AccessKeyRequestMessage,
  AccessKeyResponseMessage,
  CloseConnectionMessage,
  ConnectionDataMessage,
  ConnectionFlowControlMessage,
  ConnectionReconnectMessage,
  HandshakeRequestMessage,
  HandshakeResponseMessage,
  OpenConnectionMessage,
  ServiceErrorMessage,
  ServiceEventMessage,
  ServicePingMessage,
} from './messages.ts';

export function encodeHandshakeRequest(writer: MessagePackWriter, message: HandshakeRequestMessage): void {
  writer.arrayHeader(message.allowStatefulReconnects === undefined ? 6 : 7);
  writer.int(1);
  writer.int(message.version);
  writer.int(message.connectionType);
  writer.string(message.target);
  writer.int(message.migrationLevel);
  writeNoExtensions(writer);
  if (message.allowStatefulReconnects !== undefined) {
    writer.bool(message.allowStatefulReconnects);
  }
}

export function encodeHandshakeResponse(writer: MessagePackWriter, message: HandshakeResponseMessage): void {
  writer.arrayHeader(4);
  writer.int(2);
  writer.string(message.error ?? '');
  writeNoExtensions(writer);
  writer.nullableString(message.connectionId);
}

export function encodeServicePing(writer: MessagePackWriter, message: ServicePingMessage): void {
  writer.arrayHeader(1 + message.values.length);
  writer.int(3);
  for (const value of message.values) {
    writer.string(value);
  }
}

export function encodeServiceError(writer: MessagePackWriter, message: ServiceErrorMessage): void {
  writer.arrayHeader(2);
  writer.int(15);
  writer.string(message.message);
}

export function encodeServiceEvent(writer: MessagePackWriter, message: ServiceEventMessage): void {
  writer.arrayHeader(6);
  writer.int(22);
  writer.int(message.objectType);
  writer.string(message.id);
  writer.int(message.kind);
  writer.string(message.message);
  writeNoExtensions(writer);
}

export function encodeAccessKeyRequest(writer: MessagePackWriter, message: AccessKeyRequestMessage): void {
  writer.arrayHeader(4);
  writer.int(28);
  writer.nullableString(message.token);
  writer.nullableString(message.kid);
  writeNoExtensions(writer);
}

export function encodeAccessKeyResponse(writer: MessagePackWriter, message: AccessKeyResponseMessage): void {
  writer.arrayHeader(6);
  writer.int(29);
  writer.nullableString(message.kid);
  writer.nullableString(message.accessKey);
  writer.nullableString(message.errorType);
  writer.nullableString(message.errorMessage);
  writeNoExtensions(writer);
}

export function encodeOpenConnection(writer: MessagePackWriter, message: OpenConnectionMessage): void {
  writer.arrayHeader(6);
  writer.int(4);
  writer.string(message.connectionId);
  writeClaims(writer, message.claims);
  writeHeaders(writer, message.headers);
  writer.string(message.queryString);
  writeExtensions(writer, message, openExtensions);
}

export function encodeCloseConnection(writer: MessagePackWriter, message: CloseConnectionMessage): void {
  writer.arrayHeader(5);
  writer.int(5);
  writer.string(message.connectionId);
  writer.string(message.error);
  writeHeaders(writer, message.headers);
  writeTracing(writer, message);
}

export function encodeConnectionData(writer: MessagePackWriter, message: ConnectionDataMessage): void {
  writer.arrayHeader(4);
  writer.int(6);
  writer.string(message.connectionId);
  writer.bin(message.payload);
  writeExtensions(writer, message, dataExtensions);
}

export function encodeConnectionReconnect(writer: MessagePackWriter, message: ConnectionReconnectMessage): void {
  writer.arrayHeader(3);
  writer.int(38);
  writer.string(message.connectionId);
  writeNoExtensions(writer);
}

/** Both enumerations take five bytes whatever their value, as the .NET SDK writes them (service-protocol 4.5). */
export function encodeConnectionFlowControl(writer: MessagePackWriter, message: ConnectionFlowControlMessage): void {
  writer.arrayHeader(5);
  writer.int(39);
  writer.string(message.connectionId);
  writer.fixedInt32(message.target);
  writer.fixedInt32(message.operation);
  writeNoExtensions(writer);
}
