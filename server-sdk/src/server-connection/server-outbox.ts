// What goes to the service on one server connection: all messages of a turn in one WebSocket message.
import {
  appendConnectionData,
  appendServiceMessage,
  type DataMessageType,
  MessagePackWriter,
  type ServiceMessage,
} from '@signalite/protocol/service';
import type { WebSocket } from 'ws';
import { type Moment, moment } from './moment.ts';
import { WEB_SOCKET_OPEN } from './web-socket-state.ts';

/** A turn that holds this much is long enough: streams wait for its end. */
const LONG_TURN_BYTES = 64 * 1024;

/** What an outbox tells its owner. */
export interface OutboxOwner {
  /** The service does not take what is written: stop what makes more. */
  outboxFilled(): void;
  /** There is room again. */
  outboxDrained(): void;
}

/**
 * Messages are encoded one behind the other into a scratch buffer; at the end of the turn the exact bytes are copied
 * out and handed to the socket. The scratch itself never is: under back-pressure the socket would send what was written
 * into it later.
 */
export class ServerOutbox {
  readonly #webSocket: WebSocket;
  readonly #owner: OutboxOwner;
  readonly #maxBytes: number;
  readonly #writer = new MessagePackWriter();
  /** Written, but not taken by the socket yet. */
  #unsentBytes = 0;
  #room: Moment | undefined;
  #turn: Moment | undefined;
  #isClosed = false;

  constructor(webSocket: WebSocket, owner: OutboxOwner, maxBytes: number) {
    this.#webSocket = webSocket;
    this.#owner = owner;
    this.#maxBytes = maxBytes;
  }

  get congestion(): Promise<void> | undefined {
    return this.#room?.promise;
  }

  get isOverfull(): boolean {
    return this.#waitingBytes > 2 * this.#maxBytes;
  }

  get endOfTurn(): Promise<void> | undefined {
    if (this.#writer.position < LONG_TURN_BYTES) return undefined;
    this.#turn ??= moment();
    return this.#turn.promise;
  }

  append(message: ServiceMessage): void {
    if (this.#isClosed) return;
    this.#schedule();
    appendServiceMessage(this.#writer, message);
    this.#checkBound();
  }

  appendData(packedId: Uint8Array, payload: Uint8Array, dataType: DataMessageType): void {
    if (this.#isClosed) return;
    this.#schedule();
    appendConnectionData(this.#writer, packedId, payload, dataType);
    this.#checkBound();
  }

  /** Writes what waits and takes nothing more. */
  close(): void {
    this.#flush();
    this.#isClosed = true;
    this.#drained();
  }

  get #waitingBytes(): number {
    return this.#writer.position + this.#unsentBytes;
  }

  #schedule(): void {
    if (this.#writer.position === 0) setImmediate(this.#flush);
  }

  #checkBound(): void {
    if (this.#room !== undefined || this.#waitingBytes <= this.#maxBytes) return;
    this.#flush();
    if (this.#unsentBytes <= this.#maxBytes) return;
    this.#room = moment();
    this.#owner.outboxFilled();
  }

  readonly #flush = (): void => {
    const turn = this.#turn;
    this.#turn = undefined;
    if (this.#writer.position > 0 && !this.#isClosed) {
      const bytes = this.#writer.take();
      this.#writer.reset();
      if (this.#webSocket.readyState === WEB_SOCKET_OPEN) this.#webSocket.send(bytes, this.#written);
      this.#unsentBytes = this.#webSocket.bufferedAmount;
    }
    turn?.resolve();
  };

  readonly #written = (): void => {
    this.#unsentBytes = this.#webSocket.bufferedAmount;
    if (this.#room !== undefined && this.#waitingBytes <= this.#maxBytes / 2) this.#drained();
  };

  #drained(): void {
    const room = this.#room;
    this.#room = undefined;
    if (room === undefined) return;
    room.resolve();
    if (!this.#isClosed) this.#owner.outboxDrained();
  }
}
