import type { DecodedServiceMessage } from '@signalite/protocol/service';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { FakeWebSocket } from '../../test/support/fake-web-socket.ts';
import { ServerConnection, type ServerConnectionHost } from './server-connection.ts';

const HANDSHAKE = { type: 1, version: 1, connectionType: 0, target: '', migrationLevel: 0 } as const;
const NEVER = new AbortController().signal;

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

function create(maximumSendBufferBytes = 1000) {
  const webSocket = new FakeWebSocket();
  const received: DecodedServiceMessage[] = [];
  const closed: string[] = [];
  const faults: unknown[] = [];
  const host: ServerConnectionHost = {
    now: Date.now,
    maximumSendBufferBytes,
    handshake: HANDSHAKE,
    received: (_connection, message) => {
      if (message.type === 15) throw new Error('unforeseen');
      received.push(message);
    },
    faulted: (_connection, error) => faults.push(error),
    closed: (_connection, reason) => closed.push(reason),
    counts: () => ({ clientsInHub: 7, clients: 3 }),
  };
  const connection = new ServerConnection(
    webSocket.asWebSocket,
    { hub: 'chat', endpoint: 'e', serverConnectionId: 'c' },
    host,
  );
  return { connection, webSocket, received, closed, faults };
}

async function open(maximumSendBufferBytes?: number) {
  const parts = create(maximumSendBufferBytes);
  const shaken = parts.connection.shakeHands(NEVER);
  parts.webSocket.receive({ type: 2 });
  await shaken;
  await vi.advanceTimersByTimeAsync(0);
  parts.webSocket.sent();
  parts.webSocket.frames.length = 0;
  return parts;
}

const note = (text: string) => ({ type: 3, values: ['note', text] }) as const;

describe('the service handshake', () => {
  test('is asked at once', async () => {
    const { connection, webSocket } = create();
    void connection.shakeHands(NEVER).catch(() => undefined);
    await vi.advanceTimersByTimeAsync(0);
    expect(webSocket.sent()).toEqual([HANDSHAKE]);
    expect(connection.isOpen).toBe(false);
  });

  test('has a deadline of fifteen seconds', async () => {
    const { connection, closed } = create();
    const shaken = connection.shakeHands(NEVER);
    const failed = expect(shaken).rejects.toThrow('the service did not answer the handshake in time');
    await vi.advanceTimersByTimeAsync(15_000);
    await failed;
    expect(closed).toEqual([]);
  });

  test('ends when the app server does', async () => {
    const { connection } = create();
    await expect(connection.shakeHands(AbortSignal.abort())).rejects.toThrow('the app server closes');
  });
});

describe('keeping alive', () => {
  test('a ping answers what comes, every five seconds at most', async () => {
    const { webSocket } = await open();
    webSocket.receive(note('a'));
    await vi.advanceTimersByTimeAsync(4999);
    webSocket.receive(note('b'));
    await vi.advanceTimersByTimeAsync(0);
    expect(webSocket.sent()).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    webSocket.receive(note('c'));
    await vi.advanceTimersByTimeAsync(0);
    expect(webSocket.sent()).toEqual([{ type: 3, values: ['#clientInHub', '7', '#client', '3'] }]);
  });

  test('thirty seconds of silence are the end', async () => {
    const { connection, webSocket, closed } = await open();
    await vi.advanceTimersByTimeAsync(20_000);
    webSocket.receive(note('a'));
    await vi.advanceTimersByTimeAsync(29_999);
    connection.sweep();
    expect(connection.isOpen).toBe(true);
    await vi.advanceTimersByTimeAsync(1);
    connection.sweep();
    expect(closed).toEqual(['the service was silent for too long (1006)']);
  });
});

test('a failure that nobody foresaw ends the connection, and nothing else', async () => {
  const { webSocket, closed, faults, received } = await open();
  webSocket.receive(note('a'), { type: 15, message: 'x' }, note('b'));
  expect(received).toEqual([note('a')]);
  expect(faults).toEqual([new Error('unforeseen')]);
  expect(closed).toEqual(['handling a message failed (1006)']);
});

