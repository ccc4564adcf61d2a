import {
  type HubMessageReader,
  type HubMessageReaderOptions,
  type HubProtocol,
  TransferFormat,
} from './hub-protocol.ts';
import { decodeJsonMessage } from './json-message-decoder.ts';
import { encodeJsonMessage } from './json-message-encoder.ts';
import type { DecodedHubMessage, HubMessage } from './messages.ts';
import { decodeUtf8, TextFrameReader, writeTextFrame } from './text-framing.ts';

class JsonHubMessageReader implements HubMessageReader {
  readonly #frames: TextFrameReader;

  constructor(options: HubMessageReaderOptions) {
    this.#frames = new TextFrameReader(options.maxMessageBytes);
  }

  get pendingBytes(): number {
    return this.#frames.pendingBytes;
  }

  push(chunk: Uint8Array): void {
    this.#frames.push(chunk);
  }

  next(): DecodedHubMessage | undefined {
    const frame = this.#frames.next();
    return frame === undefined ? undefined : decodeJsonMessage(decodeUtf8(frame, 'malformed'));
  }
}

/**
 * Hub messages as JSON text, each ended by 0x1E (client-protocol 3.2, 3.3).
 *
 * Writes what ASP.NET Core writes, property order included. `Uint8Array` values become base64, `bigint` values become
 * plain digits; what JSON cannot say (undefined, NaN) becomes null. Reads members in any order and skips unknown ones.
 */
export const jsonHubProtocol: HubProtocol = {
  name: 'json',
  version: 2,
  transferFormat: TransferFormat.Text,
  createReader: (options: HubMessageReaderOptions = {}): HubMessageReader => new JsonHubMessageReader(options),
  encode: (message: HubMessage): Uint8Array => writeTextFrame(encodeJsonMessage(message)),
};
