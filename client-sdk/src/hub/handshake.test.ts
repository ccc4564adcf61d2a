import { encodeHandshakeRequest, encodeHandshakeResponse } from '@signalite/protocol';
import { expect, test } from 'vitest';
import { handshakeAnswerLength, handshakeRequest } from './handshake.ts';

const encode = (text: string) => new TextEncoder().encode(text);

test('asks as the protocol package does', () => {
  expect(handshakeRequest('messagepack', 2)).toEqual(encodeHandshakeRequest({ protocol: 'messagepack', version: 2 }));
});

test('tells where the answer ends', () => {
  expect(handshakeAnswerLength(encodeHandshakeResponse())).toBe(3);
  expect(handshakeAnswerLength(new Uint8Array([...encodeHandshakeResponse(), 0x02, 0x91, 0x06]))).toBe(3);
  expect(handshakeAnswerLength(encode('{"minorVersion":1}\u001e'))).toBe(19);
});

test('waits for the rest', () => {
  expect(handshakeAnswerLength(new Uint8Array())).toBe(0);
  expect(handshakeAnswerLength(encode('{}'))).toBe(0);
});

test('says why the server refused', () => {
  const refusal = encodeHandshakeResponse("The protocol 'xml' is not supported.");
  expect(() => handshakeAnswerLength(refusal)).toThrow("The protocol 'xml' is not supported.");
});

test.each(['{"type":6}\u001e', 'null\u001e', 'what?\u001e', ' '.repeat(65_536)])('refuses %j', (answer) => {
  expect(() => handshakeAnswerLength(encode(answer))).toThrow();
});