describe('sending', () => {
  test('what is appended in one turn is one frame, copied out', async () => {
    const { connection, webSocket } = await open();
    connection.append(note('a'));
    connection.append(note('b'));
    expect(webSocket.frames).toEqual([]);
    await vi.advanceTimersByTimeAsync(0);
    const [frame] = webSocket.frames;
    const before = Buffer.from(frame ?? []).toString('hex');
    connection.append(note('c'));
    await vi.advanceTimersByTimeAsync(0);
    expect(webSocket.frames).toHaveLength(2);
    expect(Buffer.from(frame ?? []).toString('hex')).toBe(before);
    expect(webSocket.sent()).toEqual([note('a'), note('b'), note('c')]);
  });

  test('over the bound there is congestion, and clients are not read, until half is free', async () => {
    const { connection, webSocket } = await open(1000);
    webSocket.takes = false;
    connection.append(note('x'.repeat(600)));
    await vi.advanceTimersByTimeAsync(0);
    expect([connection.congestion, webSocket.isPaused]).toEqual([undefined, false]);
    connection.append(note('x'.repeat(600)));
    expect([connection.congestion === undefined, webSocket.isPaused, connection.isOverfull]).toEqual([
      false,
      true,
      false,
    ]);
    let hasRoom = false;
    void connection.congestion?.then(() => {
      hasRoom = true;
    });
    connection.append(note('x'.repeat(900)));
    await vi.advanceTimersByTimeAsync(0);
    expect([hasRoom, connection.isOverfull]).toEqual([false, true]);
    webSocket.take();
    await vi.advanceTimersByTimeAsync(0);
    expect([hasRoom, webSocket.isPaused, connection.isOverfull]).toEqual([true, false, false]);
  });

  test('congestion ends with the connection', async () => {
    const { connection, webSocket } = await open(100);
    webSocket.takes = false;
    connection.append(note('x'.repeat(600)));
    const { congestion } = connection;
    expect(congestion).toBeDefined();
    webSocket.end(1006);
    await congestion;
  });

  test('a long turn can be waited out', async () => {
    const { connection } = await open(1_000_000);
    connection.append(note('short'));
    expect(connection.endOfTurn).toBeUndefined();
    connection.append(note('x'.repeat(70_000)));
    const end = connection.endOfTurn;
    expect(end).toBeDefined();
    await vi.advanceTimersByTimeAsync(0);
    await end;
    expect(connection.endOfTurn).toBeUndefined();
  });

  test('nothing after it was stopped', async () => {
    const { connection, webSocket } = await open();
    connection.stopSending();
    connection.append(note('a'));
    connection.appendData(new Uint8Array([0xa1, 0x63]), new Uint8Array(1), 2);
    await vi.advanceTimersByTimeAsync(0);
    expect(webSocket.frames).toEqual([]);
  });
});

describe('leaving', () => {
  test('is announced again every five seconds, until the service agrees', async () => {
    const { connection, webSocket } = await open();
    const left = connection.announceShutdown('fin:0');
    await vi.advanceTimersByTimeAsync(10_001);
    expect(webSocket.sent()).toHaveLength(3);
    connection.left();
    await left;
    await vi.advanceTimersByTimeAsync(10_000);
    expect(webSocket.sent()).toEqual([]);
  });

  test('is over when the service is gone', async () => {
    const { connection, webSocket } = await open();
    const left = connection.announceShutdown('fin:0');
    webSocket.end(1006);
    await left;
  });

  test('closes with 1000, behind what waits', async () => {
    const { connection, webSocket, closed } = await open();
    connection.append(note('last'));
    const done = connection.close('the app server closes');
    expect(webSocket.sent()).toEqual([note('last')]);
    expect(webSocket.closeCode).toBe(1000);
    webSocket.end(1000);
    await done;
    expect(closed).toEqual(['the app server closes (1000)']);
    await connection.close('again');
  });

  test('drops a socket that does not close within five seconds', async () => {
    const { connection, closed } = await open();
    const done = connection.close('the app server closes');
    await vi.advanceTimersByTimeAsync(5000);
    await done;
    expect(closed).toEqual(['the app server closes (1006)']);
  });
});
