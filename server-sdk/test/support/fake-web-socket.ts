import { EventEmitter } from 'node:events';
import {
  type DecodedServiceMessage,
  encodeServiceMessage,
  type ServiceMessage,
  ServiceMessageReader,
} from '@signalite/protocol/service';
import type { WebSocket } from 'ws';

/** The part of a WebSocket that a server connection uses; a test says when bytes are taken. */
export class FakeWebSocket extends EventEmitter {
  readyState = 1;
  isPaused = false;
  /** Bytes that were sent and not taken. */
  bufferedAmount = 0;
  /** Take what is sent at once. */
  takes = true;
  closeCode: number | undefined;
  readonly frames: Uint8Array[] = [];
  readonly #reader = new ServiceMessageReader({ maxMessageBytes: 64 * 1024 * 1024 });
  #callbacks: (() => void)[] = [];

  /** As what the SDK takes it for. */
  get asWebSocket(): WebSocket {
    return this as unknown as WebSocket;
  }

  send(bytes: Uint8Array, written: () => void): void {
    this.frames.push(bytes);
    this.#reader.push(bytes);
    this.bufferedAmount += bytes.length;
    this.#callbacks.push(written);
    if (this.takes) this.take();
  }

  /** The peer takes everything. */
  take(): void {
    this.bufferedAmount = 0;
    for (const written of this.#callbacks.splice(0)) written();
  }

  /** The peer sends. */
  receive(...messages: readonly ServiceMessage[]): void {
    this.emit('message', Buffer.concat(messages.map((message) => encodeServiceMessage(message))));
  }

  /** What was sent, as messages. */
  sent(): DecodedServiceMessage[] {
    const messages: DecodedServiceMessage[] = [];
    for (let message = this.#reader.next(); message !== undefined; message = this.#reader.next())
      messages.push(message);
    return messages;
  }

  pause(): void {
    this.isPaused = true;
  }

  resume(): void {
    this.isPaused = false;
  }

  close(code: number): void {
    this.closeCode = code;
    this.readyState = 2;
  }

  terminate(): void {
    this.end(1006);
  }

  /** The end of the socket. */
  end(code: number): void {
    if (this.readyState === 3) return;
    this.readyState = 3;
    this.emit('close', code);
  }
}
