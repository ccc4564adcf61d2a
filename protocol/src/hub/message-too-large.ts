import { ProtocolError } from '../protocol-error.ts';

/** The refusal of a message over the reader's limit (client-protocol 3.4). */
export function messageTooLarge(maxBytes: number): ProtocolError {
  return new ProtocolError('message-too-large', `The maximum message size of ${maxBytes}B was exceeded.`);
}
