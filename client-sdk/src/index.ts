// A hub client for browsers and Node. MessagePack is an entry of its own: `@signalite/client/messagepack`.

export type { HubProtocol, TransportName } from '@signalite/protocol';
export type { ConnectionOptions } from './connection/connection-options.ts';
export type { SignalRClientErrorCode, SignalRClientErrorOptions } from './errors.ts';
export { HubInvocationError, SignalRClientError } from './errors.ts';
export type { ErrorLog } from './hub/client-methods.ts';
export type { CallOptions, HubCaller } from './hub/hub-caller.ts';
export { HubConnection } from './hub/hub-connection.ts';
export type { StatefulReconnectOptions } from './hub/hub-connection-builder.ts';
export { HubConnectionBuilder } from './hub/hub-connection-builder.ts';
export { HubConnectionState } from './hub/hub-connection-state.ts';
export type {
  ClientHandler,
  ClientMethodName,
  HubArguments,
  HubContract,
  InvokeName,
  InvokeResult,
  StreamItem,
  StreamName,
  UntypedHubContract,
  UploadStream,
} from './hub/hub-contract.ts';
export type { RetryContext, RetryPolicy } from './hub/retry-policy.ts';
