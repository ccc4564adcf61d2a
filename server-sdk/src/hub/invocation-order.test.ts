import { describe, expect, test } from 'vitest';
import { Gate } from '../../test/support/gate.ts';
import { FakeOutlet, HubHarness, settled } from '../../test/support/hub-harness.ts';
import { Hub } from './hub.ts';
import { defineMethods } from './method-options.ts';

let gate = new Gate();
let log: string[] = [];

class OrderHub extends Hub {
  static readonly methods = defineMethods<OrderHub>({ upload: { streams: [0] } });

  async slow(name: string): Promise<string> {
    log.push(`${name} starts`);
    await gate.opened;
    log.push(`${name} ends`);
    return name;
  }

  async cancellable(): Promise<string> {
    const { signal } = this;
    await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
    return 'cancelled';
  }

  echo(value: unknown): unknown {
    log.push(`echo ${String(value)}`);
    return value;
  }

  isCancelled(): boolean {
    return this.signal.aborted;
  }

  async *stream(to: number): AsyncGenerator<number> {
    for (let index = 0; index < to; index++) yield index;
  }

  async *forever(): AsyncGenerator<number> {
    try {
      const { signal } = this;
      yield 0;
      await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
      yield 1;
    } finally {
      log.push('stream cleaned up');
    }
  }

  /** Waits for something that nobody can interrupt. */
  async *deaf(): AsyncGenerator<number> {
    try {
      yield 0;
      await gate.opened;
      yield 1;
    } finally {
      log.push('stream cleaned up');
    }
  }

  webStream(): ReadableStream<number> {
    return new ReadableStream({
      start: (controller) => controller.enqueue(0),
      cancel: () => {
        log.push('web stream cancelled');
      },
    });
  }

  async upload(items: AsyncIterable<number>): Promise<number> {
    let count = 0;
    for await (const _item of items) {
      count += 1;
      await gate.opened;
    }
    return count;
  }

  async firstOf(items: AsyncIterable<number>): Promise<number> {
    for await (const item of items) return item;
    return -1;
  }

  async askSelf(): Promise<unknown> {
    return this.clients.caller.invoke('ask');
  }
}

function start(options = {}) {
  gate = new Gate();
  log = [];
  const harness = new HubHarness(OrderHub, options);
  return { harness, client: harness.connect() };
}

describe('plain invocations', () => {
  test('run one at a time, in order', async () => {
    const { client } = start();
    client.invoke('slow', ['a'], '1');
    client.invoke('slow', ['b'], '2');
    client.invoke('echo', ['c'], '3');
    await settled();
    expect(log).toEqual(['a starts']);
    gate.open();
    await settled();
    expect(log).toEqual(['a starts', 'a ends', 'b starts', 'b ends', 'echo c']);
    expect(client.heard()).toEqual([
      { type: 3, invocationId: '1', result: 'a' },
      { type: 3, invocationId: '2', result: 'b' },
      { type: 3, invocationId: '3', result: 'c' },
    ]);
  });

  test('of different clients do not wait for each other', async () => {
    const { harness, client } = start();
    client.invoke('slow', ['a']);
    const other = harness.connect();
    other.invoke('echo', ['b']);
    expect(other.heard()).toEqual([{ type: 3, invocationId: '1', result: 'b' }]);
  });

  test('run as many at a time as is allowed', async () => {
    const { client } = start({ maximumParallelInvocationsPerClient: 2 });
    client.invoke('slow', ['a'], '1');
    client.invoke('slow', ['b'], '2');
    client.invoke('slow', ['c'], '3');
    expect(log).toEqual(['a starts', 'b starts']);
    gate.open();
    await settled();
    expect(log.at(-1)).toBe('c ends');
  });

  test('that run together answer as they end, while streams pass those that wait', async () => {
    const { client } = start({ maximumParallelInvocationsPerClient: 2 });
    client.invoke('slow', ['a'], '1');
    client.invoke('echo', ['b'], '2');
    client.invoke('slow', ['c'], '3');
    client.invoke('echo', ['d'], '4');
    client.say({ type: 4, invocationId: '5', target: 'stream', arguments: [1] });
    await settled();
    expect(client.heard().map((message) => 'invocationId' in message && message.invocationId)).toEqual(['2', '5', '5']);
    expect(log).toEqual(['a starts', 'echo b', 'c starts']);
    gate.open();
    await settled();
    expect(log.at(-1)).toBe('echo d');
  });

  test('an id may be used again: each gets its own answer', async () => {
    const { client } = start();
    client.invoke('echo', ['a'], '1');
    client.invoke('echo', ['b'], '1');
    expect(client.heard()).toEqual([
      { type: 3, invocationId: '1', result: 'a' },
      { type: 3, invocationId: '1', result: 'b' },
    ]);
  });

  test('a thousand that return at once need no stack', async () => {
    const { client } = start();
    client.invoke('slow', ['a'], '0');
    for (let index = 1; index <= 1000; index++) client.invoke('echo', [index], `${index}`);
    gate.open();
    await settled();
    const heard = client.heard();
    expect(heard).toHaveLength(1001);
    expect(heard.at(-1)).toEqual({ type: 3, invocationId: '1000', result: 1000 });
  });
});

