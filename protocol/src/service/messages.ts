// Service protocol messages as values (service-protocol 4.5-4.8). Payloads are views into the bytes they were read
// from: copy what must outlive the turn. Optional members are absent when the wire has nothing, so that reading what
// was written gives an equal value.

/** One claim of a client. Types repeat, and their order counts, so claims are a list. */
export interface Claim {
  readonly type: string;
  readonly value: string;
}

/** One HTTP header with its values. Names compare without case. */
export interface Header {
  readonly name: string;
  readonly values: readonly string[];
}

/** A complete hub message for clients of one hub protocol. */
export interface Payload {
  /** Hub protocol name as in the client's handshake (`json`, `messagepack`). */
  readonly protocol: string;
  readonly data: Uint8Array;
}

/** Extension 1: joins what belongs together in a trace (uint64). */
interface Traced {
  readonly tracingId?: bigint;
}

/** Extensions that sends to several receivers may carry. */
interface FanOut extends Traced {
  readonly payloads: readonly Payload[];
  /** Extension 4: an expression on subscriber attributes. */
  readonly filter?: string;
}

interface Acked extends Traced {
  /** Chosen by the sender, echoed in the Ack on the same server connection (int32). */
  readonly ackId: number;
}

/** First message of a server connection, from the app server. */
export interface HandshakeRequestMessage {
  readonly type: 1;
  readonly version: number;
  /** A `ServerConnectionType`; other numbers are kept as read. */
  readonly connectionType: number;
  readonly target: string;
  /** A `MigrationLevel`. */
  readonly migrationLevel: number;
  /** Undefined when the array was too short to say: an SDK of the older generation (service-protocol 10.2). */
  readonly allowStatefulReconnects?: boolean;
}

/** Answer to the handshake request; success when `error` is absent. */
export interface HandshakeResponseMessage {
  readonly type: 2;
  readonly error?: string;
  readonly connectionId?: string;
}

/** Flat list of key, value, key, value; empty for a keep-alive (service-protocol 6). */
export interface ServicePingMessage {
  readonly type: 3;
  readonly values: readonly string[];
}

/** A client that the service assigned to this server connection. */
export interface OpenConnectionMessage extends Traced {
  readonly type: 4;
  readonly connectionId: string;
  readonly claims: readonly Claim[];
  readonly headers: readonly Header[];
  /** With a leading `?`, or empty. */
  readonly queryString: string;
  /** Extension 3: hub protocol name. Newer SDKs need it. */
  readonly protocol?: string;
}

/** The end of a client, told by either side. */
export interface CloseConnectionMessage extends Traced {
  readonly type: 5;
  readonly connectionId: string;
  /** Empty: closed without an error. */
  readonly error: string;
  readonly headers: readonly Header[];
}

/** Hub protocol bytes of one client, either way. */
export interface ConnectionDataMessage extends Traced {
  readonly type: 6;
  readonly connectionId: string;
  readonly payload: Uint8Array;
  /** Extension 5, a `DataMessageType`; absent is Unknown. */
  readonly dataType?: number;
  /** Extension 6: more of this message follows. Absent is false. */
  readonly isPartial?: true;
}

export interface MultiConnectionDataMessage extends FanOut {
  readonly type: 7;
  readonly connectionIds: readonly string[];
}

export interface UserDataMessage extends FanOut {
  readonly type: 8;
  readonly userId: string;
}

export interface MultiUserDataMessage extends FanOut {
  readonly type: 9;
  readonly userIds: readonly string[];
}

export interface BroadcastDataMessage extends FanOut {
  readonly type: 10;
  readonly excludedConnectionIds: readonly string[];
}

export interface JoinGroupMessage extends Traced {
  readonly type: 11;
  readonly connectionId: string;
  readonly group: string;
}

export interface LeaveGroupMessage extends Traced {
  readonly type: 12;
  readonly connectionId: string;
  /** Absent: all groups. */
  readonly group?: string;
}

