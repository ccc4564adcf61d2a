import type { Duplex } from 'node:stream';
import {
  appendConnectionData,
  appendServiceMessage,
  MessagePackWriter,
  type ServiceMessage,
} from '@signalite/protocol/service';
import type { HubTraffic } from '../metrics/hub-traffic.ts';
import type { EndOfTurn, Flushable } from '../outbound/end-of-turn.ts';
import {
  FRAME_HEADER_MAX_BYTES,
  FrameOpcode,
  frameHeaderBytes,
  writeFrameHeader,
} from '../outbound/web-socket-frame.ts';

/** What an outbox tells its owner. */
export interface OutboxOwner {
  /** More waits than the bound allows: stop whatever fills it. */
  outboxFilled(waitingBytes: number): void;
  /** All that waited was taken: a socket writes what it buffered in one go. */
  outboxDrained(): void;
}

export interface OutboxOptions {
  readonly endOfTurn: EndOfTurn;
  /** Counts what clients said. Default: nobody. */
  readonly traffic?: HubTraffic;
  /** Bytes that may wait before the owner is told. */
  readonly maxBytes: number;
}

/**
 * What goes to one app server. All service messages of a turn share one WebSocket frame: they are encoded one behind
 * the other into a scratch buffer, and the exact bytes are copied out at the end of the turn. The scratch itself never
 * reaches a socket, because a socket under back-pressure would send what was written into it later.
 */
export class ServerOutbox implements Flushable {
  readonly #socket: Duplex;
  readonly #owner: OutboxOwner;
  readonly #options: OutboxOptions;
  readonly #writer = new MessagePackWriter();
  #isFull = false;
  #isClosed = false;

  constructor(socket: Duplex, owner: OutboxOwner, options: OutboxOptions) {
    this.#socket = socket;
    this.#owner = owner;
    this.#options = options;
    this.#writer.reset(FRAME_HEADER_MAX_BYTES);
  }

  get isFull(): boolean {
    return this.#isFull;
  }

  append(message: ServiceMessage): void {
    if (this.#isClosed) return;
    this.#mark();
    appendServiceMessage(this.#writer, message);
    this.#checkBound();
  }

  /** The hot path: bytes of one client. `packedId` comes from `packConnectionId`. */
  appendData(packedId: Uint8Array, payload: Uint8Array): void {
    if (this.#isClosed) return;
    this.#mark();
    this.#options.traffic?.forwarded(payload);
    appendConnectionData(this.#writer, packedId, payload);
    this.#checkBound();
  }

  flush(): void {
    const writer = this.#writer;
    const payloadBytes = writer.position - FRAME_HEADER_MAX_BYTES;
    if (payloadBytes <= 0 || this.#isClosed) return;
    const headerBytes = frameHeaderBytes(payloadBytes);
    const frame = Buffer.allocUnsafe(headerBytes + payloadBytes);
    writeFrameHeader(frame, 0, FrameOpcode.Binary, payloadBytes);
    frame.set(writer.bytes(FRAME_HEADER_MAX_BYTES), headerBytes);
    writer.reset(FRAME_HEADER_MAX_BYTES);
    if (!this.#socket.destroyed) this.#socket.write(frame);
  }

  /** Writes what waits and takes nothing more: a WebSocket close frame may follow. */
  close(): void {
    this.flush();
    this.#isClosed = true;
  }

  #mark(): void {
    if (this.#writer.position === FRAME_HEADER_MAX_BYTES) this.#options.endOfTurn.mark(this);
  }

  #checkBound(): void {
    const waiting = this.#writer.position + this.#socket.writableLength;
    if (this.#isFull || waiting <= this.#options.maxBytes) return;
    this.flush();
    // The stream tells of `drain` only after a write that went over its own mark: below it nothing holds anybody up.
    if (!this.#socket.writableNeedDrain) return;
    this.#isFull = true;
    this.#socket.once('drain', () => {
      this.#isFull = false;
      this.#owner.outboxDrained();
    });
    this.#owner.outboxFilled(waiting);
  }
}
