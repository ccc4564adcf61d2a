import { jsonHubProtocol } from '@signalite/protocol';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { hubTo, type ScriptedConnection, ScriptedServer, started } from '../../test/support/scripted-server.ts';
import { retryAfter } from './retry-policy.ts';

// The dialogues of client-protocol 4 and 7 ("resume").

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

const stateful = { isStateful: true };

/** A promise that the test settles. */
function gate() {
  let open = () => {};
  let fail = (_: Error) => {};
  const promise = new Promise<void>((resolve, reject) => {
    open = resolve;
    fail = reject;
  });
  return { promise, open, fail };
}

const flush = () => vi.advanceTimersByTimeAsync(0);
const invocation = (target: string) => expect.objectContaining({ type: 1, target });

describe('the handshake', () => {
  test('asks for version 2', async () => {
    const server = new ScriptedServer(stateful);
    await hubTo(server).start();
    expect((await server.connection(1)).drain()).toEqual([{ protocol: 'json', version: 2 }, { type: 6 }]);
  });

  test('asks for version 1 if the hub protocol has no more', async () => {
    const server = new ScriptedServer(stateful);
    await hubTo(server, { hubProtocol: { ...jsonHubProtocol, version: 1 } }).start();
    expect((await server.connection(1)).drain()[0]).toEqual({ protocol: 'json', version: 1 });
  });
});