export interface GroupBroadcastDataMessage extends FanOut {
  readonly type: 13;
  readonly group: string;
  readonly excludedConnectionIds: readonly string[];
  readonly excludedUserIds: readonly string[];
  readonly callerUserId?: string;
}

export interface MultiGroupBroadcastDataMessage extends FanOut {
  readonly type: 14;
  readonly groups: readonly string[];
}

/** Text that makes the SDK stop writing on this server connection. */
export interface ServiceErrorMessage {
  readonly type: 15;
  readonly message: string;
}

export interface UserJoinGroupMessage extends Traced {
  readonly type: 16;
  readonly userId: string;
  readonly group: string;
  /** Extension 2. Absent: no expiry asked for. */
  readonly ttlSeconds?: number;
}

export interface UserLeaveGroupMessage extends Traced {
  readonly type: 17;
  readonly userId: string;
  /** Absent: all groups. */
  readonly group?: string;
}

export interface JoinGroupWithAckMessage extends Acked {
  readonly type: 18;
  readonly connectionId: string;
  readonly group: string;
}

export interface LeaveGroupWithAckMessage extends Acked {
  readonly type: 19;
  readonly connectionId: string;
  /** Absent: all groups. */
  readonly group?: string;
}

export interface AckMessage {
  readonly type: 20;
  readonly ackId: number;
  /** An `AckStatus`; other numbers are kept as read. */
  readonly status: number;
  readonly message: string;
  /** Answer to a query (type 40). Written only when present: older SDKs read five elements. */
  readonly payload?: Uint8Array;
}

export interface CheckUserInGroupWithAckMessage extends Acked {
  readonly type: 21;
  readonly userId: string;
  readonly group: string;
}

export interface ServiceEventMessage extends Traced {
  readonly type: 22;
  /** A `ServiceEventObject`. */
  readonly objectType: number;
  readonly id: string;
  /** A `ServiceEventKind`. */
  readonly kind: number;
  readonly message: string;
}

export interface CheckGroupExistenceWithAckMessage extends Acked {
  readonly type: 23;
  readonly group: string;
}

export interface CheckConnectionExistenceWithAckMessage extends Acked {
  readonly type: 24;
  readonly connectionId: string;
}

export interface CheckUserExistenceWithAckMessage extends Acked {
  readonly type: 25;
  readonly userId: string;
}

export interface UserJoinGroupWithAckMessage extends Acked {
  readonly type: 26;
  readonly userId: string;
  readonly group: string;
  /** Extension 2. Absent: no expiry asked for. */
  readonly ttlSeconds?: number;
}

export interface UserLeaveGroupWithAckMessage extends Acked {
  readonly type: 27;
  readonly userId: string;
  /** Absent: all groups. */
  readonly group?: string;
}

export interface AccessKeyRequestMessage {
  readonly type: 28;
  readonly token?: string;
  readonly kid?: string;
}

export interface AccessKeyResponseMessage {
  readonly type: 29;
  readonly kid?: string;
  readonly accessKey?: string;
  readonly errorType?: string;
  readonly errorMessage?: string;
}

export interface CloseConnectionWithAckMessage extends Acked {
  readonly type: 30;
  readonly connectionId: string;
  readonly reason?: string;
}

/** All connections of the hub but the excluded ones. */
export interface CloseConnectionsWithAckMessage extends Acked {
  readonly type: 31;
  readonly reason?: string;
  readonly excludedConnectionIds: readonly string[];
}

export interface CloseUserConnectionsWithAckMessage extends Acked {
  readonly type: 32;
  readonly userId: string;
  readonly reason?: string;
  readonly excludedConnectionIds: readonly string[];
}

export interface CloseGroupConnectionsWithAckMessage extends Acked {
  readonly type: 33;
  readonly group: string;
  readonly reason?: string;
  readonly excludedConnectionIds: readonly string[];
}

