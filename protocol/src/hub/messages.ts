// Hub messages as values (client-protocol 3.3). Optional members are absent, never null: writers leave them out.

/** String headers of a hub message. Passed through, never interpreted. */
export type HubMessageHeaders = Readonly<Record<string, string>>;

/** Asks the peer to run `target`. Without `invocationId` (or with `""`) no answer is wanted. */
export interface InvocationMessage {
  readonly type: 1;
  readonly headers?: HubMessageHeaders;
  readonly invocationId?: string;
  readonly target: string;
  /** Arguments without those that are streams. */
  readonly arguments: readonly unknown[];
  /** Ids of the uploads that go with this invocation, in the order of the method's stream parameters. */
  readonly streamIds?: readonly string[];
}

/** One item of a stream, in either direction. */
export interface StreamItemMessage {
  readonly type: 2;
  readonly headers?: HubMessageHeaders;
  readonly invocationId: string;
  readonly item: unknown;
}

/** The end of an invocation or a stream. Void when neither `result` nor `error` is a member; never both. */
export interface CompletionMessage {
  readonly type: 3;
  readonly headers?: HubMessageHeaders;
  readonly invocationId: string;
  /** Test with `'result' in message`: `null` is a result, absence is void. */
  readonly result?: unknown;
  readonly error?: string;
}

/** Asks the peer for a stream of results. */
export interface StreamInvocationMessage {
  readonly type: 4;
  readonly headers?: HubMessageHeaders;
  readonly invocationId: string;
  readonly target: string;
  readonly arguments: readonly unknown[];
  readonly streamIds?: readonly string[];
}

/** Ends a stream that the sender asked for. */
export interface CancelInvocationMessage {
  readonly type: 5;
  readonly headers?: HubMessageHeaders;
  readonly invocationId: string;
}

/** Keep-alive. Never answered. */
export interface PingMessage {
  readonly type: 6;
}

/** The last hub message of a connection. */
export interface CloseMessage {
  readonly type: 7;
  readonly error?: string;
  /** True when a client with automatic reconnect should come back. Default false. */
  readonly allowReconnect?: boolean;
}

/** Stateful reconnect: everything up to `sequenceId` was processed. */
export interface AckMessage {
  readonly type: 8;
  readonly sequenceId: number;
}

/** Stateful reconnect: the next tracked message has this id. */
export interface SequenceMessage {
  readonly type: 9;
  readonly sequenceId: number;
}

/** A message whose type number this version does not know. Readers report it; callers ignore it and go on. */
export interface UnknownHubMessage {
  readonly type: 'unknown';
  readonly messageType: number;
}

/** Every message that can be written. */
export type HubMessage =
  | InvocationMessage
  | StreamItemMessage
  | CompletionMessage
  | StreamInvocationMessage
  | CancelInvocationMessage
  | PingMessage
  | CloseMessage
  | AckMessage
  | SequenceMessage;

/** Every message that a reader can give. */
export type DecodedHubMessage = HubMessage | UnknownHubMessage;