describe('a lost socket', () => {
  test('is replaced, and both sides go on where they were', async () => {
    const { hub, connection } = await started({}, stateful);
    const events: unknown[] = [];
    hub.onclose((error) => events.push(error));
    hub.onreconnecting((error) => events.push(error));
    const one = hub.invoke('Echo', 'one');
    await connection.heard();
    connection.say({ type: 3, invocationId: '0', result: 'one' }, { type: 8, sequenceId: 1 });
    expect(await one).toBe('one');
    const two = hub.invoke('Slow', 1500);
    connection.drain();
    const { promise, open } = gate();
    connection.reopening = () => promise;
    connection.end(new Error('lost'));
    expect(hub.state).toBe('Connected');
    expect(hub.connectionId).toBe('c1');
    const three = hub.invoke('Echo', 'three');
    await flush();
    expect(connection.drain()).toEqual([]);
    open();
    await flush();
    expect(connection.drain()).toEqual([{ type: 9, sequenceId: 2 }, invocation('Slow'), invocation('Echo')]);
    connection.say(
      // Before the Sequence nothing counts.
      { type: 3, invocationId: '1', result: 'too early' },
      { type: 9, sequenceId: 1 },
      { type: 3, invocationId: '0', result: 'again' },
      { type: 8, sequenceId: 3 },
      { type: 3, invocationId: '1', result: 1500 },
      { type: 3, invocationId: '2', result: 'three' },
    );
    expect(await two).toBe(1500);
    expect(await three).toBe('three');
    await vi.advanceTimersByTimeAsync(1_000);
    expect(connection.drain()).toEqual([{ type: 8, sequenceId: 3 }]);
    expect(events).toEqual([]);
    await hub.send('Last');
    connection.drain();
    connection.end();
    await flush();
    expect(connection.drain()).toEqual([{ type: 9, sequenceId: 4 }, invocation('Last')]);
  });

  test('says the next number when everything was acknowledged', async () => {
    const { hub, connection } = await started({}, stateful);
    await hub.send('A');
    connection.say({ type: 8, sequenceId: 1 }, { type: 8, sequenceId: 1 }, { type: 8, sequenceId: 99 });
    connection.drain();
    connection.end();
    await flush();
    expect(connection.drain()).toEqual([{ type: 9, sequenceId: 2 }]);
  });

  test('takes half a message with it', async () => {
    const { hub, connection } = await started({}, stateful);
    const seen: unknown[] = [];
    hub.on('A', (value) => seen.push(value));
    connection.sayBytes('{"type":1,"target":"A","argum');
    connection.end();
    await flush();
    connection.say({ type: 9, sequenceId: 1 }, { type: 1, target: 'A', arguments: [1] });
    expect(seen).toEqual([1]);
  });

  test('does not hurt a send that was under way', async () => {
    const { hub, connection } = await started({}, stateful);
    const { promise, fail } = gate();
    connection.gate = promise;
    const sending = hub.send('A');
    connection.drain();
    fail(new Error('lost'));
    connection.gate = Promise.resolve();
    connection.end();
    await sending;
    await flush();
    expect(connection.drain()).toEqual([{ type: 9, sequenceId: 1 }, invocation('A')]);
  });

  test('may be lost again, as often as the server goes on', async () => {
    const { hub, connection } = await started({}, stateful);
    await hub.send('A');
    connection.drain();
    for (let index = 0; index < 5; index++) {
      connection.end();
      await flush();
      expect(connection.drain()).toEqual([{ type: 9, sequenceId: 1 }, invocation('A')]);
      connection.say({ type: 9, sequenceId: 1 });
    }
    expect(hub.state).toBe('Connected');
  });

  test('may be lost again before everything was sent', async () => {
    const { hub, connection } = await started({}, stateful);
    await hub.send('A');
    await hub.send('B');
    const { promise, fail } = gate();
    connection.gate = promise;
    connection.end();
    await flush();
    connection.say({ type: 9, sequenceId: 1 });
    connection.drain();
    connection.end();
    connection.gate = Promise.resolve();
    fail(new Error('lost'));
    await flush();
    expect(connection.drain()).toEqual([{ type: 9, sequenceId: 1 }, invocation('A'), invocation('B')]);
    expect(hub.state).toBe('Connected');
    connection.say({ type: 9, sequenceId: 1 }, { type: 8, sequenceId: 2 });
    await hub.send('C');
    expect(connection.drain()).toEqual([invocation('C')]);
  });

  test('may be lost again when everything was just sent', async () => {
    const { hub, connection } = await started({}, stateful);
    const [sending, reopening] = [gate(), gate()];
    connection.gate = sending.promise;
    connection.end();
    await flush();
    connection.say({ type: 9, sequenceId: 1 });
    connection.reopening = () => reopening.promise;
    connection.end();
    sending.open();
    await flush();
    connection.drain();
    await hub.send('A');
    const again = gate();
    connection.gate = again.promise;
    reopening.open();
    await flush();
    void hub.send('B');
    again.open();
    await flush();
    expect(connection.drain()).toEqual([{ type: 9, sequenceId: 1 }, invocation('A'), invocation('B')]);
  });

  test('is not wanted back once the connection was stopped', async () => {
    const { hub, connection } = await started({}, stateful);
    await hub.send('A');
    connection.drain();
    connection.reopening = async () => void hub.stop();
    connection.end();
    await flush();
    expect(hub.state).toBe('Disconnected');
    expect(connection.isClosed).toBe(true);
    expect(connection.drain()).toEqual([]);
  });

  test('sends only once what comes while it sends again', async () => {
    const { hub, connection } = await started({}, stateful);
    await hub.send('A');
    await hub.send('B');
    const { promise, open } = gate();
    connection.gate = promise;
    connection.drain();
    connection.end();
    await flush();
    expect(connection.drain()).toEqual([{ type: 9, sequenceId: 1 }]);
    void hub.send('C');
    connection.say({ type: 9, sequenceId: 1 }, { type: 8, sequenceId: 1 });
    open();
    await flush();
    expect(connection.drain()).toEqual([invocation('B'), invocation('C')]);
    await hub.send('D');
    expect(connection.drain()).toEqual([invocation('D')]);
  });

  test('drops pings and says goodbye to nobody while there is no socket', async () => {
    const { hub, connection } = await started({ serverTimeoutMs: 60_000 }, stateful);
    let aborted: unknown;
    connection.reopening = (signal) =>
      new Promise((_, reject) => {
        signal.addEventListener('abort', () => {
          aborted = signal.aborted;
          reject(signal.reason);
        });
      });
    connection.end();
    await vi.advanceTimersByTimeAsync(20_000);
    expect(connection.drain()).toEqual([]);
    await hub.stop();
    expect(aborted).toBe(true);
    expect(hub.state).toBe('Disconnected');
  });
});

