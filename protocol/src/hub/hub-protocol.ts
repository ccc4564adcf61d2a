import type { DecodedHubMessage, HubMessage } from './messages.ts';

/** What a transport must be able to carry: JSON travels as text, MessagePack as binary. */
export const TransferFormat = { Text: 'Text', Binary: 'Binary' } as const;
export type TransferFormat = (typeof TransferFormat)[keyof typeof TransferFormat];

/** Limits of a reader. */
export interface HubMessageReaderOptions {
  /**
   * Most bytes of one framed message. Default: no limit. Over it, `next()` throws a `ProtocolError` with code
   * `message-too-large` as soon as the excess is known: on the length prefix for binary protocols.
   */
  readonly maxMessageBytes?: number;
}

/**
 * Reads hub messages out of a byte stream that may be split or joined anywhere.
 *
 * Push what arrived, then call `next()` until it gives undefined ("need more bytes"). A message that breaks the rules
 * throws a `ProtocolError`; after that the reader must not be used again.
 */
export interface HubMessageReader {
  push(chunk: Uint8Array): void;
  next(): DecodedHubMessage | undefined;
  /** Bytes held back because their message is not complete. Not zero at the end of a connection: it was cut off. */
  readonly pendingBytes: number;
}

/** One encoding of hub messages. Implementations hold no state of a connection: readers do. */
export interface HubProtocol {
  /** The name used in the hub handshake: `json`, `messagepack`. */
  readonly name: string;
  /** Highest version spoken; a handshake that asks for more is refused. */
  readonly version: number;
  readonly transferFormat: TransferFormat;
  createReader(options?: HubMessageReaderOptions): HubMessageReader;
  /** The complete frame of one message: record separator or length prefix included. */
  encode(message: HubMessage): Uint8Array;
}
