// The control port on its sockets: HTTP and HTTPS on one port, and who may speak to it (control-plane 0.1).

import { createServer as createHttpServer } from 'node:http';
import { request } from 'node:https';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { beforeAll, describe, expect, test } from 'vitest';
import { developmentCertificate } from '../../src/cli/development-certificate.ts';
import { type ControlAppOptions, createControlApp } from '../../src/control-plane/control-app.ts';
import { type ControlListenerOptions, listenControl } from '../../src/control-plane/control-listener.ts';
import { TwoSchemes } from '../../src/control-plane/two-schemes.ts';
import { temporaryFolder } from '../support/host-scene.ts';
import { httpRequest } from '../support/http-request.ts';
import { opened } from '../support/scene.ts';
import { FakeResources } from './fake-resources.ts';

const LIST = '/subscriptions/0/providers/Microsoft.SignalRService/signalR?api-version=2023-02-01';
let pem = { cert: '', key: '' };

beforeAll(async () => {
  pem = await developmentCertificate(await temporaryFolder());
});

async function open(options: Partial<ControlListenerOptions> = {}, limits: Partial<ControlAppOptions> = {}) {
  const app = createControlApp({ resources: new FakeResources(), ...limits });
  const listener = await listenControl(app, { host: '127.0.0.1', port: 0, ...options });
  opened.push(listener);
  return listener;
}

const address = ({ port }: { readonly port: number }) => ({ port, url: '', connectionString: '' });

/** Over TLS, with nothing trusted but the certificate of these tests. */
function secureRequest(port: number): Promise<{ status: number | undefined; body: string }> {
  return new Promise((resolve, reject) => {
    const outgoing = request({ host: '127.0.0.1', port, path: LIST, ca: pem.cert, agent: false }, (response) => {
      text(response).then((body) => resolve({ status: response.statusCode, body }), reject);
    });
    outgoing.on('error', reject).end();
  });
}

/** Of a PUT with a body of so many bytes. */
function putHead(length: number): string {
  const path = '/subscriptions/0/resourceGroups/g/providers/Microsoft.SignalRService/signalR/mine';
  return `PUT ${path}?api-version=2023-02-01 HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${length}\r\n\r\n`;
}

/** What comes until `end` is in it. */
async function textUntil(socket: Socket, end: string): Promise<string> {
  let received = '';
  for await (const chunk of socket.iterator({ destroyOnReturn: false })) {
    received += String(chunk);
    if (received.includes(end)) break;
  }
  return received;
}

