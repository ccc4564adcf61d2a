/** Numeric tags of service protocol messages, as on the wire (service-protocol 4.5-4.8). */
export const ServiceMessageType = {
  HandshakeRequest: 1,
  HandshakeResponse: 2,
  Ping: 3,
  OpenConnection: 4,
  CloseConnection: 5,
  ConnectionData: 6,
  MultiConnectionData: 7,
  UserData: 8,
  MultiUserData: 9,
  BroadcastData: 10,
  JoinGroup: 11,
  LeaveGroup: 12,
  GroupBroadcastData: 13,
  MultiGroupBroadcastData: 14,
  ServiceError: 15,
  UserJoinGroup: 16,
  UserLeaveGroup: 17,
  JoinGroupWithAck: 18,
  LeaveGroupWithAck: 19,
  Ack: 20,
  CheckUserInGroupWithAck: 21,
  ServiceEvent: 22,
  CheckGroupExistenceWithAck: 23,
  CheckConnectionExistenceWithAck: 24,
  CheckUserExistenceWithAck: 25,
  UserJoinGroupWithAck: 26,
  UserLeaveGroupWithAck: 27,
  AccessKeyRequest: 28,
  AccessKeyResponse: 29,
  CloseConnectionWithAck: 30,
  CloseConnectionsWithAck: 31,
  CloseUserConnectionsWithAck: 32,
  CloseGroupConnectionsWithAck: 33,
  ClientInvocation: 34,
  ClientCompletion: 35,
  ErrorCompletion: 36,
  ServiceMapping: 37,
  ConnectionReconnect: 38,
  ConnectionFlowControl: 39,
  GroupMemberQuery: 40,
} as const;
export type ServiceMessageType = (typeof ServiceMessageType)[keyof typeof ServiceMessageType];

/** Kind of server connection, in its handshake request (service-protocol 4.4). */
export const ServerConnectionType = { Default: 0, OnDemand: 1, Weak: 2 } as const;
export type ServerConnectionType = (typeof ServerConnectionType)[keyof typeof ServerConnectionType];

/** How far clients of a server connection may be moved to another server (service-protocol 4.4). */
export const MigrationLevel = { Off: 0, ShutdownOnly: 1, Any: 2 } as const;
export type MigrationLevel = (typeof MigrationLevel)[keyof typeof MigrationLevel];

/** Outcome carried by an ack (service-protocol 4.4). Other numbers occur in the wild and are passed on as they are. */
export const AckStatus = { Ok: 1, NotFound: 2, Timeout: 3, InternalServerError: 4, Forbidden: 5 } as const;
export type AckStatus = (typeof AckStatus)[keyof typeof AckStatus];

/** What a ConnectionData payload holds; written as extension 5 when not Unknown (service-protocol 4.4). */
export const DataMessageType = { Unknown: 0, Handshake: 1, Invocation: 2, Other: 3, Close: 4 } as const;
export type DataMessageType = (typeof DataMessageType)[keyof typeof DataMessageType];

/** What a service event is about (service-protocol 4.4). */
export const ServiceEventObject = {
  ServiceInstance: 0,
  Connection: 1,
  User: 2,
  Group: 3,
  ServerConnection: 4,
} as const;
export type ServiceEventObject = (typeof ServiceEventObject)[keyof typeof ServiceEventObject];

/** What a service event reports (service-protocol 4.4). */
export const ServiceEventKind = { Reloading: 0, Invalid: 1, NotExisted: 2, BufferFull: 3 } as const;
export type ServiceEventKind = (typeof ServiceEventKind)[keyof typeof ServiceEventKind];

/** Whose flow is controlled (service-protocol 4.4). */
export const FlowControlTarget = { Client: 1, Server: 2 } as const;
export type FlowControlTarget = (typeof FlowControlTarget)[keyof typeof FlowControlTarget];

/** A step of flow control (service-protocol 4.4). */
export const FlowControlOperation = { Pause: 1, PauseAck: 2, Resume: 3, Offline: 4 } as const;
export type FlowControlOperation = (typeof FlowControlOperation)[keyof typeof FlowControlOperation];
