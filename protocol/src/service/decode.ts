// Bodies of service protocol messages, read (service-protocol 4.5-4.8). Older and newer peers write arrays of other
// lengths: what is missing at the end takes its default, what is too much is ignored.
import { MessagePackReader } from '../msgpack/reader.ts';
import { ProtocolError } from '../protocol-error.ts';
import {
  decodeAccessKeyRequest,
  decodeAccessKeyResponse,
  decodeCloseConnection,
  decodeConnectionData,
  decodeConnectionFlowControl,
  decodeConnectionReconnect,
  decodeHandshakeRequest,
  decodeHandshakeResponse,
  decodeOpenConnection,
  decodeServiceError,
  decodeServiceEvent,
  decodeServicePing,
} from './decode-connection.ts';
import {
  decodeBroadcastData,
  decodeClientCompletion,
  decodeClientInvocation,
  decodeErrorCompletion,
  decodeGroupBroadcastData,
  decodeMultiConnectionData,
  decodeMultiGroupBroadcastData,
  decodeMultiUserData,
  decodeServiceMapping,
  decodeUserData,
} from './decode-fan-out.ts';
import {
  decodeAck,
  decodeCheckConnectionExistenceWithAck,
  decodeCheckGroupExistenceWithAck,
  decodeCheckUserExistenceWithAck,
  decodeCheckUserInGroupWithAck,
  decodeCloseConnectionsWithAck,
  decodeCloseConnectionWithAck,
  decodeCloseGroupConnectionsWithAck,
  decodeCloseUserConnectionsWithAck,
  decodeGroupMemberQuery,
  decodeJoinGroup,
  decodeJoinGroupWithAck,
  decodeLeaveGroup,
  decodeLeaveGroupWithAck,
  decodeUserJoinGroup,
  decodeUserJoinGroupWithAck,
  decodeUserLeaveGroup,
  decodeUserLeaveGroupWithAck,
} from './decode-groups.ts';
import { ServiceMessageType } from './message-type.ts';
import type { DecodedServiceMessage, ServiceMessage, ServiceMessageOf } from './messages.ts';

interface Decoder<T extends ServiceMessageType> {
  /** Elements of the shortest form, the type included. */
  readonly minimumLength: number;
  readonly decode: (reader: MessagePackReader, length: number) => ServiceMessageOf<T>;
}

