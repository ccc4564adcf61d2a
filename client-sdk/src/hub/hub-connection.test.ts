import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { hubTo, record, ScriptedServer, started } from '../../test/support/scripted-server.ts';
import { SignalRClientError } from '../errors.ts';
import { DEFAULT_RETRY_DELAYS_MS, retryAfter } from './retry-policy.ts';

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

const reconnects = { retryPolicy: retryAfter(DEFAULT_RETRY_DELAYS_MS) };

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
