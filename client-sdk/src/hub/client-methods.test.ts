import { beforeEach, describe, expect, test } from 'vitest';
import { logged, started } from '../../test/support/scripted-server.ts';

beforeEach(() => {
  logged.length = 0;
});

const ask = (args: unknown[] = []) => ({ type: 1, invocationId: 's1', target: 'Ask', arguments: args });

describe('handlers', () => {
  test('are called in turn, by names without case', async () => {
    const { hub, connection } = await started();
    const seen: unknown[] = [];
    hub.on('Said', (from, text) => seen.push(['first', from, text]));
    hub.on('sAID', (from) => seen.push(['second', from]));
    connection.say({ type: 1, target: 'SAID', arguments: ['ann', 'hi'] });
    await expect
      .poll(() => seen)
      .toEqual([
        ['first', 'ann', 'hi'],
        ['second', 'ann'],
      ]);
  });

  test('see the messages in the order they came', async () => {
    const { hub, connection } = await started();
    const seen: unknown[] = [];
    hub.on('Numbered', (index) => seen.push(index));
    connection.say(...[1, 2, 3].map((index) => ({ type: 1, target: 'Numbered', arguments: [index] })));
    expect(seen).toEqual([1, 2, 3]);
  });

  test('are added once, and removed one by one or all together', async () => {
    const { hub, connection } = await started();
    const seen: string[] = [];
    const [first, second] = [() => seen.push('first'), () => seen.push('second')];
    const call = async () => {
      connection.say({ type: 1, target: 'A', arguments: [] });
      // A handler that is the last one tells that the others had their turn.
      connection.say(ask());
      await connection.heard();
      return seen.splice(0);
    };
    hub.on('a', first);
    hub.on('a', first);
    hub.on('a', second);
    expect(await call()).toEqual(['first', 'second']);
    hub.off('A', first);
    expect(await call()).toEqual(['second']);
    hub.on('a', first);
    hub.off('A');
    expect(await call()).toEqual([]);
    hub.off('nobody', first);
    hub.off('nobody');
  });

  test('that remove themselves do not disturb the others', async () => {
    const { hub, connection } = await started();
    const seen: string[] = [];
    const once = () => {
      seen.push('once');
      hub.off('A', once);
    };
    hub.on('A', once);
    hub.on('A', () => seen.push('always'));
    connection.say({ type: 1, target: 'A', arguments: [] });
    await expect.poll(() => seen).toEqual(['once', 'always']);
  });

  test('that throw keep none of the others from being called, and are logged', async () => {
    const { hub, connection } = await started();
    const fault = new Error('mine');
    let isCalled = false;
    hub.on('A', () => {
      throw fault;
    });
    hub.on('A', () => {
      isCalled = true;
    });
    connection.say({ type: 1, target: 'A', arguments: [] });
    await expect.poll(() => isCalled).toBe(true);
    expect(logged).toEqual([['A', fault]]);
    expect(hub.state).toBe('Connected');
  });
});

describe('a hub that asks', () => {
  test('is told the result, at once or later', async () => {
    const { hub, connection } = await started();
    hub.on('Ask', async (question) => `${question}!`);
    connection.say(ask(['well']));
    expect(await connection.heard()).toEqual({ type: 3, invocationId: 's1', result: 'well!' });
  });

  test.each([null, 0, false, ''])('is told the result %j', async (result) => {
    const { hub, connection } = await started();
    hub.on('Ask', () => result);
    connection.say(ask());
    expect(await connection.heard()).toEqual({ type: 3, invocationId: 's1', result });
  });

  test('is told that nobody answers', async () => {
    const { hub, connection } = await started();
    connection.say(ask());
    const nothing = { type: 3, invocationId: 's1', error: "Client didn't provide a result." };
    expect(await connection.heard()).toEqual(nothing);
    hub.on('Ask', () => {});
    connection.say(ask());
    expect(await connection.heard()).toEqual(nothing);
  });

  test('is told when two answer', async () => {
    const { hub, connection } = await started();
    hub.on('Ask', () => 'a');
    hub.on('Ask', () => 'b');
    connection.say(ask());
    expect(await connection.heard()).toEqual({
      type: 3,
      invocationId: 's1',
      error: 'Client provided multiple results.',
    });
  });

  test('gets the one result, though other handlers have none', async () => {
    const { hub, connection } = await started();
    hub.on('Ask', () => 'a');
    hub.on('Ask', () => {});
    connection.say(ask());
    expect(await connection.heard()).toEqual({ type: 3, invocationId: 's1', result: 'a' });
  });

  test('gets the result that comes after a failure, and the failure that comes after a result', async () => {
    const { hub, connection } = await started();
    const fail = () => {
      throw new Error('boom');
    };
    const give = () => 'a';
    hub.on('Ask', fail);
    hub.on('Ask', give);
    connection.say(ask());
    expect(await connection.heard()).toEqual({ type: 3, invocationId: 's1', result: 'a' });
    hub.off('Ask', fail);
    hub.on('Ask', fail);
    connection.say(ask());
    expect(await connection.heard()).toEqual({ type: 3, invocationId: 's1', error: 'Error: boom' });
  });

  test('is told what a handler throws', async () => {
    const { hub, connection } = await started();
    hub.on('Ask', () => {
      throw new Error('boom');
    });
    connection.say(ask());
    expect(await connection.heard()).toEqual({ type: 3, invocationId: 's1', error: 'Error: boom' });
  });

  test('is told that the result cannot be encoded', async () => {
    const { hub, connection } = await started();
    const circle: unknown[] = [];
    circle.push(circle);
    hub.on('Ask', () => circle);
    connection.say(ask());
    expect(await connection.heard()).toEqual({ type: 3, invocationId: 's1', error: expect.any(String) });
    expect(hub.state).toBe('Connected');
  });

  test('is not told when it is gone meanwhile', async () => {
    const { hub, connection } = await started();
    let answer = (_: string) => {};
    hub.on(
      'Ask',
      () =>
        new Promise<string>((resolve) => {
          answer = resolve;
        }),
    );
    connection.say(ask());
    await hub.stop();
    connection.drain();
    answer('late');
    await Promise.resolve();
    expect(connection.drain()).toEqual([]);
  });

  test('gets no answer when it did not ask', async () => {
    const { hub, connection } = await started();
    hub.on('Tell', () => 'unasked');
    connection.say(
      { type: 1, target: 'Tell', arguments: [] },
      { type: 1, invocationId: '', target: 'Tell', arguments: [] },
    );
    connection.say(ask());
    expect(await connection.heard()).toMatchObject({ invocationId: 's1' });
  });
});
