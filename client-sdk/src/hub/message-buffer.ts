import { type DecodedHubMessage, HubMessageType } from '@signalite/protocol';
import { SignalRClientError } from '../errors.ts';

// Stateful reconnect: what was sent is kept until the server has it, and what comes twice is taken once
// (client-protocol 4.3). The first message that counts has number 1, each way.

/** Acks are collected, so that many messages need one. */
const ACK_DELAY_MS = 1_000;

interface Kept {
  readonly bytes: Uint8Array;
  release(): void;
  fail(error: Error): void;
}

/** Both directions of one logical connection. */
export class MessageBuffer {
  /** The socket was lost, or is new, and the server has not said yet where it goes on. */
  awaitsSequence = false;
  readonly #maxBytes: number;
  readonly #sendAck: (sequenceId: number) => void;
  readonly #kept: Kept[] = [];
  #keptBytes = 0;
  /** The number of the first message in `#kept`. */
  #firstKept = 1;
  #received = 0;
  #nextToReceive = 1;
  #ackTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(maxBytes: number, sendAck: (sequenceId: number) => void) {
    this.#maxBytes = maxBytes;
    this.#sendAck = sendAck;
  }

  /** Keeps a message until it is acknowledged. Resolves when there is room for more. */
  keep(bytes: Uint8Array): Promise<void> {
    return new Promise((release, fail) => {
      this.#kept.push({ bytes, release, fail });
      this.#keptBytes += bytes.length;
      if (this.#keptBytes < this.#maxBytes) release();
    });
  }

  /** Whether a message that arrived is to be handled. */
  accepts(message: DecodedHubMessage): boolean {
    if (message.type === HubMessageType.Sequence) this.#resume(message.sequenceId);
    else if (this.awaitsSequence) return false;
    else if (message.type === HubMessageType.Ack) this.#acknowledged(message.sequenceId);
    else if (isTracked(message)) return this.#count();
    return true;
  }

  /** Sends what the server may have missed. Messages that are kept meanwhile are sent too, in their order. */
  async resend(send: (bytes: Uint8Array) => Promise<void>, sequence: (id: number) => Uint8Array): Promise<void> {
    let next = this.#firstKept;
    await send(sequence(next));
    for (;;) {
      next = Math.max(next, this.#firstKept);
      const kept = this.#kept[next - this.#firstKept];
      if (!kept) return;
      await send(kept.bytes);
      next += 1;
    }
  }

  close(error: Error): void {
    clearTimeout(this.#ackTimer);
    for (const { fail } of this.#kept) fail(error);
  }

  #resume(sequenceId: number): void {
    if (sequenceId > this.#nextToReceive) throw new SignalRClientError('protocol-error', 'The server lost messages.');
    this.#nextToReceive = sequenceId;
    this.awaitsSequence = false;
  }

  #acknowledged(sequenceId: number): void {
    for (const { bytes, release } of this.#kept.splice(0, Math.max(0, sequenceId + 1 - this.#firstKept))) {
      this.#firstKept += 1;
      this.#keptBytes -= bytes.length;
      release();
    }
    if (this.#keptBytes < this.#maxBytes) for (const { release } of this.#kept) release();
  }

  #count(): boolean {
    const id = this.#nextToReceive++;
    this.#ackTimer ??= setTimeout(() => {
      this.#ackTimer = undefined;
      this.#sendAck(this.#received);
    }, ACK_DELAY_MS);
    if (id <= this.#received) return false;
    this.#received = id;
    return true;
  }
}

/** Only what invokes, answers or streams is numbered. */
export function isTracked({ type }: DecodedHubMessage): boolean {
  return type !== 'unknown' && type <= HubMessageType.CancelInvocation;
}
