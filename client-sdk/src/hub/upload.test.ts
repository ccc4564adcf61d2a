import { describe, expect, test } from 'vitest';
import { type ScriptedConnection, started } from '../../test/support/scripted-server.ts';
import { idle, numbers, source } from '../../test/support/uploads.ts';

describe('uploads', () => {
  test('take their ids first, leave the arguments, and end with a completion', async () => {
    const { hub, connection } = await started();
    const result = hub.invoke('Weave', numbers(2), 5, numbers(1));
    expect(await connection.heard()).toEqual({
      type: 1,
      invocationId: '2',
      target: 'Weave',
      arguments: [5],
      streamIds: ['0', '1'],
    });
    const heard = [];
    for (let index = 0; index < 5; index++) heard.push(await connection.heard());
    expect(heard.filter(({ invocationId }) => invocationId === '0')).toEqual([
      { type: 2, invocationId: '0', item: 1 },
      { type: 2, invocationId: '0', item: 2 },
      { type: 3, invocationId: '0' },
    ]);
    expect(heard.filter(({ invocationId }) => invocationId === '1')).toEqual([
      { type: 2, invocationId: '1', item: 1 },
      { type: 3, invocationId: '1' },
    ]);
    connection.say({ type: 3, invocationId: '2', result: 'ok' });
    expect(await result).toBe('ok');
  });

  test('go with streams and with sends', async () => {
    const { hub, connection } = await started();
    hub.stream('Pipe', numbers(1));
    await hub.send('Collect', numbers(1));
    expect(await connection.heard()).toMatchObject({ type: 4, invocationId: '1', streamIds: ['0'] });
    expect(await connection.heard()).toEqual({ type: 1, target: 'Collect', arguments: [], streamIds: ['2'] });
    const rest = [];
    for (let index = 0; index < 4; index++) rest.push(await connection.heard());
    expect(rest).toContainEqual({ type: 3, invocationId: '0' });
    expect(rest).toContainEqual({ type: 3, invocationId: '2' });
  });

  test('web streams are uploaded too, in browsers that cannot iterate over them', async () => {
    const { hub, connection } = await started();
    const { stream, give, end } = source();
    void hub.send('Collect', { getReader: () => stream.getReader() });
    await connection.heard();
    give('x');
    expect(await connection.heard()).toEqual({ type: 2, invocationId: '0', item: 'x' });
    end();
    expect(await connection.heard()).toEqual({ type: 3, invocationId: '0' });
  });

  test('ask for an item when the last one was taken', async () => {
    const { hub, connection } = await started();
    let asked = 0;
    async function* counted(): AsyncGenerator<number> {
      for (;;) yield ++asked;
    }
    await hub.send('Collect', counted());
    connection.gate = new Promise(() => {});
    await connection.heard();
    await connection.heard();
    await Promise.resolve();
    expect(asked).toBeLessThanOrEqual(2);
  });

  test('tell the hub why they broke off', async () => {
    const { hub, connection } = await started();
    const { stream, give, fail } = source();
    const result = hub.invoke('Sum', stream);
    await connection.heard();
    give(1);
    await connection.heard();
    fail(new Error('no more'));
    expect(await connection.heard()).toEqual({ type: 3, invocationId: '0', error: 'no more' });
    connection.say({ type: 3, invocationId: '1', error: 'client failed' });
    await expect(result).rejects.toThrow('client failed');
  });

  test('tell the hub when an item cannot be encoded', async () => {
    const { hub, connection } = await started();
    const circle: unknown[] = [];
    circle.push(circle);
    const { stream, give, isCanceled } = source();
    void hub.send('Sum', stream);
    await connection.heard();
    give(circle);
    expect(await connection.heard()).toMatchObject({ type: 3, invocationId: '0', error: expect.any(String) });
    await expect.poll(isCanceled).toBe(true);
  });

  test.each([
    [
      'the hub has answered',
      (connection: ScriptedConnection) => connection.say({ type: 3, invocationId: '1', result: 0 }),
    ],
    ['the connection is lost', (connection: ScriptedConnection) => connection.end()],
  ])('stop when %s, though the source is idle', async (_, act) => {
    const { hub, connection } = await started();
    const { iterable, begun, isReturned } = idle();
    const result = hub.invoke('First', iterable).catch(() => {});
    await connection.heard();
    await begun;
    act(connection);
    await result;
    expect(isReturned()).toBe(true);
    expect(connection.drain()).toEqual([]);
  });

  test('of a send stop when the connection is lost, though the source is idle', async () => {
    const { hub, connection } = await started();
    const { iterable, begun, isReturned } = idle();
    await hub.send('Collect', iterable);
    await begun;
    connection.end();
    expect(isReturned()).toBe(true);
  });

  test('do not begin when the hub has answered already', async () => {
    const { hub, connection } = await started();
    const { stream } = source();
    const result = hub.invoke('First', stream);
    connection.say({ type: 3, invocationId: '1', result: 0 });
    await result;
    await expect.poll(() => stream.locked).toBe(false);
    expect(connection.drain()).toHaveLength(1);
  });

  test('stop when the connection is lost', async () => {
    const { hub, connection } = await started();
    const { stream, give, isCanceled } = source();
    await hub.send('Collect', stream);
    connection.end();
    give(1);
    await expect.poll(isCanceled).toBe(true);
  });
});
