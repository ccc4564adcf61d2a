import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { hubTo, logged, ScriptedServer, started } from '../../test/support/scripted-server.ts';
import { SignalRClientError } from '../errors.ts';
import type { HubConnection } from './hub-connection.ts';
import { DEFAULT_RETRY_DELAYS_MS, type RetryContext, retryAfter } from './retry-policy.ts';

beforeEach(() => {
  vi.useFakeTimers();
  logged.length = 0;
});

afterEach(() => {
  vi.useRealTimers();
});

const reconnects = { retryPolicy: retryAfter(DEFAULT_RETRY_DELAYS_MS) };

/** Writes down what the connection tells its owner, with the state at that time. */
function record(hub: HubConnection): unknown[][] {
  const events: unknown[][] = [];
  hub.onclose((error) => events.push(['close', error, hub.state]));
  hub.onreconnecting((error) => events.push(['reconnecting', error, hub.state]));
  hub.onreconnected((id) => events.push(['reconnected', id, hub.state]));
  return events;
}

describe('start', () => {
  test('asks for version 1, and pings when the hub has answered', async () => {
    const server = new ScriptedServer();
    const hub = hubTo(server);
    expect(hub.state).toBe('Disconnected');
    expect(hub.connectionId).toBeUndefined();
    const starting = hub.start();
    expect(hub.state).toBe('Connecting');
    await starting;
    expect(hub.state).toBe('Connected');
    expect(hub.connectionId).toBe('c1');
    expect(hub.transport).toBe('WebSockets');
    expect((await server.connection(1)).drain()).toEqual([{ protocol: 'json', version: 1 }, { type: 6 }]);
  });

  test('sends no ping over a transport that keeps itself alive', async () => {
    const server = new ScriptedServer({ keepsItselfAlive: true });
    const hub = hubTo(server);
    await hub.start();
    const connection = await server.connection(1);
    expect(connection.drain()).toEqual([{ protocol: 'json', version: 1 }]);
    await vi.advanceTimersByTimeAsync(120_000);
    connection.say({ type: 6 });
    expect(connection.drain()).toEqual([]);
    expect(hub.state).toBe('Connected');
  });

  test('takes an answer in pieces, and messages that come with it', async () => {
    const server = new ScriptedServer({ handshake: undefined });
    const hub = hubTo(server);
    const seen: unknown[] = [];
    hub.on('A', (value) => seen.push([value, hub.connectionId]));
    hub.on('A', () => hub.send('B'));
    const starting = hub.start();
    const connection = await server.connection(1);
    await connection.heard();
    connection.sayBytes('{');
    connection.sayBytes('}\u001e{"type":1,"target":"A","arg');
    connection.sayBytes('uments":[1]}\u001e');
    expect(seen).toEqual([[1, 'c1']]);
    await starting;
    expect(await connection.heard()).toEqual({ type: 1, target: 'B', arguments: [] });
  });

  test.each([
    ['a refusal', '{"error":"no such protocol"}', 'no such protocol'],
    ['a hub message', '{"type":6}', 'no answer'],
    ['no object', 'null', 'no answer'],
    ['no JSON', 'what?', 'JSON'],
  ])('fails on %s', async (_, handshake, text) => {
    const server = new ScriptedServer({ handshake });
    const hub = hubTo(server, reconnects);
    const events = record(hub);
    const error = await hub.start().catch((reason: unknown) => reason);
    expect(error).toMatchObject({ name: 'SignalRClientError', code: 'handshake-failed' });
    expect(error).toHaveProperty('message', expect.stringContaining(text));
    expect(hub.state).toBe('Disconnected');
    expect((await server.connection(1)).closes).toBe(1);
    await expect(hub.invoke('A')).rejects.toMatchObject({ code: 'invalid-state' });
    expect(events).toEqual([]);
  });

  test('fails on an answer without an end', async () => {
    const server = new ScriptedServer({ handshake: undefined });
    const starting = expect(hubTo(server).start()).rejects.toMatchObject({ code: 'handshake-failed' });
    const connection = await server.connection(1);
    await connection.heard();
    connection.sayBytes(' '.repeat(70_000));
    await starting;
  });

  test('fails when the connection ends instead', async () => {
    const server = new ScriptedServer({ handshake: undefined });
    const hub = hubTo(server);
    const starting = expect(hub.start()).rejects.toMatchObject({ code: 'connection-closed' });
    const connection = await server.connection(1);
    await connection.heard();
    connection.end();
    await starting;
    const again = hub.start().catch((error: unknown) => error);
    const second = await server.connection(2);
    await second.heard();
    const lost = new SignalRClientError('transport-closed', 'x');
    second.end(lost);
    expect(await again).toBe(lost);
  });

  test('fails when nothing is answered in time, over every transport', async () => {
    for (const keepsItselfAlive of [true, false]) {
      const server = new ScriptedServer({ handshake: undefined, keepsItselfAlive });
      const hub = hubTo(server, { serverTimeoutMs: 5_000 });
      const starting = expect(hub.start()).rejects.toMatchObject({ code: 'server-timeout' });
      const connection = await server.connection(1);
      await vi.advanceTimersByTimeAsync(5_000);
      await starting;
      expect(connection.isClosed).toBe(true);
      expect(connection.drain()).toHaveLength(1);
    }
  });

  test('fails when a Close comes together with the answer', async () => {
    const server = new ScriptedServer({ handshake: '{}\u001e{"type":7,"error":"E"}' });
    const hub = hubTo(server, reconnects);
    const events = record(hub);
    await expect(hub.start()).rejects.toMatchObject({ code: 'server-closed', message: 'E' });
    expect(hub.state).toBe('Disconnected');
    expect(events).toEqual([]);
  });

  test('fails as the connection fails, without trying again', async () => {
    const refused = new SignalRClientError('negotiate-failed', 'no', { status: 401 });
    const server = new ScriptedServer(refused);
    const hub = hubTo(server, reconnects);
    await expect(hub.start()).rejects.toBe(refused);
    expect(hub.state).toBe('Disconnected');
    expect(server.protocols).toHaveLength(1);
  });

  test('works again after a failure, and after stop', async () => {
    const server = new ScriptedServer(new Error('first'), {});
    const hub = hubTo(server);
    await expect(hub.start()).rejects.toThrow('first');
    await hub.start();
    await hub.stop();
    await hub.start();
    expect(hub.connectionId).toBe('c2');
  });

  test('is refused in any other state', async () => {
    const { hub, connection } = await started(reconnects, {}, { handshake: undefined });
    const refused = { name: 'SignalRClientError', code: 'invalid-state' };
    await expect(hub.start()).rejects.toMatchObject({ ...refused, message: expect.stringContaining('Connected') });
    connection.end();
    expect(hub.state).toBe('Reconnecting');
    await expect(hub.start()).rejects.toMatchObject({ ...refused, message: expect.stringContaining('Reconnecting') });
    const stopping = hub.stop();
    expect(hub.state).toBe('Disconnecting');
    await expect(hub.start()).rejects.toMatchObject({ ...refused, message: expect.stringContaining('Disconnecting') });
    await stopping;
    const starting = hub.start().catch((error: unknown) => error);
    await expect(hub.start()).rejects.toMatchObject({ ...refused, message: expect.stringContaining('Connecting') });
    await hub.stop();
    await starting;
  });

  test('ends with its signal', async () => {
    const server = new ScriptedServer({ handshake: undefined });
    const hub = hubTo(server);
    const controller = new AbortController();
    const starting = hub.start({ signal: controller.signal }).catch((error: unknown) => error);
    const connection = await server.connection(1);
    await connection.heard();
    controller.abort('enough');
    expect(await starting).toBe('enough');
    expect(hub.state).toBe('Disconnected');
    expect(connection.isClosed).toBe(true);
    await expect(hub.start({ signal: controller.signal })).rejects.toBe('enough');
    expect(server.connections).toHaveLength(1);
  });

  test('ends with its signal, though the connection was just made', async () => {
    const server = new ScriptedServer();
    const controller = new AbortController();
    const hub = hubTo(server, {
      async open(hubProtocol, listener) {
        const connection = await server.open(hubProtocol, listener, new AbortController().signal);
        controller.abort('enough');
        return connection;
      },
    });
    await expect(hub.start({ signal: controller.signal })).rejects.toBe('enough');
    expect((await server.connection(1)).isClosed).toBe(true);
    expect(hub.state).toBe('Disconnected');
    await expect(hub.send('A')).rejects.toMatchObject({ code: 'invalid-state' });
  });

  test('lets the signal go when it is done', async () => {
    const server = new ScriptedServer();
    const hub = hubTo(server);
    const controller = new AbortController();
    await hub.start({ signal: controller.signal });
    controller.abort();
    await vi.advanceTimersByTimeAsync(0);
    expect(hub.state).toBe('Connected');
  });
});