describe('falls through to ordinary reconnect', () => {
  async function lost(act: (connection: ScriptedConnection) => void | Promise<void>) {
    const { hub, server, connection } = await started({ retryPolicy: retryAfter([0]) }, stateful);
    const reasons: unknown[] = [];
    hub.onreconnecting((error) => reasons.push(error));
    const waiting = expect(hub.invoke('A')).rejects.toMatchObject({ code: 'connection-closed' });
    await act(connection);
    await vi.advanceTimersByTimeAsync(1);
    await waiting;
    expect(hub.connectionId).toBe('c2');
    expect(server.connections).toHaveLength(2);
    const second = await server.connection(2);
    second.drain();
    await hub.send('B');
    expect(second.drain()).toEqual([invocation('B')]);
    second.end();
    await flush();
    expect(second.drain()).toEqual([{ type: 9, sequenceId: 1 }, invocation('B')]);
    return { reasons, connection };
  }

  test('when the new socket is refused, with the reason of the loss', async () => {
    const gone = new Error('gone');
    let attempts = 0;
    const { reasons } = await lost((connection) => {
      connection.reopening = () => {
        attempts += 1;
        return Promise.reject(new Error('404'));
      };
      connection.end(gone);
    });
    expect(attempts).toBe(1);
    expect(reasons).toEqual([gone]);
  });

  test('when the new socket ends before the server said where it goes on', async () => {
    await lost(async (connection) => {
      connection.end();
      await flush();
      connection.end();
    });
  });

  test('when the server says nothing for too long', async () => {
    const { reasons, connection } = await lost(async (first) => {
      first.end();
      await vi.advanceTimersByTimeAsync(20_000);
      // Pings are no answer.
      first.say({ type: 6 });
      await vi.advanceTimersByTimeAsync(10_000);
    });
    expect(reasons).toEqual([expect.objectContaining({ code: 'server-timeout' })]);
    expect(connection.isClosed).toBe(true);
  });

  test('when no new socket comes: the attempt is given up', async () => {
    let given: AbortSignal | undefined;
    await lost(async (connection) => {
      connection.reopening = (signal) => {
        given = signal;
        return new Promise(() => {});
      };
      connection.end();
      await vi.advanceTimersByTimeAsync(30_000);
    });
    expect(given?.aborted).toBe(true);
  });

  test('when the server skips messages', async () => {
    const { reasons } = await lost(async (connection) => {
      connection.say({ type: 3, invocationId: '77' });
      connection.end();
      await flush();
      connection.say({ type: 9, sequenceId: 3 });
    });
    expect(reasons).toEqual([expect.objectContaining({ code: 'protocol-error' })]);
  });

  test('when the client gives a silent server up: it does not knock at the old door', async () => {
    let attempts = 0;
    await lost(async (connection) => {
      connection.reopening = async () => {
        attempts += 1;
      };
      await vi.advanceTimersByTimeAsync(30_000);
    });
    expect(attempts).toBe(0);
  });

  test('when the server closes and allows it', async () => {
    let attempts = 0;
    await lost((connection) => {
      connection.reopening = async () => {
        attempts += 1;
      };
      connection.say({ type: 7, allowReconnect: true });
    });
    expect(attempts).toBe(0);
  });
});

test('a connection that is not stateful ends with its socket', async () => {
  const { hub, connection } = await started();
  connection.reopening = () => Promise.reject(new Error('not to be called'));
  connection.end();
  expect(hub.state).toBe('Disconnected');
});
