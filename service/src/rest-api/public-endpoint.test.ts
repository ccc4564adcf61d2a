// rest-api 7.5.
import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { expect, test } from 'vitest';
import { publicEndpointOf } from './public-endpoint.ts';

function endpointOf(headers: Record<string, string | undefined>, socket = new Socket()): string {
  const request = new IncomingMessage(socket);
  Object.assign(request.headers, headers);
  return publicEndpointOf(request);
}

test.each([
  [{ host: 'localhost:8888' }, 'http://localhost:8888'],
  [{ host: '[::1]:8888' }, 'http://[::1]:8888'],
  [{}, 'http://localhost'],
  [{ host: 'a:1', 'x-forwarded-proto': 'https', 'x-forwarded-host': 'public.example' }, 'https://public.example'],
  [{ host: 'a:1', 'x-forwarded-proto': 'https' }, 'https://a:1'],
  [{ host: 'a:1', 'x-forwarded-host': 'b.example:444, c.example' }, 'http://b.example:444'],
  [{ host: 'a:1', 'x-forwarded-proto': 'HTTPS, http', 'x-forwarded-host': '' }, 'https://a:1'],
  [{ host: 'a:1', 'x-forwarded-proto': 'javascript' }, 'http://a:1'],
  [{ host: 'a:1', 'x-forwarded-host': 'b.example/path' }, 'http://a:1'],
  [{ host: 'a:1', 'x-forwarded-host': 'b example' }, 'http://a:1'],
])('%j', (headers, endpoint) => {
  expect(endpointOf(headers)).toBe(endpoint);
});

test('over TLS', () => {
  expect(endpointOf({ host: 'localhost:8888' }, new TLSSocket(new Socket()))).toBe('https://localhost:8888');
});
