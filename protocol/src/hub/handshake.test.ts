import { describe, expect, test } from 'vitest';
import { fromUtf8, refusal, toHex, utf8 } from '../../test/hub-bytes.ts';
import {
  encodeHandshakeRequest,
  encodeHandshakeResponse,
  parseHandshakeRequest,
  parseHandshakeResponse,
} from './handshake.ts';

const request = '{"protocol":"json","version":1}\u001e';

describe('handshake request', () => {
  test('is written with its protocol first', () => {
    expect(fromUtf8(encodeHandshakeRequest({ version: 1, protocol: 'json' }))).toBe(request);
  });

  test('is read, and what follows is left', () => {
    const bytes = utf8(`${request}{"type":6}\u001e`);
    expect(parseHandshakeRequest(bytes)).toStrictEqual({
      request: { protocol: 'json', version: 1 },
      length: request.length,
    });
  });

  test('is waited for as long as its separator is missing', () => {
    const bytes = utf8(request);
    for (let length = 0; length < bytes.length; length++) {
      expect(parseHandshakeRequest(bytes.subarray(0, length))).toBeUndefined();
    }
  });

  test('may hold members that nobody knows', () => {
    const bytes = utf8(' {"x":[1],"version":2,"protocol":"blazorpack","Protocol":1}\u001e');
    expect(parseHandshakeRequest(bytes)?.request).toStrictEqual({ protocol: 'blazorpack', version: 2 });
  });

  test.each([
    ['', 'Error reading JSON.'],
    ['x', 'Error reading JSON.'],
    ['[]', "Unexpected JSON Token Type 'Array'. Expected a JSON Object."],
    ['{}', "Missing required property 'protocol'."],
    ['{"Protocol":"json","version":1}', "Missing required property 'protocol'."],
    ['{"protocol":1,"version":1}', "Expected 'protocol' to be of type String."],
    ['{"protocol":null,"version":1}', "Expected 'protocol' to be of type String."],
    ['{"protocol":"json"}', "Missing required property 'version'."],
    ['{"protocol":"json","version":"1"}', "Expected 'version' to be of type Number."],
    ['{"protocol":"json","version":1.5}', "Expected 'version' to be of type Number."],
    ['{"__proto__":{"protocol":"json","version":1}}', "Missing required property 'protocol'."],
  ])('%s is refused', (text, message) => {
    const error = refusal(() => parseHandshakeRequest(utf8(`${text}\u001e`)));
    expect(error).toMatchObject({ code: 'invalid-handshake', message });
  });

  test('bytes that are not UTF-8 are refused', () => {
    const bytes = Uint8Array.of(0x22, 0xff, 0x22, 0x1e);
    expect(refusal(() => parseHandshakeRequest(bytes))).toMatchObject({ code: 'invalid-handshake' });
  });
});

describe('handshake response', () => {
  test('of success is an empty object', () => {
    expect(toHex(encodeHandshakeResponse())).toBe('7b7d1e');
    expect(parseHandshakeResponse(utf8('{}\u001e{"type":6}\u001e'))).toStrictEqual({ response: {}, length: 3 });
  });

  test('of failure has a text', () => {
    const bytes = encodeHandshakeResponse("The protocol 'xml' is not supported.");
    expect(fromUtf8(bytes)).toBe(`{"error":"The protocol 'xml' is not supported."}\u001e`);
    expect(parseHandshakeResponse(bytes)).toStrictEqual({
      response: { error: "The protocol 'xml' is not supported." },
      length: bytes.length,
    });
  });

  test('is waited for', () => {
    expect(parseHandshakeResponse(utf8('{}'))).toBeUndefined();
  });

  test.each([
    ['{"type":6}', 'Expected a handshake response from the server.'],
    ['{"error":1}', "Expected 'error' to be of type String."],
    ['nonsense', 'Error reading JSON.'],
  ])('%s is refused', (text, message) => {
    const error = refusal(() => parseHandshakeResponse(utf8(`${text}\u001e`)));
    expect(error).toMatchObject({ code: 'invalid-handshake', message });
  });
});
