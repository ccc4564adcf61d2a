// Service protocol messages, written (service-protocol 4.1, 4.5-4.8): in the forms that older SDKs read too.
import { MessagePackWriter } from '../msgpack/writer.ts';
import {
  encodeAccessKeyRequest,
  encodeAccessKeyResponse,
  encodeCloseConnection,
  encodeConnectionData,
  encodeConnectionFlowControl,
  encodeConnectionReconnect,
  encodeHandshakeRequest,
  encodeHandshakeResponse,
  encodeOpenConnection,
  encodeServiceError,
  encodeServiceEvent,
  encodeServicePing,
} from './encode-connection.ts';
import {
  encodeBroadcastData,
  encodeClientCompletion,
  encodeClientInvocation,
  encodeErrorCompletion,
  encodeGroupBroadcastData,
  encodeMultiConnectionData,
  encodeMultiGroupBroadcastData,
  encodeMultiUserData,
  encodeServiceMapping,
  encodeUserData,
} from './encode-fan-out.ts';
import {
  encodeAck,
  encodeCheckConnectionExistenceWithAck,
  encodeCheckGroupExistenceWithAck,
  encodeCheckUserExistenceWithAck,
  encodeCheckUserInGroupWithAck,
  encodeCloseConnectionsWithAck,
  encodeCloseConnectionWithAck,
  encodeCloseGroupConnectionsWithAck,
  encodeCloseUserConnectionsWithAck,
  encodeGroupMemberQuery,
  encodeJoinGroup,
  encodeJoinGroupWithAck,
  encodeLeaveGroup,
  encodeLeaveGroupWithAck,
  encodeUserJoinGroup,
  encodeUserJoinGroupWithAck,
  encodeUserLeaveGroup,
  encodeUserLeaveGroupWithAck,
} from './encode-groups.ts';
import { ServiceMessageType } from './message-type.ts';
import type { ServiceMessage, ServiceMessageOf } from './messages.ts';

type Encoder<T extends ServiceMessageType> = (writer: MessagePackWriter, message: ServiceMessageOf<T>) => void;

const encoders: { readonly [T in ServiceMessageType]: Encoder<T> } = {
  [ServiceMessageType.HandshakeRequest]: encodeHandshakeRequest,
  [ServiceMessageType.HandshakeResponse]: encodeHandshakeResponse,
  [ServiceMessageType.Ping]: encodeServicePing,
  [ServiceMessageType.OpenConnection]: encodeOpenConnection,
  [ServiceMessageType.CloseConnection]: encodeCloseConnection,
  [ServiceMessageType.ConnectionData]: encodeConnectionData,
  [ServiceMessageType.MultiConnectionData]: encodeMultiConnectionData,
  [ServiceMessageType.UserData]: encodeUserData,
  [ServiceMessageType.MultiUserData]: encodeMultiUserData,
  [ServiceMessageType.BroadcastData]: encodeBroadcastData,
  [ServiceMessageType.JoinGroup]: encodeJoinGroup,
  [ServiceMessageType.LeaveGroup]: encodeLeaveGroup,
  [ServiceMessageType.GroupBroadcastData]: encodeGroupBroadcastData,
  [ServiceMessageType.MultiGroupBroadcastData]: encodeMultiGroupBroadcastData,
  [ServiceMessageType.ServiceError]: encodeServiceError,
  [ServiceMessageType.UserJoinGroup]: encodeUserJoinGroup,
  [ServiceMessageType.UserLeaveGroup]: encodeUserLeaveGroup,
  [ServiceMessageType.JoinGroupWithAck]: encodeJoinGroupWithAck,
  [ServiceMessageType.LeaveGroupWithAck]: encodeLeaveGroupWithAck,
  [ServiceMessageType.Ack]: encodeAck,
  [ServiceMessageType.CheckUserInGroupWithAck]: encodeCheckUserInGroupWithAck,
  [ServiceMessageType.ServiceEvent]: encodeServiceEvent,
  [ServiceMessageType.CheckGroupExistenceWithAck]: encodeCheckGroupExistenceWithAck,
  [ServiceMessageType.CheckConnectionExistenceWithAck]: encodeCheckConnectionExistenceWithAck,
  [ServiceMessageType.CheckUserExistenceWithAck]: encodeCheckUserExistenceWithAck,
  [ServiceMessageType.UserJoinGroupWithAck]: encodeUserJoinGroupWithAck,
  [ServiceMessageType.UserLeaveGroupWithAck]: encodeUserLeaveGroupWithAck,
  [ServiceMessageType.AccessKeyRequest]: encodeAccessKeyRequest,
  [ServiceMessageType.AccessKeyResponse]: encodeAccessKeyResponse,
  [ServiceMessageType.CloseConnectionWithAck]: encodeCloseConnectionWithAck,
  [ServiceMessageType.CloseConnectionsWithAck]: encodeCloseConnectionsWithAck,
  [ServiceMessageType.CloseUserConnectionsWithAck]: encodeCloseUserConnectionsWithAck,
  [ServiceMessageType.CloseGroupConnectionsWithAck]: encodeCloseGroupConnectionsWithAck,
  [ServiceMessageType.ClientInvocation]: encodeClientInvocation,
  [ServiceMessageType.ClientCompletion]: encodeClientCompletion,
  [ServiceMessageType.ErrorCompletion]: encodeErrorCompletion,
  [ServiceMessageType.ServiceMapping]: encodeServiceMapping,
  [ServiceMessageType.ConnectionReconnect]: encodeConnectionReconnect,
  [ServiceMessageType.ConnectionFlowControl]: encodeConnectionFlowControl,
  [ServiceMessageType.GroupMemberQuery]: encodeGroupMemberQuery,
};

/** The correlation of type and message, which a union cannot express. */
function encodeBody<T extends ServiceMessageType>(
  writer: MessagePackWriter,
  messageType: T,
  message: ServiceMessageOf<T>,
): void {
  encoders[messageType](writer, message);
}

/**
 * Appends one message with its length prefix; several may follow each other in one writer. When a value cannot be
 * written, the writer is left as it was and the error is thrown on.
 */
export function appendServiceMessage(writer: MessagePackWriter, message: ServiceMessage): void {
  const start = writer.position;
  try {
    writer.beginFrame();
    encodeBody(writer, message.type, message);
    writer.endFrame();
  } catch (error) {
    writer.truncate(start);
    throw error;
  }
}

/** One message with its length prefix. */
export function encodeServiceMessage(message: ServiceMessage): Uint8Array {
  scratch.reset();
  appendServiceMessage(scratch, message);
  return scratch.take();
}

const scratch = new MessagePackWriter();