describe('while a plain invocation runs', () => {
  test('streams start, and end', async () => {
    const { client } = start();
    client.invoke('slow', ['a'], '1');
    client.say({ type: 4, invocationId: '2', target: 'stream', arguments: [2] });
    client.invoke('echo', ['b'], '3');
    await settled();
    expect(client.heard().map((message) => message.type)).toEqual([2, 2, 3]);
    gate.open();
    await settled();
    expect(client.heard()).toEqual([
      { type: 3, invocationId: '1', result: 'a' },
      { type: 3, invocationId: '3', result: 'b' },
    ]);
  });

  test('uploads are read', async () => {
    const { client } = start();
    client.invoke('slow', ['a'], '1');
    client.say({ type: 1, invocationId: '2', target: 'firstOf', arguments: [], streamIds: ['s'] });
    client.say({ type: 2, invocationId: 's', item: 7 });
    await settled();
    expect(client.heard()).toEqual([{ type: 3, invocationId: '2', result: 7 }]);
  });

  test('a client that is asked can answer, and others of its calls run meanwhile', async () => {
    const { harness, client } = start();
    client.invoke('askSelf', [], '1');
    client.invoke('echo', ['b'], '2');
    await settled();
    expect(client.heard()).toEqual([{ type: 3, invocationId: '2', result: 'b' }]);
    const [asked] = harness.outlet.take(34);
    client.say({ type: 3, invocationId: asked?.invocationId ?? '', result: 'yes' });
    await settled();
    expect(client.heard()).toEqual([{ type: 3, invocationId: '1', result: 'yes' }]);
  });
});

describe('CancelInvocation', () => {
  test('aborts the signal of a plain invocation, which is answered still', async () => {
    const { client } = start();
    client.invoke('cancellable', [], '1');
    await settled();
    client.say({ type: 5, invocationId: '1' });
    await settled();
    expect(client.heard()).toEqual([{ type: 3, invocationId: '1', result: 'cancelled' }]);
  });

  test('is remembered for an invocation that waits', async () => {
    const { client } = start();
    client.invoke('slow', ['a'], '1');
    client.invoke('isCancelled', [], '2');
    client.say({ type: 5, invocationId: '2' });
    gate.open();
    await settled();
    expect(client.heard().at(-1)).toEqual({ type: 3, invocationId: '2', result: true });
  });

  test.each(['forever', 'deaf', 'webStream'])(
    'ends the stream of %s with a plain completion, at once',
    async (target) => {
      const { harness, client } = start();
      client.say({ type: 4, invocationId: '1', target, arguments: [] });
      await settled();
      client.say({ type: 5, invocationId: '1' });
      expect(client.heard()).toEqual([
        { type: 2, invocationId: '1', item: 0 },
        { type: 3, invocationId: '1' },
      ]);
      gate.open();
      await settled();
      expect(log).toEqual([target === 'webStream' ? 'web stream cancelled' : 'stream cleaned up']);
      expect(client.heard()).toEqual([]);
      expect(harness.log.lines).toEqual([]);
    },
  );
});

