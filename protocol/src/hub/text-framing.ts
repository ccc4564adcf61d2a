import { ProtocolError, type ProtocolErrorCode } from '../protocol-error.ts';
import { messageTooLarge } from './message-too-large.ts';
import { StreamBuffer } from './stream-buffer.ts';

/** Ends every message of a text protocol, and the handshake of all (client-protocol 3.1, 3.2). */
export const RECORD_SEPARATOR = 0x1e;

const encoder = new TextEncoder();
// A byte order mark is not JSON: it is kept, so that the parser refuses it.
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The UTF-8 bytes of `text` and a record separator behind them. */
export function writeTextFrame(text: string): Uint8Array {
  return encoder.encode(`${text}\u001e`);
}

/** Reads UTF-8. Throws a `ProtocolError` with `code` for bytes that are not. */
export function decodeUtf8(bytes: Uint8Array, code: ProtocolErrorCode): string {
  try {
    return decoder.decode(bytes);
  } catch (cause) {
    throw new ProtocolError(code, 'Error reading JSON.', { cause });
  }
}

/** Splits a byte stream at record separators. */
export class TextFrameReader {
  readonly #buffer = new StreamBuffer();
  readonly #maxFrameBytes: number;
  /** Bytes that are known to hold no separator. */
  #searched = 0;

  /** `maxFrameBytes` counts the separator too. */
  constructor(maxFrameBytes: number = Number.POSITIVE_INFINITY) {
    this.#maxFrameBytes = maxFrameBytes;
  }

  get pendingBytes(): number {
    return this.#buffer.length;
  }

  push(chunk: Uint8Array): void {
    this.#buffer.push(chunk);
  }

  /** One message without its separator, as a view; undefined when more bytes are needed. It may be empty. */
  next(): Uint8Array | undefined {
    const length = this.#buffer.indexOf(RECORD_SEPARATOR, this.#searched);
    const framed = length < 0 ? this.#buffer.length : length + 1;
    if (framed > this.#maxFrameBytes) throw messageTooLarge(this.#maxFrameBytes);
    if (length < 0) {
      this.#searched = this.#buffer.length;
      this.#buffer.keep();
      return undefined;
    }
    this.#searched = 0;
    const frame = this.#buffer.take(length);
    this.#buffer.drop(1);
    return frame;
  }
}
