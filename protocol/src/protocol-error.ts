/**
 * Why bytes from a peer were refused. Stable: part of the public API.
 *
 * - `malformed`: the bytes are not what the format demands.
 * - `message-too-large`: a length prefix or a message is over the limit that the reader was given.
 * - `invalid-handshake`: a hub handshake request or response that is not one.
 * - `invalid-connection-string`: a connection string that cannot be used; the message says which part.
 * - `invalid-negotiate-response`: a negotiate answer that is not one.
 */
export type ProtocolErrorCode =
  | 'malformed'
  | 'message-too-large'
  | 'invalid-handshake'
  | 'invalid-connection-string'
  | 'invalid-negotiate-response';

/** The one error that this package throws for input from a peer or a user. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError';
  /** Which kind of refusal this is; switch on it instead of the text. */
  readonly code: ProtocolErrorCode;

  constructor(code: ProtocolErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
