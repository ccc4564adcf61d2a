// Finds service protocol messages in a byte stream (service-protocol 4.1).
import { MessagePackReader } from '../msgpack/reader.ts';
import { ProtocolError } from '../protocol-error.ts';
import { ChunkQueue } from './chunk-queue.ts';
import { readServiceMessage } from './decode.ts';
import { LengthPrefix } from './length-prefix.ts';
import type { DecodedServiceMessage } from './messages.ts';
import { SplitBody } from './split-body.ts';

/** Limits of a reader. */
export interface ServiceMessageReaderOptions {
  /** Most bytes of one message, its length prefix not counted. */
  readonly maxMessageBytes: number;
}

/** Where the reader stands: in front of or inside a prefix, or inside a body that came in pieces. */
type State = { readonly name: 'prefix' } | { readonly name: 'body'; readonly body: SplitBody };

const inPrefix: State = { name: 'prefix' };
const noChunk = new Uint8Array(0);

/**
 * Reads service messages out of a byte stream that may be split or joined anywhere.
 *
 * Push what arrived, then call `next()` until it gives undefined. Payloads are views: into the pushed chunk when it
 * holds the whole message, else into a buffer made for that message. `next()` throws a `ProtocolError` with code
 * `message-too-large` as soon as a length prefix exceeds the limit, or `malformed`; after that the reader must not be
 * used again.
 */
export class ServiceMessageReader {
  readonly #maxMessageBytes: number;
  readonly #waiting = new ChunkQueue();
  readonly #prefix = new LengthPrefix();
  readonly #fields = new MessagePackReader();
  #chunk: Uint8Array = noChunk;
  #position = 0;
  #state: State = inPrefix;
  #pendingBytes = 0;

  constructor(options: ServiceMessageReaderOptions) {
    this.#maxMessageBytes = options.maxMessageBytes;
  }

  /** Bytes pushed that belong to no message given yet. Not zero at the end of a connection: it was cut off. */
  get pendingBytes(): number {
    return this.#pendingBytes;
  }

  /** Hands over bytes. They must not change as long as messages read from them are in use. */
  push(chunk: Uint8Array): void {
    this.#pendingBytes += chunk.length;
    if (this.#position === this.#chunk.length && this.#waiting.isEmpty) {
      this.#chunk = chunk;
      this.#position = 0;
    } else {
      this.#waiting.push(chunk);
    }
  }

  /** The next complete message; undefined when more bytes are needed. */
  next(): DecodedServiceMessage | undefined {
    while (this.#position < this.#chunk.length || this.#nextChunk()) {
      const message = this.#state.name === 'prefix' ? this.#readPrefix() : this.#readBody(this.#state.body);
      if (message !== undefined) {
        return message;
      }
    }
    return undefined;
  }

  #nextChunk(): boolean {
    const chunk = this.#waiting.shift();
    this.#chunk = chunk ?? noChunk;
    this.#position = 0;
    if (chunk === undefined) {
      // An idle reader keeps no chunk alive.
      this.#fields.reset(noChunk);
    }
    return chunk !== undefined;
  }

  /** Reads on in the prefix; if that is complete and the body is in the same chunk, gives the message at once. */
  #readPrefix(): DecodedServiceMessage | undefined {
    const chunk = this.#chunk;
    while (this.#position < chunk.length) {
      if (this.#prefix.add(chunk[this.#position++] ?? 0)) {
        return this.#startBody(this.#prefix.value);
      }
    }
    return undefined;
  }

  #startBody(byteLength: number): DecodedServiceMessage | undefined {
    if (byteLength > this.#maxMessageBytes) {
      throw new ProtocolError(
        'message-too-large',
        `A service message of ${byteLength} bytes is over the limit of ${this.#maxMessageBytes}.`,
      );
    }
    const start = this.#position;
    if (byteLength > this.#chunk.length - start) {
      this.#state = { name: 'body', body: new SplitBody(byteLength) };
      return undefined;
    }
    this.#position = start + byteLength;
    return this.#decode(this.#chunk, start, byteLength);
  }

  #readBody(body: SplitBody): DecodedServiceMessage | undefined {
    this.#position += body.add(this.#chunk, this.#position);
    if (!body.isComplete) {
      return undefined;
    }
    this.#state = inPrefix;
    return this.#decode(body.bytes, 0, body.byteLength);
  }

  #decode(bytes: Uint8Array, start: number, byteLength: number): DecodedServiceMessage {
    this.#pendingBytes -= this.#prefix.byteCount + byteLength;
    this.#prefix.reset();
    this.#fields.reset(bytes, start, start + byteLength);
    return readServiceMessage(this.#fields);
  }
}
