import { BinaryFrameReader } from './binary-framing.ts';
import {
  type HubMessageReader,
  type HubMessageReaderOptions,
  type HubProtocol,
  TransferFormat,
} from './hub-protocol.ts';
import { decodeMessagePackMessage } from './messagepack-message-decoder.ts';
import { encodeMessagePackMessage } from './messagepack-message-encoder.ts';
import type { DecodedHubMessage } from './messages.ts';

class MessagePackHubMessageReader implements HubMessageReader {
  readonly #frames: BinaryFrameReader;

  constructor(options: HubMessageReaderOptions) {
    this.#frames = new BinaryFrameReader(options.maxMessageBytes);
  }

  get pendingBytes(): number {
    return this.#frames.pendingBytes;
  }

  push(chunk: Uint8Array): void {
    this.#frames.push(chunk);
  }

  next(): DecodedHubMessage | undefined {
    const body = this.#frames.next();
    return body === undefined ? undefined : decodeMessagePackMessage(body);
  }
}

/**
 * Hub messages as MessagePack, each behind its length (client-protocol 3.2, 3.3).
 *
 * `undefined` is written as nil, `Uint8Array` as bin, `Date` as a timestamp, integers in their shortest form, other
 * numbers as float64, `bigint` as a 64-bit integer. 64-bit integers are read as numbers, exact up to 2^53.
 */
export const messagePackHubProtocol: HubProtocol = {
  name: 'messagepack',
  version: 2,
  transferFormat: TransferFormat.Binary,
  createReader: (options: HubMessageReaderOptions = {}): HubMessageReader => new MessagePackHubMessageReader(options),
  encode: encodeMessagePackMessage,
};