test('an id that streams already is refused, and the first stream goes on', async () => {
  const { client } = start();
  client.say({ type: 4, invocationId: '7', target: 'forever', arguments: [] });
  await settled();
  client.say({ type: 4, invocationId: '7', target: 'stream', arguments: [1] });
  client.say({ type: 5, invocationId: '7' });
  expect(client.heard()).toEqual([
    { type: 2, invocationId: '7', item: 0 },
    { type: 3, invocationId: '7', error: "Invocation ID '7' is already in use." },
    { type: 3, invocationId: '7' },
  ]);
});

describe('back-pressure', () => {
  test('a client whose upload is full is not read until the hub reads', async () => {
    const { client } = start({ streamBufferCapacity: 2 });
    client.say({ type: 1, invocationId: '1', target: 'upload', arguments: [], streamIds: ['s'] });
    await settled();
    for (let item = 0; item < 5; item++) client.say({ type: 2, invocationId: 's', item });
    client.say({ type: 3, invocationId: 's' });
    client.invoke('echo', ['behind'], '2');
    await settled();
    expect(log).toEqual([]);
    gate.open();
    await settled();
    expect(client.heard()).toEqual(
      expect.arrayContaining([
        { type: 3, invocationId: '1', result: 5 },
        { type: 3, invocationId: '2', result: 'behind' },
      ]),
    );
  });

  test('an upload that the hub stops reading blocks nobody', async () => {
    const { client } = start({ streamBufferCapacity: 1 });
    client.say({ type: 1, invocationId: '1', target: 'firstOf', arguments: [], streamIds: ['s'] });
    for (let item = 0; item < 9; item++) client.say({ type: 2, invocationId: 's', item });
    await settled();
    client.invoke('echo', ['on'], '2');
    expect(client.heard()).toEqual([
      { type: 3, invocationId: '1', result: 0 },
      { type: 3, invocationId: '2', result: 'on' },
    ]);
  });

  test('a client with many waiting invocations is read on when they are done', async () => {
    const { client } = start({ maximumWaitingInvocations: 3 });
    client.invoke('slow', ['a'], '0');
    for (let index = 1; index <= 10; index++) client.invoke('echo', [index], `${index}`);
    await settled();
    gate.open();
    await settled();
    expect(client.heard().map((message) => 'invocationId' in message && message.invocationId)).toEqual(
      Array.from({ length: 11 }, (_, index) => `${index}`),
    );
  });

  test('a client that overruns the bound is disconnected', async () => {
    const { harness, client } = start({ maximumWaitingInvocations: 1, maximumWaitingBytes: 1000 });
    client.invoke('slow', ['a'], '0');
    for (let index = 1; index <= 30; index++) client.invoke('echo', ['x'.repeat(50)], `${index}`);
    expect(client.heard()).toEqual([{ type: 7, error: 'Connection closed with an error.', allowReconnect: true }]);
    expect(client.closings()).toHaveLength(1);
    expect(harness.log.lines[0]).toBe(
      'warn: A client sends faster than its hub reads and is disconnected: see maximumWaitingBytes.',
    );
  });

  test('a stream of results waits while its client is paused, and goes on where it is resumed', async () => {
    const { harness, client } = start();
    const link = harness.core.clients.find(client.connectionId)?.link;
    link?.pause();
    client.say({ type: 4, invocationId: '1', target: 'stream', arguments: [3] });
    await settled();
    expect(client.heard()).toEqual([]);
    const next = new FakeOutlet();
    link?.resume(next);
    await settled();
    expect(next.data.get(client.connectionId)).toHaveLength(4);
    expect(client.heard()).toEqual([]);
  });

  test('a stream of results waits for room', async () => {
    const { harness, client } = start();
    const room = new Gate();
    harness.outlet.congestion = room.opened;
    client.say({ type: 4, invocationId: '1', target: 'stream', arguments: [3] });
    await settled();
    expect(client.heard()).toEqual([{ type: 2, invocationId: '1', item: 0 }]);
    harness.outlet.congestion = undefined;
    room.open();
    await settled();
    expect(client.heard()).toHaveLength(3);
  });
});
