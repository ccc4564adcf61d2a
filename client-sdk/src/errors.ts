/**
 * Why a connection or a call failed. Stable: part of the public API.
 *
 * - `invalid-options`: an option cannot be used; the text names it.
 * - `invalid-state`: the call does not fit the state of the connection, such as `invoke` before `start`.
 * - `negotiate-failed`: the negotiate request was refused, or its answer is none; `status` has the HTTP status.
 * - `too-many-redirects`: negotiate answers kept pointing elsewhere.
 * - `request-failed`: an HTTP request of a transport failed; `status` has the HTTP status, if there was an answer.
 * - `request-timeout`: an HTTP request was not answered in time.
 * - `transport-failed`: none of the transports could be started.
 * - `transport-closed`: the transport ended with an error; `status` has the WebSocket's close code.
 * - `handshake-failed`: the server refused the hub handshake, or ended the connection instead of answering it.
 * - `server-timeout`: nothing came from the server for as long as `serverTimeoutMs`.
 * - `server-closed`: the server closed the connection and gave a reason.
 * - `protocol-error`: the server sent what the hub protocol does not allow.
 * - `connection-closed`: the connection ended before the call was answered.
 * - `stopped`: `stop()` was called meanwhile.
 * - `stream-overflow`: a stream brought more items than wait to be read at most.
 * - `invocation-failed`: the server answered a call with an error (`HubInvocationError`).
 */
export type SignalRClientErrorCode =
  | 'invalid-options'
  | 'invalid-state'
  | 'negotiate-failed'
  | 'too-many-redirects'
  | 'request-failed'
  | 'request-timeout'
  | 'transport-failed'
  | 'transport-closed'
  | 'handshake-failed'
  | 'server-timeout'
  | 'server-closed'
  | 'protocol-error'
  | 'connection-closed'
  | 'stopped'
  | 'stream-overflow'
  | 'invocation-failed';

/** What may be known of a failure besides its code. */
export interface SignalRClientErrorOptions extends ErrorOptions {
  /** The HTTP status or the WebSocket close code that the failure came with. */
  readonly status?: number | undefined;
}

/** Every error that the client itself throws. An aborted call rejects with the reason of its signal instead. */
export class SignalRClientError extends Error {
  override readonly name: string = 'SignalRClientError';
  /** Which failure this is; switch on it instead of the text. */
  readonly code: SignalRClientErrorCode;
  /** The HTTP status or the WebSocket close code, where the failure has one. */
  readonly status: number | undefined;

  constructor(code: SignalRClientErrorCode, message: string, options?: SignalRClientErrorOptions) {
    super(message, options);
    this.code = code;
    this.status = options?.status;
  }
}

/** The server answered a call with an error; the message is the server's text. */
export class HubInvocationError extends SignalRClientError {
  override readonly name: string = 'HubInvocationError';

  constructor(message: string) {
    super('invocation-failed', message);
  }
}

/** What an error of any kind says. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
