/**
 * Why the SDK refused or failed. Stable: part of the public API.
 *
 * - `invalid-options`: an option cannot be used; the text names it.
 * - `invalid-hub`: a hub class cannot be served: no `Hub`, or two methods with one name.
 * - `unknown-hub`: no hub has this name.
 * - `connect-failed`: no server connection was established before the deadline of `start()`.
 * - `sign-in-failed`: the credential gave no Microsoft Entra token, or the service gave no key for one.
 * - `not-connected`: nothing can be sent, because no server connection is open.
 * - `send-buffer-full`: the service reads too slowly and more waits than `maximumSendBufferBytes` allows.
 * - `ack-timeout`: the service did not confirm an operation in time.
 * - `ack-failed`: the service refused an operation.
 * - `client-result-failed`: the client that was asked for a result is not there, or left.
 * - `client-result-timeout`: it did not answer in time.
 * - `client-result-not-allowed`: a result was asked for where none can be: in `onConnected`, or by too many at once.
 * - `connection-lost`: the server connection ended before the answer came.
 * - `request-refused`: the service answered a REST call with an error; a `RequestRefusedError` tells which.
 * - `request-failed`: a REST call was not answered: the service was not reached, or what came cannot be read.
 * - `request-timeout`: the service did not answer a REST call in time.
 * - `message-too-large`: a message is larger than a REST call takes.
 * - `closed`: `close()` was called.
 */
export type SignalRServerErrorCode =
  | 'invalid-options'
  | 'invalid-hub'
  | 'unknown-hub'
  | 'connect-failed'
  | 'sign-in-failed'
  | 'not-connected'
  | 'send-buffer-full'
  | 'ack-timeout'
  | 'ack-failed'
  | 'client-result-failed'
  | 'client-result-timeout'
  | 'client-result-not-allowed'
  | 'connection-lost'
  | 'request-refused'
  | 'request-failed'
  | 'request-timeout'
  | 'message-too-large'
  | 'closed';

/** Every error that the SDK itself throws, apart from `TypeError` for arguments of the wrong shape. */
export class SignalRServerError extends Error {
  override readonly name = 'SignalRServerError';
  /** Which failure this is; switch on it instead of the text. */
  readonly code: SignalRServerErrorCode;

  constructor(code: SignalRServerErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/**
 * Throw it in a hub method when the client may read the text: of every other error a client only learns that there was
 * one, unless `enableDetailedErrors` is on. The SDK throws it for errors that a client reported.
 */
export class HubException extends Error {
  override readonly name = 'HubException';
}
