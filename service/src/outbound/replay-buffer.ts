import type { OutboundQueue } from './outbound-queue.ts';
import { type OutboundRecord, RecordKind } from './outbound-record.ts';

interface Kept {
  readonly record: OutboundRecord;
  /** Sequence ids of its hub messages. */
  readonly firstId: number;
  readonly lastId: number;
}

export interface ReplayLimits {
  /** Over it nothing more is taken until an Ack makes room. */
  readonly bytes: number;
  /** Over it clients that come back get nothing more either. */
  readonly returnedBytes: number;
}

/**
 * What was written to a client and not yet acknowledged by it, to be written again on its next socket. Hub messages
 * are numbered from 1; pings, acks and closes are not (client-protocol 4.3).
 */
export class ReplayBuffer {
  readonly #limits: ReplayLimits;
  #kept: Kept[] = [];
  #bytes = 0;
  #lastId = 0;
  #mayExceed = false;

  constructor(limits: ReplayLimits) {
    this.#limits = limits;
  }

  /** Bytes that are kept. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Id of the first message that is kept, or of the next one: what a Sequence message says. */
  get sequenceId(): number {
    return this.#kept[0]?.firstId ?? this.#lastId + 1;
  }

  /**
   * All that is kept, in order, for a client that came back. One message more may follow over the bound: the .NET client
   * acknowledges new messages only, and so would wait for ever when its last acknowledgement was lost.
   */
  resend(): OutboundRecord[] {
    this.#mayExceed = this.#bytes < this.#limits.returnedBytes;
    return this.#kept.map(({ record }) => record);
  }

  /** Takes what may be written now. At the bound the rest stays in the queue, until an Ack makes room. */
  takeFrom(queue: OutboundQueue): OutboundRecord[] {
    return queue.takeWhile((record) => {
      if (record.kind !== RecordKind.Messages) return true;
      if (this.#bytes >= this.#limits.bytes && !this.#mayExceed) return false;
      this.#mayExceed = false;
      const firstId = this.#lastId + 1;
      this.#lastId += record.messageCount;
      this.#kept.push({ record, firstId, lastId: this.#lastId });
      this.#bytes += record.frame.length;
      return true;
    });
  }

  /** The client has everything up to `sequenceId`. */
  release(sequenceId: number): void {
    let count = 0;
    for (const { lastId, record } of this.#kept) {
      if (lastId > sequenceId) break;
      this.#bytes -= record.frame.length;
      count += 1;
    }
    if (count > 0) this.#kept = this.#kept.slice(count);
  }
}
