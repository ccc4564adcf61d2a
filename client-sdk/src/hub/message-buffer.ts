import { type DecodedHubMessage, HubMessageType } from '@signalite/protocol';

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
export interface MessageBuffer {
  /** The socket was lost, or is new, and the server has not said yet where it goes on. */
  awaitsSequence: boolean;
  /** Keeps a message until it is acknowledged. Resolves when there is room for more. */
  keep(bytes: Uint8Array): Promise<void>;
  /** Whether a message that arrived is to be handled. */
  accepts(message: DecodedHubMessage): boolean;
  /** Sends what the server may have missed. Messages that are kept meanwhile are sent too, in their order. */
  resend(send: (bytes: Uint8Array) => Promise<void>, sequence: (id: number) => Uint8Array): Promise<void>;
  close(error: Error): void;
}

/** At `maxBytes` of kept messages, senders wait. */
export function createMessageBuffer(maxBytes: number, sendAck: (sequenceId: number) => void): MessageBuffer {
  const kept: Kept[] = [];
  let keptBytes = 0;
  /** The number of the first message in `kept`. */
  let firstKept = 1;
  let received = 0;
  let nextToReceive = 1;
  let ackTimer: ReturnType<typeof setTimeout> | undefined;
  const sendAckSoon = () => {
    ackTimer ??= setTimeout(() => {
      ackTimer = undefined;
      sendAck(received);
    }, ACK_DELAY_MS);
  };
  const acknowledged = (sequenceId: number) => {
    for (; firstKept <= sequenceId && kept[0]; firstKept++) {
      keptBytes -= kept[0].bytes.length;
      kept.shift()?.release();
    }
    if (keptBytes < maxBytes) for (const { release } of kept) release();
  };
  return {
    awaitsSequence: false,
    keep: (bytes) =>
      new Promise((release, fail) => {
        kept.push({ bytes, release, fail });
        keptBytes += bytes.length;
        if (keptBytes < maxBytes) release();
      }),
    accepts(message) {
      if (message.type === HubMessageType.Sequence) {
        if (message.sequenceId > nextToReceive) throw new Error('The server lost messages.');
        nextToReceive = message.sequenceId;
        this.awaitsSequence = false;
      } else if (this.awaitsSequence) return false;
      else if (message.type === HubMessageType.Ack) acknowledged(message.sequenceId);
      else if (isTracked(message)) {
        sendAckSoon();
        if (nextToReceive++ <= received) return false;
        received += 1;
      }
      return true;
    },
    async resend(send, sequence) {
      let next = firstKept;
      await send(sequence(next));
      for (;;) {
        next = Math.max(next, firstKept);
        const message = kept[next++ - firstKept];
        if (!message) return;
        await send(message.bytes);
      }
    },
    close(error) {
      clearTimeout(ackTimer);
      for (const { fail } of kept) fail(error);
    },
  };
}

/** Only what invokes, answers or streams is numbered. */
export function isTracked({ type }: DecodedHubMessage): boolean {
  return type !== 'unknown' && type <= HubMessageType.CancelInvocation;
}
