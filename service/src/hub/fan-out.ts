import type { Payload } from '@signalite/protocol/service';
import { createRecord, isTextProtocol, type OutboundRecord, RecordKind } from '../outbound/outbound-record.ts';
import type { HubMember } from './hub-member.ts';
import type { SubscriberFilter } from './subscriber-filter.ts';

/**
 * One message for many members: the payload of each hub protocol becomes one ready record, made when the first member
 * needs it and shared by all others (design rule: a fan-out encodes nothing and copies nothing per receiver).
 */
export class FanOut {
  readonly #payloads: readonly Payload[];
  readonly #onMissing: (hubProtocol: string) => void;
  readonly #filter: SubscriberFilter | undefined;
  readonly #made = new Map<string, OutboundRecord | undefined>();
  #lastProtocol: string | undefined;
  #lastRecord: OutboundRecord | undefined;

  /**
   * `onMissing` is told once for each hub protocol that has a member but no payload. `filter`: the others get nothing.
   */
  constructor(payloads: readonly Payload[], onMissing: (hubProtocol: string) => void, filter?: SubscriberFilter) {
    this.#payloads = payloads;
    this.#onMissing = onMissing;
    this.#filter = filter;
  }

  deliverTo(member: HubMember): void {
    if (this.#filter !== undefined && !this.#filter(member)) return;
    const protocol = member.hubProtocol;
    if (protocol !== this.#lastProtocol) {
      this.#lastProtocol = protocol;
      this.#lastRecord = this.#recordFor(protocol);
    }
    if (this.#lastRecord !== undefined) member.deliver(this.#lastRecord);
  }

  #recordFor(protocol: string): OutboundRecord | undefined {
    if (this.#made.has(protocol)) return this.#made.get(protocol);
    const payload = findPayload(this.#payloads, protocol);
    const record =
      payload === undefined ? undefined : createRecord(payload.data, isTextProtocol(protocol), RecordKind.Messages);
    this.#made.set(protocol, record);
    if (record === undefined) this.#onMissing(protocol);
    return record;
  }
}

/**
 * The payload for a hub protocol; names compare without case (service-protocol 8.1). Nil on the wire reads as empty,
 * and an empty frame is no hub message: clients would break on it.
 */
export function findPayload(payloads: readonly Payload[], protocol: string): Payload | undefined {
  // The data last, and of this protocol alone: it may be encoded when it is read.
  return payloads.find(
    (payload) =>
      (payload.protocol === protocol || payload.protocol.toLowerCase() === protocol) && payload.data.length > 0,
  );
}
