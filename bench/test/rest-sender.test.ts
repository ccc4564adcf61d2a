import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { RestSender } from '../src/driver/rest-sender.ts';

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
  server.closeAllConnections();
  await closed;
});

function senderOf(connectionsMax: number): { sender: RestSender; request: Buffer } {
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const request = Buffer.from('POST /send HTTP/1.1\r\nHost: bench\r\nContent-Length: 2\r\n\r\n{}');
  return { sender: new RestSender(new URL(`http://127.0.0.1:${port}`), connectionsMax), request };
}

function answerAll(): void {
  for (const response of open.splice(0)) response.writeHead(202).end('{}');
}

test('no more is out at a time than there are connections; the rest follows over the same ones', async () => {
  const { sender, request } = senderOf(2);
  for (let count = 0; count < 5; count++) sender.send(request);
  for (const expected of [2, 4, 5]) {
    await expect.poll(() => asked).toBe(expected);
    expect(open.length).toBe(expected === 5 ? 1 : 2);
    answerAll();
  }
  expect(connections).toBe(2);
});

test('a connection that the server closed while nothing was out is opened again', async () => {
  const { sender, request } = senderOf(1);
  sender.send(request);
  await expect.poll(() => asked).toBe(1);
  answerAll();
  await expect.poll(closeIdle).toBe(0);
  sender.send(request);
  await expect.poll(() => asked).toBe(2);
  expect(connections).toBe(2);
});

/** Gives how many connections are left. */
function closeIdle(): Promise<number> {
  server.closeIdleConnections();
  return new Promise((resolve, reject) => {
    server.getConnections((error, count) => (error === null ? resolve(count) : reject(error)));
  });
}
