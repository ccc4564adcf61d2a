import type { Writable } from 'node:stream';
import type { OutboundRecord } from './outbound-record.ts';

// Measured: below about 1 KB a message, joining all into one buffer beats writev; above, the copy costs more.
const JOIN_MAX_AVERAGE_BYTES = 1024;
const JOIN_MAX_BYTES = 256 * 1024;

/** Writes ready frames to a socket: one `write` for one record or for many small ones, else one writev. */
export function writeRecords(socket: Writable, records: readonly OutboundRecord[]): void {
  const first = records[0];
  if (first === undefined) return;
  if (records.length === 1) {
    socket.write(first.frame);
    return;
  }
  let bytes = 0;
  for (const record of records) bytes += record.frame.length;
  if (bytes <= JOIN_MAX_BYTES && bytes <= records.length * JOIN_MAX_AVERAGE_BYTES) {
    socket.write(join(records, bytes));
    return;
  }
  socket.cork();
  for (const record of records) socket.write(record.frame);
  socket.uncork();
}

function join(records: readonly OutboundRecord[], bytes: number): Buffer {
  const joined = Buffer.allocUnsafe(bytes);
  let at = 0;
  for (const record of records) {
    joined.set(record.frame, at);
    at += record.frame.length;
  }
  return joined;
}
