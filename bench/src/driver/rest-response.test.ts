import { expect, test } from 'vitest';
import { readResponse } from './rest-response.ts';

const WITH_LENGTH = 'HTTP/1.1 202 Accepted\r\nContent-Length: 2\r\n\r\n{}';
const CHUNKED = 'HTTP/1.1 202 Accepted\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n';
const WITHOUT_BODY = 'HTTP/1.1 204 No Content\r\nServer: Kestrel\r\n\r\n';

test.each([
  ['with a length', WITH_LENGTH, 202],
  ['in chunks', CHUNKED, 202],
  ['without a body', WITHOUT_BODY, 204],
])('an answer %s is read to its end, and no further', (_, text, status) => {
  expect(readResponse(Buffer.from(text))).toEqual({ status, end: text.length });
  expect(readResponse(Buffer.from(`${text}HTTP/1.1 `))).toEqual({ status, end: text.length });
});

test.each([WITH_LENGTH, CHUNKED, WITHOUT_BODY])('no part of %j is an answer', (text) => {
  for (let length = 0; length < text.length; length++) {
    expect(readResponse(Buffer.from(text.slice(0, length)))).toBeUndefined();
  }
});