describe('the control port', () => {
  test('speaks HTTP and HTTPS on one port', async () => {
    let made = 0;
    const listener = await open({
      certificate: async () => {
        made++;
        return pem;
      },
    });
    expect(listener.url).toBe(`http://127.0.0.1:${listener.port}`);
    const plain = await httpRequest(address(listener), { path: LIST });
    expect(plain).toMatchObject({ status: 200, text: '{"value":[]}' });
    expect(made).toBe(0);
    const secure = await Promise.all([secureRequest(listener.port), secureRequest(listener.port)]);
    expect(secure).toEqual(Array.from({ length: 2 }, () => ({ status: 200, body: '{"value":[]}' })));
    expect(made).toBe(1);
  });

  test('hangs up on TLS without a certificate, and says when one cannot be used', async () => {
    const faults: string[] = [];
    const none = await open();
    await expect(secureRequest(none.port)).rejects.toThrow();
    const broken = await open({
      certificate: async () => ({ cert: 'nonsense', key: 'nonsense' }),
      onFault: (message) => faults.push(message),
    });
    await expect(secureRequest(broken.port)).rejects.toThrow();
    expect(faults).toEqual([expect.stringMatching(/cannot speak HTTPS.*Check the certificate/)]);
    expect((await httpRequest(address(broken), { path: LIST })).status).toBe(200);
  });

  test.each([
    { headers: { host: 'evil.example' }, status: 403 },
    { headers: { origin: 'http://evil.example' }, status: 403 },
    { headers: { host: 'a b' }, status: 400 },
  ])('refuses $headers', async ({ headers, status }) => {
    const answer = await httpRequest(address(await open()), { path: LIST, headers: { ...headers } });
    expect(answer.status).toBe(status);
    expect(JSON.parse(answer.text)).toMatchObject({ error: { code: expect.any(String), message: expect.any(String) } });
  });

  test('takes a body that comes in pieces', async () => {
    const listener = await open();
    const body = JSON.stringify({ type: 'Microsoft.SignalRService/SignalR', name: 'mine' });
    const path = '/subscriptions/0/providers/Microsoft.SignalRService/locations/x/checkNameAvailability';
    const head = `POST ${path}?api-version=2023-02-01 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: ${body.length}\r\n\r\n`;
    const socket = connect(listener.port, '127.0.0.1');
    for (const piece of [head.slice(0, 1), head.slice(1, 40), head.slice(40), body.slice(0, 10), body.slice(10)]) {
      await new Promise((resolve) => socket.write(piece, resolve));
      await new Promise(setImmediate);
    }
    expect(await text(socket)).toContain('{"nameAvailable":true}');
  });

  test('refuses a body that is too large before all of it is there', async () => {
    const listener = await open();
    const socket = connect(listener.port, '127.0.0.1');
    socket.write(`${putHead(3_000_000)}${'x'.repeat(2_000_000)}`);
    expect(await textUntil(socket, '}}')).toMatch(/^HTTP\/1.1 413 .*"RequestTooLarge"/s);
    socket.destroy();
    expect((await httpRequest(address(listener), { path: LIST })).status).toBe(200);
  });

  test('refuses a body that does not come', async () => {
    const listener = await open({}, { bodyTimeoutMs: 20 });
    const socket = connect(listener.port, '127.0.0.1');
    socket.write(`${putHead(100)}{`);
    expect(await textUntil(socket, '}}')).toMatch(/^HTTP\/1.1 408 .*"RequestTimeout"/s);
    socket.destroy();
  });

  test.each(['0.0.0.0', '192.168.1.2', 'example.com'])('does not listen on %s', async (host) => {
    await expect(open({ host })).rejects.toMatchObject({
      code: 'invalid-option',
      message: expect.stringContaining(host),
    });
  });

  test('says how to choose another port when its own is taken', async () => {
    const { port } = await open();
    await expect(open({ port })).rejects.toMatchObject({
      code: 'address-in-use',
      message: expect.stringContaining('--control-port'),
    });
  });

  test('closes with its connections, those that said nothing too', async () => {
    const listener = await open();
    const socket = connect(listener.port, '127.0.0.1');
    await new Promise((resolve) => socket.once('connect', resolve));
    const ended = new Promise((resolve) => socket.once('close', resolve));
    await httpRequest(address(listener), { path: '/' });
    await Promise.all([listener.close(), listener.close()]);
    await ended;
    await expect(httpRequest(address(listener), { path: '/' })).rejects.toThrow('ECONNREFUSED');
  });
});

test('a request that never ends is ended, although its server does not listen itself', async () => {
  const limits = { headersTimeout: 20, requestTimeout: 20, connectionsCheckingInterval: 5 };
  const http = createHttpServer(limits);
  const schemes = new TwoSchemes({ http, https: undefined, onFault: undefined });
  const front = createServer((socket) => schemes.take(socket));
  await new Promise<void>((resolve) => front.listen(0, '127.0.0.1', resolve));
  opened.push({
    async [Symbol.asyncDispose]() {
      schemes.drop();
      await new Promise((resolve) => front.close(resolve));
    },
  });
  const { port } = front.address() as AddressInfo;
  const socket = connect(port, '127.0.0.1');
  socket.write('GET / HTTP/1.1\r\nHost: loc');
  expect(await text(socket)).toContain('408 Request Timeout');
});
