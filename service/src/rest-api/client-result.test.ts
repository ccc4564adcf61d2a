// rest-api 7.6.
import { jsonHubProtocol, writeBinaryFrame } from '@signalite/protocol';
import { messagePackHubProtocol } from '@signalite/protocol/messagepack';
import { describe, expect, test } from 'vitest';
import { readClientResult } from './client-result.ts';

describe.each([jsonHubProtocol, messagePackHubProtocol])('a Completion in $name', (protocol) => {
  const read = (message: Parameters<typeof protocol.encode>[0]) =>
    readClientResult(protocol.name.toUpperCase(), protocol.encode(message));

  test.each([[42], [null], ['x'], [{ a: [1, true] }]])('with the result %j', (result) => {
    expect(read({ type: 3, invocationId: 'i', result })).toEqual({ kind: 'value', json: JSON.stringify(result) });
  });

  test('with an error, and with nothing', () => {
    expect(read({ type: 3, invocationId: 'i', error: 'no' })).toEqual({ kind: 'error', error: 'no' });
    expect(read({ type: 3, invocationId: 'i' })).toEqual({ kind: 'void' });
  });

  test('is no other message', () => {
    expect(read({ type: 7 })).toBeUndefined();
  });
});

test('numbers stay as they are', () => {
  const json = Buffer.from('{"type":3,"invocationId":"i","result":12345678901234567890}\x1e');
  expect(readClientResult('json', json)).toEqual({ kind: 'value', json: '12345678901234567890' });
  const binary = writeBinaryFrame(Buffer.from('950380a16903cfab54a98ceb1f0ad2', 'hex'));
  expect(readClientResult('messagepack', binary)).toEqual({ kind: 'value', json: '12345678901234567890' });
});

test.each([
  ['json', Buffer.from('{"type":3,"invocationId":"i"}')],
  ['json', Buffer.from('[]\x1e')],
  ['json', Buffer.from('{\x1e')],
  ['messagepack', writeBinaryFrame(Buffer.from('950380a169', 'hex'))],
  ['messagepack', writeBinaryFrame(Buffer.from('950380a16909c0', 'hex'))],
  ['messagepack', writeBinaryFrame(Buffer.from('950380a169a178c0', 'hex'))],
  ['messagepack', writeBinaryFrame(Buffer.from('950380a1690105', 'hex'))],
  ['messagepack', Buffer.from([5, 0x91])],
])('what is none in %s is refused %#', (protocol, frame) => {
  expect(readClientResult(protocol, frame)).toBeUndefined();
});

test('other hub protocols are handed on as they are', () => {
  const bytes = Buffer.from([1, 2, 3]);
  expect(readClientResult('blazorpack', bytes)).toEqual({ kind: 'raw', protocol: 'blazorpack', bytes });
});
