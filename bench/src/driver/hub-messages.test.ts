import { expect, test } from 'vitest';
import { createTemplate, invocationFrame, stamped } from './hub-messages.ts';
import { readStamps } from './stamp-reader.ts';

const HEADER_BYTES = 8; // of a masked frame with a length of two bytes

test('a JSON call is a masked text frame with a mask of zero', () => {
  const frame = invocationFrame('json', { target: 'Echo', args: ['x'], invocationId: '1' });
  expect(frame.subarray(0, 2).toString('hex')).toBe(`81${(0x80 | (frame.length - 6)).toString(16)}`);
  expect(frame.subarray(2, 6).toString('hex')).toBe('00000000');
  expect(frame.toString('utf8', 6)).toBe('{"type":1,"invocationId":"1","target":"Echo","arguments":["x"]}\x1e');
});

test('a MessagePack call is a masked binary frame around its length and an array', () => {
  const frame = invocationFrame('messagepack', { target: 'Echo', args: ['x'] });
  expect(frame.toString('hex')).toBe(`828e000000000d960180c0a4${Buffer.from('Echo').toString('hex')}91a17890`);
});

test.each(['json', 'messagepack'] as const)('the time stamped into %s is read again', (hubProtocol) => {
  const template = createTemplate(hubProtocol, { target: 'Broadcast', args: [] }, 128);
  const frame = stamped(template, 1234.567);
  const stamps: number[] = [];
  readStamps(frame, [HEADER_BYTES, frame.length], (ms) => stamps.push(ms));
  expect(stamps).toEqual([1234.567]);
  expect(template.frame.equals(frame)).toBe(false);
});
