// Decoders of messages about a server connection and its clients (service-protocol 4.5, 4.6). Each starts behind the
// type; `length` counts all elements of the array, the type included, and says which of the later ones are there.
import type { MessagePackReader } from '../msgpack/reader.ts';
import { type Draft, readClaims, readHeaders, readText } from './decode-fields.ts';
import { dataExtensions, openExtensions, readExtensions, tracedExtensions } from './extensions.ts';
import { MigrationLevel, ServerConnectionType } from './message-type.ts';
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

export function decodeHandshakeRequest(reader: MessagePackReader, length: number): HandshakeRequestMessage {
  const message: Draft<HandshakeRequestMessage> = {
    type: 1,
    version: reader.int(),
    connectionType: length > 2 ? reader.int() : ServerConnectionType.Default,
    target: length > 3 ? readText(reader) : '',
    migrationLevel: length > 4 ? reader.int() : MigrationLevel.Off,
  };
  if (length > 6) {
    reader.skip();
    if (!reader.tryNil()) {
      message.allowStatefulReconnects = reader.bool();
    }
  }
  return message;
}

export function decodeHandshakeResponse(reader: MessagePackReader, length: number): HandshakeResponseMessage {
  const message: Draft<HandshakeResponseMessage> = { type: 2 };
  const error = readText(reader);
  if (error !== '') {
    message.error = error;
  }
  if (length > 3) {
    reader.skip();
    const connectionId = reader.nullableString();
    if (connectionId !== undefined) {
      message.connectionId = connectionId;
    }
  }
  return message;
}

export function decodeServicePing(reader: MessagePackReader, length: number): ServicePingMessage {
  const values: string[] = [];
  for (let index = 1; index < length; index++) {
    values.push(readText(reader));
  }
  return { type: 3, values };
}

export function decodeServiceError(reader: MessagePackReader): ServiceErrorMessage {
  return { type: 15, message: readText(reader) };
}

export function decodeServiceEvent(reader: MessagePackReader, length: number): ServiceEventMessage {
  const message: Draft<ServiceEventMessage> = {
    type: 22,
    objectType: reader.int(),
    id: readText(reader),
    kind: reader.int(),
    message: readText(reader),
  };
  if (length > 5) {
    readExtensions(reader, message, tracedExtensions);
  }
  return message;
}

export function decodeAccessKeyRequest(reader: MessagePackReader): AccessKeyRequestMessage {
  const message: Draft<AccessKeyRequestMessage> = { type: 28 };
  const token = reader.nullableString();
  const kid = reader.nullableString();
  if (token !== undefined) {
    message.token = token;
  }
  if (kid !== undefined) {
    message.kid = kid;
  }
  return message;
}

export function decodeAccessKeyResponse(reader: MessagePackReader): AccessKeyResponseMessage {
  const message: Draft<AccessKeyResponseMessage> = { type: 29 };
  for (const name of ['kid', 'accessKey', 'errorType', 'errorMessage'] as const) {
    const text = reader.nullableString();
    if (text !== undefined) {
      message[name] = text;
    }
  }
  return message;
}

export function decodeOpenConnection(reader: MessagePackReader, length: number): OpenConnectionMessage {
  const message: Draft<OpenConnectionMessage> = {
    type: 4,
    connectionId: reader.string(),
    claims: readClaims(reader),
    headers: length > 3 ? readHeaders(reader) : [],
    queryString: length > 4 ? readText(reader) : '',
  };
  if (length > 5) {
    readExtensions(reader, message, openExtensions);
  }
  return message;
}

export function decodeCloseConnection(reader: MessagePackReader, length: number): CloseConnectionMessage {
  const message: Draft<CloseConnectionMessage> = {
    type: 5,
    connectionId: reader.string(),
    error: length > 2 ? readText(reader) : '',
    headers: length > 3 ? readHeaders(reader) : [],
  };
  if (length > 4) {
    readExtensions(reader, message, tracedExtensions);
  }
  return message;
}

export function decodeConnectionData(reader: MessagePackReader, length: number): ConnectionDataMessage {
  const message: Draft<ConnectionDataMessage> = {
    type: 6,
    connectionId: reader.string(),
    payload: reader.bin(),
  };
  if (length > 3) {
    readExtensions(reader, message, dataExtensions);
  }
  return message;
}

export function decodeConnectionReconnect(reader: MessagePackReader): ConnectionReconnectMessage {
  return { type: 38, connectionId: reader.string() };
}

export function decodeConnectionFlowControl(reader: MessagePackReader): ConnectionFlowControlMessage {
  return { type: 39, connectionId: reader.string(), target: reader.int(), operation: reader.int() };
}
