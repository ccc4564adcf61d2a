import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { openWebSocket, USER_AGENT_HEADER } from './browser-web-socket.ts';
import type { WebSocketEnd } from './open-web-socket.ts';

/** As much of a browser's WebSocket as is used. */
class FakeWebSocket {
  static readonly OPEN = 1;
  static last: FakeWebSocket;
  readonly url: string;
  readonly sent: unknown[] = [];
  binaryType = 'blob';
  readyState = 1;
  bufferedAmount = 0;
  isClosing = false;
  onopen = () => {};
  onmessage = (_event: { data: unknown }) => {};
  onclose = (_event: WebSocketEnd) => {};

  constructor(url: string) {
    this.url = url;
    FakeWebSocket.last = this;
  }

  send(data: unknown): void {
    this.sent.push(data);
  }

  close(): void {
    this.isClosing = true;
  }
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('WebSocket', FakeWebSocket);
});

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

function opened(request: { url?: string; token?: string; isBinary?: boolean } = {}) {
  const heard: unknown[] = [];
  const { url = 'http://hub/chat?id=1', token, isBinary = false } = request;
  const socket = openWebSocket({ url, isBinary }, token, {
    opened: () => heard.push('opened'),
    received: (bytes) => heard.push(new TextDecoder().decode(bytes)),
    closed: ({ code, reason }) => heard.push([code, reason]),
  });
  return { socket, heard, fake: FakeWebSocket.last };
}

test.each([
  ['http://hub/chat?id=1', undefined, 'ws://hub/chat?id=1'],
  ['https://hub/chat?id=1', 'a+b=', 'wss://hub/chat?id=1&access_token=a%2Bb%3D'],
  ['http://hub/chat', 't', 'ws://hub/chat?access_token=t'],
])('the token travels in the query: %s with %s', (url, token, expected) => {
  expect(opened({ url, ...(token === undefined ? {} : { token }) }).fake.url).toBe(expected);
});

test('events of the socket are passed on', () => {
  const { fake, heard } = opened();
  expect(fake.binaryType).toBe('arraybuffer');
  fake.onopen();
  fake.onmessage({ data: 'tëxt' });
  fake.onmessage({ data: new TextEncoder().encode('bytes').buffer });
  fake.onclose({ code: 1001, reason: 'going' });
  expect(heard).toEqual(['opened', 'tëxt', 'bytes', [1001, 'going']]);
});

test('text protocols send text, binary ones bytes', async () => {
  const bytes = new TextEncoder().encode('tëxt');
  const text = opened();
  await text.socket.send(bytes);
  expect(text.fake.sent).toEqual(['tëxt']);
  const binary = opened({ isBinary: true });
  await binary.socket.send(bytes);
  expect(binary.fake.sent).toEqual([bytes]);
});

test('a send waits until not too much is buffered', async () => {
  const { socket, fake } = opened();
  fake.bufferedAmount = 2 * 1024 * 1024;
  let isTaken = false;
  const sent = socket.send(new Uint8Array(1)).then(() => {
    isTaken = true;
  });
  await vi.advanceTimersByTimeAsync(1000);
  expect(fake.sent.length).toBe(1);
  expect(isTaken).toBe(false);
  fake.bufferedAmount = 1024 * 1024;
  await vi.advanceTimersByTimeAsync(100);
  await sent;
});

test('a send does not wait for a socket that is closed', async () => {
  const { socket, fake } = opened();
  fake.bufferedAmount = 2 * 1024 * 1024;
  const sent = socket.send(new Uint8Array(1));
  fake.readyState = 3;
  await vi.advanceTimersByTimeAsync(100);
  await sent;
});

test('closing does not wait for a server that is silent', async () => {
  const { socket, fake, heard } = opened();
  socket.close();
  expect(fake.isClosing).toBe(true);
  await vi.advanceTimersByTimeAsync(1999);
  expect(heard).toEqual([]);
  await vi.advanceTimersByTimeAsync(1);
  expect(heard).toEqual([[1006, '']]);
});

test('pages cannot set User-Agent, so the client names itself in a header of its own', () => {
  expect(USER_AGENT_HEADER).toEqual({
    'X-SignalR-User-Agent': expect.stringMatching(/^@signalite\/client\/\d+\.\d+\.\d+ \(Browser\)$/),
  });
});