const decoders: { readonly [T in ServiceMessageType]: Decoder<T> } = {
  [ServiceMessageType.HandshakeRequest]: { minimumLength: 2, decode: decodeHandshakeRequest },
  [ServiceMessageType.HandshakeResponse]: { minimumLength: 2, decode: decodeHandshakeResponse },
  [ServiceMessageType.Ping]: { minimumLength: 1, decode: decodeServicePing },
  [ServiceMessageType.OpenConnection]: { minimumLength: 3, decode: decodeOpenConnection },
  [ServiceMessageType.CloseConnection]: { minimumLength: 2, decode: decodeCloseConnection },
  [ServiceMessageType.ConnectionData]: { minimumLength: 3, decode: decodeConnectionData },
  [ServiceMessageType.MultiConnectionData]: { minimumLength: 3, decode: decodeMultiConnectionData },
  [ServiceMessageType.UserData]: { minimumLength: 3, decode: decodeUserData },
  [ServiceMessageType.MultiUserData]: { minimumLength: 3, decode: decodeMultiUserData },
  [ServiceMessageType.BroadcastData]: { minimumLength: 3, decode: decodeBroadcastData },
  [ServiceMessageType.JoinGroup]: { minimumLength: 3, decode: decodeJoinGroup },
  [ServiceMessageType.LeaveGroup]: { minimumLength: 3, decode: decodeLeaveGroup },
  [ServiceMessageType.GroupBroadcastData]: { minimumLength: 4, decode: decodeGroupBroadcastData },
  [ServiceMessageType.MultiGroupBroadcastData]: { minimumLength: 3, decode: decodeMultiGroupBroadcastData },
  [ServiceMessageType.ServiceError]: { minimumLength: 2, decode: decodeServiceError },
  [ServiceMessageType.UserJoinGroup]: { minimumLength: 3, decode: decodeUserJoinGroup },
  [ServiceMessageType.UserLeaveGroup]: { minimumLength: 3, decode: decodeUserLeaveGroup },
  [ServiceMessageType.JoinGroupWithAck]: { minimumLength: 4, decode: decodeJoinGroupWithAck },
  [ServiceMessageType.LeaveGroupWithAck]: { minimumLength: 4, decode: decodeLeaveGroupWithAck },
  [ServiceMessageType.Ack]: { minimumLength: 4, decode: decodeAck },
  [ServiceMessageType.CheckUserInGroupWithAck]: { minimumLength: 4, decode: decodeCheckUserInGroupWithAck },
  [ServiceMessageType.ServiceEvent]: { minimumLength: 5, decode: decodeServiceEvent },
  [ServiceMessageType.CheckGroupExistenceWithAck]: { minimumLength: 3, decode: decodeCheckGroupExistenceWithAck },
  [ServiceMessageType.CheckConnectionExistenceWithAck]: {
    minimumLength: 3,
    decode: decodeCheckConnectionExistenceWithAck,
  },
  [ServiceMessageType.CheckUserExistenceWithAck]: { minimumLength: 3, decode: decodeCheckUserExistenceWithAck },
  [ServiceMessageType.UserJoinGroupWithAck]: { minimumLength: 4, decode: decodeUserJoinGroupWithAck },
  [ServiceMessageType.UserLeaveGroupWithAck]: { minimumLength: 4, decode: decodeUserLeaveGroupWithAck },
  [ServiceMessageType.AccessKeyRequest]: { minimumLength: 3, decode: decodeAccessKeyRequest },
  [ServiceMessageType.AccessKeyResponse]: { minimumLength: 5, decode: decodeAccessKeyResponse },
  [ServiceMessageType.CloseConnectionWithAck]: { minimumLength: 4, decode: decodeCloseConnectionWithAck },
  [ServiceMessageType.CloseConnectionsWithAck]: { minimumLength: 4, decode: decodeCloseConnectionsWithAck },
  [ServiceMessageType.CloseUserConnectionsWithAck]: { minimumLength: 5, decode: decodeCloseUserConnectionsWithAck },
  [ServiceMessageType.CloseGroupConnectionsWithAck]: { minimumLength: 5, decode: decodeCloseGroupConnectionsWithAck },
  [ServiceMessageType.ClientInvocation]: { minimumLength: 5, decode: decodeClientInvocation },
  [ServiceMessageType.ClientCompletion]: { minimumLength: 6, decode: decodeClientCompletion },
  [ServiceMessageType.ErrorCompletion]: { minimumLength: 5, decode: decodeErrorCompletion },
  [ServiceMessageType.ServiceMapping]: { minimumLength: 4, decode: decodeServiceMapping },
  [ServiceMessageType.ConnectionReconnect]: { minimumLength: 2, decode: decodeConnectionReconnect },
  [ServiceMessageType.ConnectionFlowControl]: { minimumLength: 4, decode: decodeConnectionFlowControl },
  [ServiceMessageType.GroupMemberQuery]: { minimumLength: 4, decode: decodeGroupMemberQuery },
};

function isServiceMessageType(messageType: number): messageType is ServiceMessage['type'] {
  return messageType >= ServiceMessageType.HandshakeRequest && messageType <= ServiceMessageType.GroupMemberQuery;
}

/**
 * Reads one message from a reader that stands at its start. Whoever keeps a reader saves creating one per message.
 * Throws a `ProtocolError` with code `malformed`.
 */
export function readServiceMessage(reader: MessagePackReader): DecodedServiceMessage {
  const length = reader.arrayHeader();
  if (length === 0) {
    throw new ProtocolError('malformed', 'A service message is an empty array: it has no type.');
  }
  const messageType = reader.int();
  if (!isServiceMessageType(messageType)) {
    return { type: 'unknown', messageType };
  }
  const { minimumLength, decode } = decoders[messageType];
  if (length < minimumLength) {
    throw new ProtocolError(
      'malformed',
      `A service message of type ${messageType} has ${length} elements; it needs at least ${minimumLength}.`,
    );
  }
  return decode(reader, length);
}

/**
 * Decodes one message without its length prefix. Payloads are views into `body`.
 * Throws a `ProtocolError` with code `malformed`.
 */
export function decodeServiceMessage(body: Uint8Array): DecodedServiceMessage {
  return readServiceMessage(new MessagePackReader(body));
}