describe('stop', () => {
  test('says goodbye and closes', async () => {
    const { hub, connection } = await started(reconnects);
    const events = record(hub);
    const stopping = hub.stop();
    expect(hub.state).toBe('Disconnecting');
    await Promise.all([stopping, hub.stop()]);
    expect(connection.drain()).toEqual([{ type: 7 }]);
    expect(connection.closes).toBe(1);
    expect(events).toEqual([['close', undefined, 'Disconnected']]);
    expect(hub.connectionId).toBeUndefined();
    await hub.stop();
    expect(events).toHaveLength(1);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('does not wait long for a transport that is stuck', async () => {
    const { hub, connection } = await started();
    connection.gate = new Promise(() => {});
    let isStopped = false;
    const stopping = hub.stop().then(() => {
      isStopped = true;
    });
    await vi.advanceTimersByTimeAsync(900);
    expect(isStopped).toBe(false);
    await vi.advanceTimersByTimeAsync(100);
    await stopping;
  });

  test('ends a start', async () => {
    const server = new ScriptedServer({ handshake: undefined });
    const hub = hubTo(server);
    const events = record(hub);
    const starting = hub.start().catch((error: unknown) => error);
    const connection = await server.connection(1);
    await connection.heard();
    await hub.stop();
    expect(hub.state).toBe('Disconnected');
    expect(await starting).toMatchObject({ code: 'stopped' });
    expect(connection.isClosed).toBe(true);
    expect(events).toEqual([]);
  });

  test('ends a start at once when negotiation has only begun', async () => {
    const server = new ScriptedServer();
    const hub = hubTo(server);
    const starting = hub.start().catch((error: unknown) => error);
    await hub.stop();
    expect(await starting).toMatchObject({ code: 'stopped' });
    expect(server.connections).toHaveLength(0);
  });

  test('ends a wait for the next attempt', async () => {
    const { hub, server, connection } = await started(reconnects, {}, new Error('down'));
    const events = record(hub);
    connection.end();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(server.protocols).toHaveLength(2);
    await hub.stop();
    expect(events).toEqual([
      ['reconnecting', undefined, 'Reconnecting'],
      ['close', undefined, 'Disconnected'],
    ]);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('ends an attempt to reconnect', async () => {
    const { hub, server, connection } = await started(reconnects, {}, { handshake: undefined });
    const events = record(hub);
    connection.end();
    await vi.advanceTimersByTimeAsync(0);
    const second = await server.connection(2);
    await second.heard();
    await hub.stop();
    expect(second.isClosed).toBe(true);
    expect(events.at(-1)).toEqual(['close', undefined, 'Disconnected']);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(server.connections).toHaveLength(2);
  });

  test('may be called by a callback that hears of a loss', async () => {
    const { hub, server, connection } = await started({ retryPolicy: retryAfter([5_000]) });
    const events = record(hub);
    let stopping: Promise<unknown> | undefined;
    hub.onreconnecting(() => {
      stopping = hub.stop().then(() => events.push(['stopped']));
    });
    connection.end();
    await vi.advanceTimersByTimeAsync(0);
    await stopping;
    expect(events.map(([name]) => name)).toEqual(['reconnecting', 'close', 'stopped']);
    expect(server.connections).toHaveLength(1);
    expect(vi.getTimerCount()).toBe(0);
  });
});

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

describe('automatic reconnect', () => {
  test('tries after 0, 2, 10 and 30 seconds, and gives up', async () => {
    const down = new Error('down');
    const { hub, server, connection } = await started(reconnects, {}, down);
    const events = record(hub);
    const attempts: number[] = [];
    const lostAt = performance.now();
    const open = server.protocols.push.bind(server.protocols);
    server.protocols.push = (...protocols) => {
      attempts.push(performance.now() - lostAt);
      return open(...protocols);
    };
    connection.end(new Error('lost'));
    await vi.advanceTimersByTimeAsync(60_000);
    expect(attempts).toEqual([0, 2_000, 12_000, 42_000]);
    expect(events).toEqual([
      ['reconnecting', new Error('lost'), 'Reconnecting'],
      ['close', down, 'Disconnected'],
    ]);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('stops trying when it works, and begins anew at the next loss', async () => {
    const { hub, server, connection } = await started(reconnects, {}, new Error('down'), new Error('down'), {});
    const events = record(hub);
    connection.end();
    await vi.advanceTimersByTimeAsync(11_999);
    expect(events).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(events).toHaveLength(2);
    (await server.connection(2)).end();
    await vi.advanceTimersByTimeAsync(0);
    expect(events.map(([name]) => name)).toEqual(['reconnecting', 'reconnected', 'reconnecting', 'reconnected']);
    expect(hub.connectionId).toBe('c3');
  });

  test('asks the policy, and tells it what it knows', async () => {
    const contexts: RetryContext[] = [];
    const retryPolicy = {
      nextDelay(context: RetryContext) {
        contexts.push(context);
        return contexts.length < 3 ? 100 * contexts.length : undefined;
      },
    };
    const down = new Error('down');
    const { connection } = await started({ retryPolicy }, {}, down);
    const lost = new Error('lost');
    connection.end(lost);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(contexts).toEqual([
      { previousRetryCount: 0, elapsedMs: 0, reason: lost },
      { previousRetryCount: 1, elapsedMs: 100, reason: down },
      { previousRetryCount: 2, elapsedMs: 300, reason: down },
    ]);
  });

  test('does not begin when the policy does not want to', async () => {
    const { hub, connection } = await started({ retryPolicy: { nextDelay: () => undefined } });
    const events = record(hub);
    const lost = new Error('lost');
    connection.end(lost);
    await vi.advanceTimersByTimeAsync(0);
    expect(events).toEqual([['close', lost, 'Disconnected']]);
  });

  test('takes a policy that throws for one that gives up', async () => {
    const fault = new Error('mine');
    const { hub, connection } = await started({
      retryPolicy: {
        nextDelay() {
          throw fault;
        },
      },
    });
    const events = record(hub);
    connection.end();
    await vi.advanceTimersByTimeAsync(0);
    expect(events).toEqual([['close', fault, 'Disconnected']]);
  });

  test('refuses calls meanwhile, and takes them afterwards under further ids', async () => {
    const { hub, server, connection } = await started({ retryPolicy: retryAfter([1_000]) });
    const first = expect(hub.invoke('A')).rejects.toMatchObject({ code: 'connection-closed' });
    connection.end();
    await first;
    await expect(hub.invoke('B')).rejects.toMatchObject({ code: 'invalid-state' });
    await vi.advanceTimersByTimeAsync(1_000);
    const second = await server.connection(2);
    second.drain();
    const result = hub.invoke('C');
    expect(await second.heard()).toMatchObject({ invocationId: '1', target: 'C' });
    second.say({ type: 3, invocationId: '1', result: 'ok' });
    expect(await result).toBe('ok');
  });

  test('counts an attempt whose handshake fails as failed', async () => {
    const { hub, connection } = await started(
      { retryPolicy: retryAfter([0, 1_000]) },
      {},
      { handshake: '{}\u001e{"type":7,"allowReconnect":true}' },
      {},
    );
    const events = record(hub);
    connection.end();
    await vi.advanceTimersByTimeAsync(500);
    expect(hub.state).toBe('Reconnecting');
    await vi.advanceTimersByTimeAsync(500);
    expect(events.map(([name, id]) => [name, id])).toEqual([
      ['reconnecting', undefined],
      ['reconnected', 'c3'],
    ]);
  });
});

describe('callbacks', () => {
  test('are called in order, until they are removed', async () => {
    const { hub, connection } = await started();
    const seen: string[] = [];
    hub.onclose(() => seen.push('first'));
    const remove = hub.onclose(() => seen.push('second'));
    hub.onclose(() => seen.push('third'));
    remove();
    connection.end();
    expect(seen).toEqual(['first', 'third']);
  });

  test('that throw do not disturb the others', async () => {
    const { hub, connection } = await started();
    const fault = new Error('mine');
    let isCalled = false;
    hub.onclose(() => {
      throw fault;
    });
    hub.onclose(() => {
      isCalled = true;
    });
    connection.end();
    expect(isCalled).toBe(true);
    expect(logged).toEqual([['callback', fault]]);
  });

  test('may start the connection again, and stop it', async () => {
    const server = new ScriptedServer();
    const hub = hubTo(server, {
      retryPolicy: { nextDelay: () => undefined },
      open: (hubProtocol, listener, signal) =>
        server.connections.length === 0
          ? server.open(hubProtocol, listener, signal)
          : new Promise((_, reject) => {
              signal.addEventListener('abort', () => setTimeout(reject, 10, signal.reason));
            }),
    });
    await hub.start();
    let restarting: Promise<unknown> | undefined;
    hub.onclose(() => {
      restarting = hub.start().catch((error: unknown) => error);
    });
    (await server.connection(1)).end();
    await vi.advanceTimersByTimeAsync(0);
    expect(hub.state).toBe('Connecting');
    const stopping = hub.stop().then(() => expect(hub.state).toBe('Disconnected'));
    await vi.advanceTimersByTimeAsync(10);
    await stopping;
    expect(await restarting).toMatchObject({ code: 'stopped' });
  });

  test('may start the connection again', async () => {
    const { hub, connection } = await started();
    let restarting: Promise<void> | undefined;
    hub.onclose(() => {
      restarting = hub.start();
    });
    connection.end();
    await restarting;
    expect(hub.connectionId).toBe('c2');
  });
});
