import { expect } from 'vitest';
import type { HttpAnswer } from './http-request.ts';

export const BINARY = 'application/octet-stream';
export const NO_CONNECTION = 'No Connection with that ID';
/** On every answer to a poll. */
export const NO_CACHE = {
  'cache-control': 'no-cache, no-store',
  pragma: 'no-cache',
  expires: 'Thu, 01 Jan 1970 00:00:00 GMT',
};

/** An answer with hub messages. */
export function expectData({ status, headers, text, bytes }: HttpAnswer, expected: string): void {
  expect({ status, text }).toEqual({ status: 200, text: expected });
  expect(headers).toMatchObject({ ...NO_CACHE, 'content-type': BINARY, 'content-length': `${bytes.length}` });
  expect(headers).not.toHaveProperty('content-encoding');
}

/** The answer to a poll that another one replaced, or that came after the end. */
export function expectOver({ status, headers, text }: HttpAnswer): void {
  expect({ status, text }).toEqual({ status: 204, text: '' });
  expect(headers).toMatchObject({ ...NO_CACHE, 'content-type': 'text/plain' });
  expect(headers).not.toHaveProperty('content-length');
}

/** The answer to a poll of a connection that is forgotten. */
export function expectGone({ status, headers, text }: HttpAnswer): void {
  expect({ status, text }).toEqual({ status: 404, text: NO_CONNECTION });
  expect(headers).toMatchObject(NO_CACHE);
  expect(headers['content-type']).toMatch(/^text\/plain/);
}
