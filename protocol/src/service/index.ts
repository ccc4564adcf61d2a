/**
 * The service protocol: what app servers and the service say to each other. For the packages of this repository: not
 * covered by semantic versioning.
 */
export { MessagePackReader } from '../msgpack/reader.ts';
export { MessagePackWriter, type MessagePackWriterOptions } from '../msgpack/writer.ts';
export { ProtocolError, type ProtocolErrorCode } from '../protocol-error.ts';
export { decodeServiceMessage } from './decode.ts';
export { appendServiceMessage, encodeServiceMessage } from './encode.ts';
export { appendConnectionData, packConnectionId } from './encode-connection-data.ts';
export {
  AckStatus,
  DataMessageType,
  FlowControlOperation,
  FlowControlTarget,
  MigrationLevel,
  ServerConnectionType,
  ServiceEventKind,
  ServiceEventObject,
  ServiceMessageType,
} from './message-type.ts';
export type {
  AccessKeyRequestMessage,
  AccessKeyResponseMessage,
  AckMessage,
  BroadcastDataMessage,
  CheckConnectionExistenceWithAckMessage,
  CheckGroupExistenceWithAckMessage,
  CheckUserExistenceWithAckMessage,
  CheckUserInGroupWithAckMessage,
  Claim,
  ClientCompletionMessage,
  ClientInvocationMessage,
  CloseConnectionMessage,
  CloseConnectionsWithAckMessage,
  CloseConnectionWithAckMessage,
  CloseGroupConnectionsWithAckMessage,
  CloseUserConnectionsWithAckMessage,
  ConnectionDataMessage,
  ConnectionFlowControlMessage,
  ConnectionReconnectMessage,
  DecodedServiceMessage,
  ErrorCompletionMessage,
  GroupBroadcastDataMessage,
  GroupMemberQueryMessage,
  HandshakeRequestMessage,
  HandshakeResponseMessage,
  Header,
  JoinGroupMessage,
  JoinGroupWithAckMessage,
  LeaveGroupMessage,
  LeaveGroupWithAckMessage,
  MultiConnectionDataMessage,
  MultiGroupBroadcastDataMessage,
  MultiUserDataMessage,
  OpenConnectionMessage,
  Payload,
  ServiceErrorMessage,
  ServiceEventMessage,
  ServiceMappingMessage,
  ServiceMessage,
  ServiceMessageOf,
  ServicePingMessage,
  UnknownServiceMessage,
  UserDataMessage,
  UserJoinGroupMessage,
  UserJoinGroupWithAckMessage,
  UserLeaveGroupMessage,
  UserLeaveGroupWithAckMessage,
} from './messages.ts';
export {
  clientCountPing,
  type EndpointStatus,
  echoPing,
  keepAlivePing,
  messagingLogPing,
  offlinePing,
  PingKey,
  pingValue,
  ShutdownPing,
  serversPing,
  serversRequestPing,
  shutdownPing,
  statusPing,
  statusRequestPing,
  targetPing,
} from './pings.ts';
export { ServiceMessageReader, type ServiceMessageReaderOptions } from './service-message-reader.ts';
