import { once } from 'node:events';
import { createServer, type OutgoingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { RestSender } from '../src/driver/rest-sender.ts';

const LAST = { Connection: 'close' };
/** What was asked and not yet answered. */
const open: ServerResponse[] = [];
let server: Server;
let connections = 0;
let asked = 0;

beforeEach(async () => {
  open.length = 0;
  connections = 0;
  asked = 0;
  server = createServer((_, response) => {
    asked += 1;
    open.push(response);
  });
  server.on('connection', () => {
    connections += 1;
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
});

afterEach(async () => {
  const closed = once(server, 'close');
  server.close();
  await closed;
});

function senderOf(connectionsMax: number): { sender: RestSender; request: Buffer } {
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const request = Buffer.from('POST /send HTTP/1.1\r\nHost: bench\r\nContent-Length: 2\r\n\r\n{}');
  return { sender: new RestSender(new URL(`http://127.0.0.1:${port}`), connectionsMax), request };
}

function answerAll(headers: OutgoingHttpHeaders = {}): void {
  for (const response of open.splice(0)) response.writeHead(202, headers).end('{}');
}

test('no more is out at a time than there are connections; the rest follows over the same ones', async () => {
  const { sender, request } = senderOf(2);
  for (let count = 0; count < 5; count++) sender.send(request);
  for (const expected of [2, 4]) {
    await expect.poll(() => asked).toBe(expected);
    expect(open.length).toBe(2);
    answerAll();
  }
  await expect.poll(() => asked).toBe(5);
  expect(connections).toBe(2);
  answerAll(LAST);
  await expect.poll(() => sender.connections).toBe(1);
});

test('a connection that the server closed while nothing was out is opened again', async () => {
  const { sender, request } = senderOf(1);
  sender.send(request);
  await expect.poll(() => asked).toBe(1);
  answerAll(LAST);
  await expect.poll(() => sender.connections).toBe(0);
  sender.send(request);
  await expect.poll(() => asked).toBe(2);
  expect(connections).toBe(2);
  answerAll(LAST);
  await expect.poll(() => sender.connections).toBe(0);
});
