import { Writable } from 'node:stream';
import { expect, test } from 'vitest';
import { createRecord, type OutboundRecord, RecordKind } from './outbound-record.ts';
import { writeRecords } from './write-records.ts';

/** A socket that tells what reached it in one go. */
function socket(): { writable: Writable; writes: Buffer[] } {
  const writes: Buffer[] = [];
  const writable = new Writable({
    write(chunk: Buffer, _encoding, done) {
      writes.push(chunk);
      done();
    },
    writev(chunks, done) {
      writes.push(Buffer.concat(chunks.map(({ chunk }: { chunk: Buffer }) => chunk)));
      done();
    },
  });
  return { writable, writes };
}

function records(count: number, bytes: number): OutboundRecord[] {
  return Array.from({ length: count }, (_, index) =>
    createRecord(Buffer.alloc(bytes, index), false, RecordKind.Messages),
  );
}

function bytesOf(all: readonly OutboundRecord[]): Buffer {
  return Buffer.concat(all.map(({ frame }) => frame));
}

test('nothing is no write', () => {
  const { writable, writes } = socket();
  writeRecords(writable, []);
  expect(writes).toEqual([]);
});

test('one record is written as it is, without a copy', () => {
  const { writable, writes } = socket();
  const [only] = records(1, 100);
  if (only === undefined) throw new Error('one record');
  writeRecords(writable, [only]);
  expect(writes).toHaveLength(1);
  expect(writes[0]).toBe(only.frame);
});

test.each([
  { what: 'many small records', all: records(200, 100) },
  { what: 'two records at the average that is still joined', all: records(2, 1020) },
  { what: 'records above that average', all: records(3, 5000) },
  { what: 'more than is joined at once', all: records(600, 1000) },
  { what: 'small and large ones', all: [...records(3, 10), ...records(1, 70_000), ...records(3, 10)] },
])('$what are one write, in order, whole', ({ all }) => {
  const { writable, writes } = socket();
  writeRecords(writable, all);
  expect(writes).toHaveLength(1);
  expect(writes[0]?.equals(bytesOf(all))).toBe(true);
});

test('joined records do not alias the records, which others write too', () => {
  const { writable, writes } = socket();
  const all = records(3, 10);
  writeRecords(writable, all);
  const before = bytesOf(all);
  writes[0]?.fill(0xff);
  expect(bytesOf(all).equals(before)).toBe(true);
});
