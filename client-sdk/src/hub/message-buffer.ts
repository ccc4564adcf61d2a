import { type DecodedHubMessage, HubMessageType } from '@signalite/protocol';
import { SignalRClientError } from '../errors.ts';

// Stateful reconnect: what was sent is kept until the server has it, and what comes twice is taken once
// (client-protocol 4.3).

/** Acks are collected, so that many messages need one. */
const ACK_DELAY_MS = 1_000;

interface Unacknowledged {
  readonly bytes: Uint8Array;
  release?: () => void;
  fail?: (error: unknown) => void;
}

/** Both directions of one logical connection. The first message that counts has number 1, each way. */
export class MessageBuffer {
  readonly #maxBytes: number;
  readonly #sendAck: (sequenceId: number) => void;
  #kept: Unacknowledged[] = [];
  #keptBytes = 0;
  /** The number of the first message in `#kept`. */
  #firstKept = 1;
  #received = 0;
  #nextToReceive = 1;
  #awaitsSequence = false;
  #ackTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(maxBytes: number, sendAck: (sequenceId: number) => void) {
    this.#maxBytes = maxBytes;
    this.#sendAck = sendAck;
  }

  /** The socket was lost, or is new, and the server has not said yet where it goes on. */
  get awaitsSequence(): boolean {
    return this.#awaitsSequence;
  }

  /** Keeps a message until it is acknowledged. Resolves when there is room for more. */
  async keep(bytes: Uint8Array): Promise<void> {
    const kept: Unacknowledged = { bytes };
    this.#kept.push(kept);
    this.#keptBytes += bytes.length;
    if (this.#keptBytes < this.#maxBytes) return;
    await new Promise<void>((release, fail) => Object.assign(kept, { release, fail }));
  }

  /** Whether a message that arrived is to be handled. */
  accepts(message: DecodedHubMessage): boolean {
    if (message.type === HubMessageType.Sequence) this.#resume(message.sequenceId);
    else if (this.#awaitsSequence) return false;
    else if (message.type === HubMessageType.Ack) this.#acknowledged(message.sequenceId);
    else if (isTracked(message.type)) return this.#count();
    return true;
  }

  lost(): void {
    this.#awaitsSequence = true;
  }

  /** Sends what the server may have missed. Messages that are kept meanwhile are sent too, in their order. */
  async resend(
    sendSequence: (sequenceId: number) => Promise<void>,
    send: (bytes: Uint8Array) => Promise<void>,
  ): Promise<void> {
    let next = this.#firstKept;
    await sendSequence(next);
    for (;;) {
      next = Math.max(next, this.#firstKept);
      const kept = this.#kept[next++ - this.#firstKept];
      if (kept === undefined) return;
      await send(kept.bytes);
    }
  }

  close(error: unknown): void {
    clearTimeout(this.#ackTimer);
    for (const { fail } of this.#kept) fail?.(error);
  }

  #resume(sequenceId: number): void {
    if (sequenceId > this.#nextToReceive) {
      throw new SignalRClientError('protocol-error', 'The server skipped messages; start the connection again.');
    }
    this.#nextToReceive = sequenceId;
    this.#awaitsSequence = false;
  }

  #acknowledged(sequenceId: number): void {
    while (this.#firstKept <= sequenceId) {
      const kept = this.#kept.shift();
      if (kept === undefined) return;
      this.#firstKept += 1;
      this.#keptBytes -= kept.bytes.length;
      kept.release?.();
    }
    if (this.#keptBytes < this.#maxBytes) for (const { release } of this.#kept) release?.();
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
export function isTracked(type: DecodedHubMessage['type']): boolean {
  return type !== 'unknown' && type <= HubMessageType.CancelInvocation;
}
