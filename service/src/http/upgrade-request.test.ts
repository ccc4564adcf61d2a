// service-protocol 7.2.
import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { expect, test } from 'vitest';
import { openingOf } from './upgrade-request.ts';

const NO_CHOICES = { claims: [], rawQuery: '', trustProxy: false };

/** A request with these header lines, from a peer at `address`. */
function requestWith(lines: readonly (readonly [string, string])[], address = '10.0.0.9'): IncomingMessage {
  const socket = new Socket();
  Object.defineProperty(socket, 'remoteAddress', { value: address });
  const request = new IncomingMessage(socket);
  request.rawHeaders = lines.flat();
  for (const [name, value] of lines) {
    const values = request.headersDistinct[name.toLowerCase()];
    request.headersDistinct[name.toLowerCase()] = [...(values ?? []), value];
  }
  return request;
}

test('headers of the request are told as they came, cookies too', () => {
  const request = requestWith([
    ['Host', 'chat.example'],
    ['Cookie', 'a=1'],
    ['cookie', 'b=2'],
    ['X-Mine', 'é'],
  ]);
  expect(openingOf(request, NO_CHOICES).headers).toEqual([
    { name: 'Host', values: ['chat.example'] },
    { name: 'Cookie', values: ['a=1', 'b=2'] },
    { name: 'X-Mine', values: ['é'] },
    { name: 'X-Forwarded-For', values: ['10.0.0.9'] },
  ]);
});

test.each([
  'Authorization',
  'Connection',
  'Upgrade',
  'Keep-Alive',
  'Transfer-Encoding',
  'Content-Length',
  'Sec-WebSocket-Key',
  'Asrs-Migrate-From',
  'X-ASRS-Server-Id',
  'asrs-is-diagnostic-client',
])('%s is kept back', (name) => {
  const { headers } = openingOf(requestWith([[name, 'x']]), NO_CHOICES);
  expect(headers.map((header) => header.name)).toEqual(['X-Forwarded-For']);
});

const SAID: readonly (readonly [string, string])[] = [
  ['X-Forwarded-For', '1.2.3.4'],
  ['x-forwarded-for', '5.6.7.8'],
];
test.each([
  { what: 'a peer', lines: [], address: '10.0.0.9', trustProxy: false, value: '10.0.0.9' },
  { what: 'a peer in mapped form', lines: [], address: '::ffff:10.0.0.9', trustProxy: false, value: '10.0.0.9' },
  { what: 'a peer with IPv6', lines: [], address: '::1', trustProxy: false, value: '::1' },
  { what: 'a peer that lies', lines: SAID, address: '10.0.0.9', trustProxy: false, value: '10.0.0.9' },
  { what: 'a trusted proxy', lines: SAID, address: '10.0.0.9', trustProxy: true, value: '1.2.3.4, 5.6.7.8, 10.0.0.9' },
  { what: 'a trusted proxy that says nothing', lines: [], address: '10.0.0.9', trustProxy: true, value: '10.0.0.9' },
])('the address behind $what', ({ lines, address, trustProxy, value }) => {
  const { headers } = openingOf(requestWith(lines, address), { ...NO_CHOICES, trustProxy });
  expect(headers).toEqual([{ name: 'X-Forwarded-For', values: [value] }]);
});

test('a diagnostic client is marked', () => {
  const claims = [{ type: 'asrs.s.dc', value: 'true' }];
  expect(openingOf(requestWith([]), { ...NO_CHOICES, claims }).headers).toContainEqual({
    name: 'Asrs-Is-Diagnostic-Client',
    values: ['true'],
  });
});
