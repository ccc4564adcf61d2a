import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { started } from '../../test/support/scripted-server.ts';

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

const stateful = { isStateful: true };
const flush = () => vi.advanceTimersByTimeAsync(0);

describe('acks', () => {
  test('come one second after the first of several messages, for all of them', async () => {
    const { connection } = await started({}, stateful);
    connection.say({ type: 1, target: 'A', arguments: [] }, { type: 6 }, { type: 3, invocationId: '9' });
    await vi.advanceTimersByTimeAsync(999);
    connection.say({ type: 2, invocationId: '9', item: 1 });
    expect(connection.drain()).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(connection.drain()).toEqual([{ type: 8, sequenceId: 3 }]);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(connection.drain()).toEqual([]);
    connection.say({ type: 1, target: 'A', arguments: [] });
    await vi.advanceTimersByTimeAsync(1_000);
    expect(connection.drain()).toEqual([{ type: 8, sequenceId: 4 }]);
  });
});

describe('the buffer', () => {
  const big = 'x'.repeat(600);

  test('lets senders wait at its bound, until acks make room', async () => {
    const { hub, connection } = await started({ bufferBytes: 1_000 }, stateful);
    const done: string[] = [];
    void hub.send('A', big).then(() => done.push('A'));
    void hub.send('B', big).then(() => done.push('B'));
    void hub.send('C', big).then(() => done.push('C'));
    await flush();
    expect(done).toEqual(['A']);
    // They are on their way nonetheless.
    expect(connection.drain()).toHaveLength(3);
    connection.say({ type: 8, sequenceId: 1 });
    await flush();
    expect(done).toEqual(['A']);
    connection.say({ type: 8, sequenceId: 2 });
    await flush();
    expect(done).toEqual(['A', 'B', 'C']);
    connection.say({ type: 8, sequenceId: 3 });
    await hub.send('D');
  });

  test('fails those that wait when the connection ends', async () => {
    const { hub, connection } = await started({ bufferBytes: 100 }, stateful);
    const waiting = expect(hub.send('A', big)).rejects.toMatchObject({ code: 'connection-closed' });
    connection.say({ type: 7 });
    await waiting;
  });

  test('lets a signal end the wait', async () => {
    const { hub } = await started({ bufferBytes: 100 }, stateful);
    const controller = new AbortController();
    const waiting = expect(hub.with({ signal: controller.signal }).send('A', big)).rejects.toBe('enough');
    controller.abort('enough');
    await waiting;
  });

  test('holds uploads back', async () => {
    const { hub, connection } = await started({ bufferBytes: 300 }, stateful);
    let asked = 0;
    async function* endless(): AsyncGenerator<number> {
      for (;;) yield ++asked;
    }
    void hub.send('Collect', endless()).catch(() => {});
    await flush();
    expect(asked).toBeGreaterThan(1);
    expect(asked).toBeLessThan(20);
    const before = asked;
    connection.say({ type: 8, sequenceId: before });
    await flush();
    expect(asked).toBeGreaterThan(before);
    await hub.stop();
  });

  test('leaves no timers behind', async () => {
    const { hub, connection } = await started({}, stateful);
    connection.say({ type: 1, target: 'A', arguments: [] });
    await hub.stop();
    expect(vi.getTimerCount()).toBe(0);
  });
});
