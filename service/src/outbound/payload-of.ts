import type { OutboundRecord } from './outbound-record.ts';

/** The hub messages of a record, without the frame: what transports without frames write. A view. */
export function payloadOf({ frame, payloadOffset }: OutboundRecord): Buffer {
  return frame.subarray(payloadOffset);
}

/** The hub messages of all records in one buffer; a view when there is one record. */
export function joinPayloads(records: readonly OutboundRecord[]): Buffer {
  const [first] = records;
  if (first !== undefined && records.length === 1) return payloadOf(first);
  return Buffer.concat(records.map(payloadOf));
}
