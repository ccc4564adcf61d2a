import type { Payload } from '@signalite/protocol/service';
import { createRecord, isTextProtocol, type OutboundRecord, RecordKind } from '../outbound/outbound-record.ts';
import type { HubMember } from './hub-member.ts';

/**
 * One message for many members: the payload of each hub protocol becomes one ready record, made when the first member
 * needs it and shared by all others (design rule: a fan-out encodes nothing and copies nothing per receiver).
 */
export class FanOut {
  readonly #payloads: readonly Payload[];
  readonly #onMissing: (hubProtocol: string) => void;
  readonly #made = new Map<string, OutboundRecord | undefined>();
  #lastProtocol: string | undefined;
  #lastRecord: OutboundRecord | undefined;

  /** `onMissing` is told once for each hub protocol that has a member but no payload. */
  constructor(payloads: readonly Payload[], onMissing: (hubProtocol: string) => void) {
    this.#payloads = payloads;
    this.#onMissing = onMissing;
  }

  deliverTo(member: HubMember): void {
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
  return payloads.find(
    ({ protocol: name, data }) => data.length > 0 && (name === protocol || name.toLowerCase() === protocol),
  );
}
