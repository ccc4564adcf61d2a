import { expect, test } from 'vitest';
import { createRecord, isTextProtocol, RecordKind } from './outbound-record.ts';

test.each([
  ['json', true],
  ['messagepack', false],
  ['blazorpack', false],
  ['', false],
])('%s travels as text: %s', (protocol, isText) => {
  expect(isTextProtocol(protocol)).toBe(isText);
});

test.each([0, 1, 125, 126, 65_535, 65_536])('a record of %i bytes is one ready frame', (length) => {
  const payload = Buffer.alloc(length, 'x');
  const record = createRecord(payload, true, RecordKind.Messages, 3);
  expect(record.frame.subarray(record.payloadOffset)).toEqual(payload);
  expect(record.frame[0]).toBe(0x81);
  expect(record.messageCount).toBe(3);
  expect(record.kind).toBe('messages');
});

test('a record keeps its bytes when the payload was a view that is written again', () => {
  const chunk = Buffer.from('..payload..');
  const record = createRecord(chunk.subarray(2, 9), false, RecordKind.Close);
  chunk.fill('!');
  expect(record.frame.toString('latin1')).toBe('\x82\x07payload');
  expect(record.messageCount).toBe(1);
});
