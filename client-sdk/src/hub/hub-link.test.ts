import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { record, started } from '../../test/support/scripted-server.ts';
import { SignalRClientError } from '../errors.ts';
import { DEFAULT_RETRY_DELAYS_MS, retryAfter } from './retry-policy.ts';

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

const reconnects = { retryPolicy: retryAfter(DEFAULT_RETRY_DELAYS_MS) };

describe('what a server may do', () => {
  const closed1001 = new SignalRClientError('transport-closed', 'going', { status: 1001 });
  const serverClosed = expect.objectContaining({ code: 'server-closed', message: 'E' });
  const malformed = expect.objectContaining({
    code: 'protocol-error',
    cause: expect.any(Error),
  });
  type Act = (connection: Awaited<ReturnType<typeof started>>['connection']) => void;
  const cases: [string, Act, unknown, 'reconnects' | 'stays closed'][] = [
    ['ends in order without a Close', (connection) => connection.end(), undefined, 'reconnects'],
    ['ends with a code', (connection) => connection.end(closed1001), closed1001, 'reconnects'],
    ['sends Close', (connection) => connection.say({ type: 7 }), undefined, 'stays closed'],
    [
      'sends Close with an error',
      (connection) => connection.say({ type: 7, error: 'E' }),
      serverClosed,
      'stays closed',
    ],
    [
      'sends Close with an error and allowReconnect',
      (connection) => connection.say({ type: 7, error: 'E', allowReconnect: true }),
      serverClosed,
      'reconnects',
    ],
    [
      'sends Close with allowReconnect',
      (connection) => connection.say({ type: 7, allowReconnect: true }),
      undefined,
      'reconnects',
    ],
    ['sends broken JSON', (connection) => connection.sayBytes('garbage\u001e'), malformed, 'reconnects'],
    ['sends no object', (connection) => connection.say([1]), malformed, 'reconnects'],
  ];

  test.each(cases)('%s: without automatic reconnect', async (_, act, error) => {
    const { hub, server, connection } = await started();
    const events = record(hub);
    act(connection);
    expect(events).toEqual([['close', error, 'Disconnected']]);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(connection.isClosed).toBe(true);
    expect(server.connections).toHaveLength(1);
  });

  test.each(cases)('%s: with automatic reconnect', async (_, act, error, outcome) => {
    const { hub, connection } = await started(reconnects);
    const events = record(hub);
    act(connection);
    await vi.advanceTimersByTimeAsync(0);
    expect(connection.isClosed).toBe(true);
    expect(events).toEqual(
      outcome === 'reconnects'
        ? [
            ['reconnecting', error, 'Reconnecting'],
            ['reconnected', 'c2', 'Connected'],
          ]
        : [['close', error, 'Disconnected']],
    );
  });

  test('says goodbye to a Close for good', async () => {
    const { connection } = await started(reconnects);
    connection.say({ type: 7 });
    expect(connection.drain()).toEqual([{ type: 7 }]);
  });

  test('unknown types, and sequences and acks that nobody asked for, are ignored', async () => {
    const { hub, connection } = await started();
    const seen: unknown[] = [];
    hub.on('A', (value) => seen.push(value));
    connection.say(
      { type: 99, secret: 1 },
      { type: 9, sequenceId: 12 },
      { type: 8, sequenceId: 12 },
      { type: 6 },
      { type: 1, target: 'A', arguments: [1] },
    );
    expect(seen).toEqual([1]);
    expect(hub.state).toBe('Connected');
  });

  test('what comes after the end is ignored', async () => {
    const { hub, connection } = await started();
    const events = record(hub);
    const seen: unknown[] = [];
    hub.on('A', (value) => seen.push(value));
    connection.say({ type: 7, allowReconnect: true }, { type: 1, target: 'A', arguments: [1] });
    connection.say({ type: 1, target: 'A', arguments: [2] });
    connection.end(new Error('late'));
    expect(seen).toEqual([]);
    expect(events).toHaveLength(1);
  });
});

describe('keep-alive', () => {
  test('pings when nothing else was sent for the interval', async () => {
    const { hub, connection } = await started();
    await vi.advanceTimersByTimeAsync(10_000);
    connection.say({ type: 6 });
    await hub.send('A');
    connection.drain();
    await vi.advanceTimersByTimeAsync(14_999);
    expect(connection.drain()).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(connection.drain()).toEqual([{ type: 6 }]);
    connection.say({ type: 6 });
    await vi.advanceTimersByTimeAsync(15_000);
    expect(connection.drain()).toEqual([{ type: 6 }]);
  });

  test('pings on what arrives when timers are late', async () => {
    const { connection } = await started();
    const late = performance.now() + 20_000;
    vi.spyOn(performance, 'now').mockReturnValue(late);
    connection.say({ type: 6 });
    connection.say({ type: 6 });
    expect(connection.drain()).toEqual([{ type: 6 }]);
    vi.restoreAllMocks();
  });

  test('gives a silent server up', async () => {
    const { hub, connection } = await started();
    const events = record(hub);
    const waiting = expect(hub.invoke('Slow')).rejects.toMatchObject({ cause: { code: 'server-timeout' } });
    await vi.advanceTimersByTimeAsync(20_000);
    connection.sayBytes('{"type"');
    await vi.advanceTimersByTimeAsync(29_999);
    expect(events).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(events).toEqual([['close', expect.objectContaining({ code: 'server-timeout' }), 'Disconnected']]);
    expect(connection.isClosed).toBe(true);
    await waiting;
    expect(vi.getTimerCount()).toBe(0);
  });

  test('reconnects after a server timeout', async () => {
    const { hub } = await started(reconnects);
    const events = record(hub);
    await vi.advanceTimersByTimeAsync(30_001);
    expect(events).toEqual([
      ['reconnecting', expect.objectContaining({ code: 'server-timeout' }), 'Reconnecting'],
      ['reconnected', 'c2', 'Connected'],
    ]);
  });

  test('follows times that are changed, and bears endless ones', async () => {
    const { hub, connection } = await started({ serverTimeoutMs: Number.POSITIVE_INFINITY });
    hub.keepAliveIntervalMs = 1_000;
    await vi.advanceTimersByTimeAsync(15_000);
    expect(connection.drain()).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(connection.drain()).toHaveLength(10);
    hub.keepAliveIntervalMs = Number.POSITIVE_INFINITY;
    const timers = vi.spyOn(globalThis, 'setTimeout');
    await vi.advanceTimersByTimeAsync(100_000);
    expect(timers.mock.calls.length).toBeLessThan(3);
    expect(connection.drain().length).toBeLessThan(2);
    vi.restoreAllMocks();
    expect(hub.state).toBe('Connected');
  });
});