/** A client result is asked for (service-protocol 9). */
export interface ClientInvocationMessage extends Traced {
  readonly type: 34;
  readonly invocationId: string;
  readonly connectionId: string;
  readonly callerServerId: string;
  readonly payloads: readonly Payload[];
}

/** A client's answer on its way to the caller. */
export interface ClientCompletionMessage extends Traced {
  readonly type: 35;
  readonly invocationId: string;
  readonly connectionId: string;
  readonly callerServerId: string;
  /** Hub protocol of `payload`; repeated in extension 3 on the wire. */
  readonly protocol: string;
  /** A framed Completion, or empty when the caller already has the answer. */
  readonly payload: Uint8Array;
}

export interface ErrorCompletionMessage extends Traced {
  readonly type: 36;
  readonly invocationId: string;
  readonly connectionId: string;
  readonly callerServerId: string;
  readonly error: string;
}

/** Tells the caller which service instance holds the client of a pending invocation. */
export interface ServiceMappingMessage {
  readonly type: 37;
  readonly invocationId: string;
  readonly connectionId: string;
  readonly instanceId: string;
}

export interface ConnectionReconnectMessage {
  readonly type: 38;
  readonly connectionId: string;
}

export interface ConnectionFlowControlMessage {
  readonly type: 39;
  readonly connectionId: string;
  /** A `FlowControlTarget`. */
  readonly target: number;
  /** A `FlowControlOperation`. */
  readonly operation: number;
}

export interface GroupMemberQueryMessage extends Acked {
  readonly type: 40;
  readonly group: string;
  /** Index 4. */
  readonly max?: number;
  /** Index 5. */
  readonly continuationToken?: string;
  /** Index 6, where a newer SDK wrote one (inferred). */
  readonly top?: number;
}

/** A message of a type that this version does not know: counted and ignored. */
export interface UnknownServiceMessage {
  readonly type: 'unknown';
  readonly messageType: number;
}

/** Every message that can be written. */
export type ServiceMessage =
  | HandshakeRequestMessage
  | HandshakeResponseMessage
  | ServicePingMessage
  | OpenConnectionMessage
  | CloseConnectionMessage
  | ConnectionDataMessage
  | MultiConnectionDataMessage
  | UserDataMessage
  | MultiUserDataMessage
  | BroadcastDataMessage
  | JoinGroupMessage
  | LeaveGroupMessage
  | GroupBroadcastDataMessage
  | MultiGroupBroadcastDataMessage
  | ServiceErrorMessage
  | UserJoinGroupMessage
  | UserLeaveGroupMessage
  | JoinGroupWithAckMessage
  | LeaveGroupWithAckMessage
  | AckMessage
  | CheckUserInGroupWithAckMessage
  | ServiceEventMessage
  | CheckGroupExistenceWithAckMessage
  | CheckConnectionExistenceWithAckMessage
  | CheckUserExistenceWithAckMessage
  | UserJoinGroupWithAckMessage
  | UserLeaveGroupWithAckMessage
  | AccessKeyRequestMessage
  | AccessKeyResponseMessage
  | CloseConnectionWithAckMessage
  | CloseConnectionsWithAckMessage
  | CloseUserConnectionsWithAckMessage
  | CloseGroupConnectionsWithAckMessage
  | ClientInvocationMessage
  | ClientCompletionMessage
  | ErrorCompletionMessage
  | ServiceMappingMessage
  | ConnectionReconnectMessage
  | ConnectionFlowControlMessage
  | GroupMemberQueryMessage;

/** Every message that a reader can give. */
export type DecodedServiceMessage = ServiceMessage | UnknownServiceMessage;

/** The message of one type: `ServiceMessageOf<6>` is ConnectionDataMessage. */
export type ServiceMessageOf<T extends ServiceMessage['type']> = Extract<ServiceMessage, { readonly type: T }>;
