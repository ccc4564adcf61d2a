import { expect, test } from 'vitest';
import { createRecord, RecordKind } from './outbound-record.ts';
import { joinPayloads, payloadOf } from './payload-of.ts';

// Frame headers of two, four and ten bytes.
const SIZES = [0, 1, 125, 126, 0xffff, 0x1_0000];

function recordOf(bytes: number) {
  return createRecord(Buffer.alloc(bytes, bytes % 251), false, RecordKind.Messages);
}

test.each(SIZES)('a payload of %d bytes is what was put in', (bytes) => {
  expect(payloadOf(recordOf(bytes)).equals(Buffer.alloc(bytes, bytes % 251))).toBe(true);
});

test('one payload is a view, so that nothing is copied', () => {
  const record = recordOf(10);
  expect(joinPayloads([record]).buffer).toBe(record.frame.buffer);
});

test('several follow each other without their frames', () => {
  const joined = joinPayloads(SIZES.map(recordOf));
  expect(joined.equals(Buffer.concat(SIZES.map((bytes) => Buffer.alloc(bytes, bytes % 251))))).toBe(true);
  expect(joinPayloads([])).toHaveLength(0);
});
