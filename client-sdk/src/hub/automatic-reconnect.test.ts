import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { hubTo, logged, record, ScriptedServer, started } from '../../test/support/scripted-server.ts';
import { DEFAULT_RETRY_DELAYS_MS, type RetryContext, retryAfter } from './retry-policy.ts';

beforeEach(() => {
  vi.useFakeTimers();
  logged.length = 0;
});

afterEach(() => {
  vi.useRealTimers();
});

const reconnects = { retryPolicy: retryAfter(DEFAULT_RETRY_DELAYS_MS) };

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
