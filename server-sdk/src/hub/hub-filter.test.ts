// What Kestrel does with the same filters was observed in the same words.
import { expect, test } from 'vitest';
import { filteredHub, type Trace, tracingFilter } from '../../test/support/filtered-hub.ts';
import { decodePayload, HubHarness, settled } from '../../test/support/hub-harness.ts';
import { HubException } from '../errors.ts';
import { Hub } from './hub.ts';
import type { HubFilter } from './hub-filter.ts';

/** A hub with two filters of all hubs and one of its own; `acting` is the second. */
function start(acting: HubFilter = {}, detailed = false) {
  const trace: Trace = [];
  const filters = [tracingFilter('g1', trace), { ...tracingFilter('g2', trace), ...acting }];
  const entry = { hub: filteredHub(trace), filters: [tracingFilter('h1', trace)] };
  const harness = new HubHarness(entry, { filters, enableDetailedErrors: detailed });
  return { harness, trace };
}

/** A client that is connected, with a clean trace. */
async function connected(acting: HubFilter = {}) {
  const { harness, trace } = start(acting);
  const client = harness.connect();
  await settled();
  trace.length = 0;
  return { harness, client, trace };
}

async function answerTo(acting: HubFilter, target = 'other', args: readonly unknown[] = ['x'], type: 1 | 4 = 1) {
  const { client, trace } = await connected(acting);
  client.say({ type, invocationId: '1', target, arguments: args });
  await settled();
  return { answer: client.heard(), trace };
}

const failed = (target: string, more = '') => [
  { type: 3, invocationId: '1', error: `An unexpected error occurred invoking '${target}' on the server.${more}` },
];

test('filters of all hubs come first, then those of the hub, in their order', async () => {
  const { harness, trace } = start();
  const client = harness.connect();
  await settled();
  expect(trace.splice(0)).toEqual([
    'g1>connected',
    'g2>connected',
    'h1>connected',
    'hub connected',
    'h1<connected',
    'g2<connected',
    'g1<connected',
  ]);
  client.invoke('other', ['x']);
  await settled();
  expect(client.heard()).toEqual([{ type: 3, invocationId: '1', result: 'x' }]);
  expect(trace.splice(0)).toEqual(['g1>echo(x)', 'g2>echo(x)', 'h1>echo(x)', 'hub echo', 'h1<x', 'g2<x', 'g1<x']);
  client.leave();
  await settled();
  expect(trace).toEqual([
    'g1>disconnected undefined',
    'g2>disconnected undefined',
    'h1>disconnected undefined',
    'hub disconnected undefined',
    'h1<disconnected',
    'g2<disconnected',
    'g1<disconnected',
  ]);
});

test('a filter answers itself: what is inside does not run', async () => {
  const { answer, trace } = await answerTo({ invokeMethod: () => 'skipped' });
  expect(answer).toEqual([{ type: 3, invocationId: '1', result: 'skipped' }]);
  expect(trace).toEqual(['g1>echo(x)', 'g1<skipped']);
});

test('a filter changes arguments and results', async () => {
  const { answer, trace } = await answerTo({
    invokeMethod: async (invocation, next) => `${await next({ ...invocation, arguments: ['changed'] })}!`,
  });
  expect(answer).toEqual([{ type: 3, invocationId: '1', result: 'changed!' }]);
  expect(trace).toEqual(['g1>echo(x)', 'h1>echo(changed)', 'hub echo', 'h1<changed', 'g1<changed!']);
});

test('a filter may try again', async () => {
  const { answer, trace } = await answerTo(
    {
      invokeMethod: (invocation, next) => next(invocation).catch(() => next({ ...invocation, arguments: ['x', true] })),
    },
    'failing',
    ['x', false],
  );
  expect(answer).toEqual([{ type: 3, invocationId: '1', result: 'x' }]);
  expect(trace.filter((line) => line.startsWith('hub'))).toEqual(['hub failing', 'hub failing']);
});

test.each([
  [
    'at once',
    () => {
      throw new Error('f');
    },
  ],
  ['later', () => Promise.reject(new Error('f'))],
])('a filter fails %s: the client reads no text of it', async (_when, invokeMethod) => {
  const { answer, trace } = await answerTo({ invokeMethod });
  expect(answer).toEqual(failed('other'));
  expect(trace).toEqual(['g1>echo(x)', 'g1!Error']);
});

test('a filter refuses with a HubException', async () => {
  const { answer } = await answerTo({ invokeMethod: () => Promise.reject(new HubException('f')) });
  expect(answer).toEqual(failed('other', ' HubException: f'));
});

test('a filter sees what the method throws, and may say it in other words', async () => {
  const invokeMethod: HubFilter['invokeMethod'] = (invocation, next) =>
    next(invocation).catch((error: Error) => Promise.reject(new HubException(`translated ${error.message}`)));
  const { answer, trace } = await answerTo({ invokeMethod }, 'failing', ['x', false]);
  expect(answer).toEqual(failed('failing', ' HubException: translated m'));
  expect(trace).toEqual(['g1>failing(x,false)', 'h1>failing(x,false)', 'hub failing', 'h1!Error', 'g1!HubException']);
});

test('calls that are refused reach no filter', async () => {
  const { client, trace } = await connected();
  client.invoke('other', []);
  client.invoke('guarded', []);
  client.invoke('nope', []);
  client.invoke('count', ['x']);
  await settled();
  expect(client.heard()).toHaveLength(4);
  expect(trace).toEqual([]);
});

test('a filter wraps a stream', async () => {
  const { answer, trace } = await answerTo(
    {
      invokeMethod: async (invocation, next) => {
        const items = (await next(invocation)) as AsyncIterable<number>;
        return (async function* () {
          for await (const item of items) yield item * 10;
        })();
      },
    },
    'count',
    ['x'],
    4,
  );
  expect(answer).toEqual([
    { type: 2, invocationId: '1', item: 10 },
    { type: 2, invocationId: '1', item: 20 },
    { type: 3, invocationId: '1' },
  ]);
  expect(trace).toEqual(['g1>count(x)', 'h1>count(x)', 'h1<stream', 'g1<stream']);
});

test.each([
  ['refuses', () => Promise.reject(new HubException('f')), failed('count', ' HubException: f')[0]?.error],
  [
    'gives no stream for one',
    () => 'text',
    "The value returned by the streaming method 'count' is not a ChannelReader<> or IAsyncEnumerable<>.",
  ],
])('a filter of a stream %s', async (_what, invokeMethod, error) => {
  const { answer } = await answerTo({ invokeMethod }, 'count', ['x'], 4);
  expect(answer).toEqual([{ type: 3, invocationId: '1', error }]);
});

test('a filter keeps the order of plain invocations', async () => {
  const { client, trace } = await connected();
  client.invoke('other', ['a'], '1');
  client.invoke('other', ['b'], '2');
  await settled();
  expect(trace.filter((line) => line.startsWith('g1'))).toEqual(['g1>echo(a)', 'g1<a', 'g1>echo(b)', 'g1<b']);
});

test('a filter that does not go on keeps onConnected of the hub from running', async () => {
  const { harness, trace } = start({ onConnected: () => undefined });
  const client = harness.connect();
  await settled();
  expect(trace.splice(0)).toEqual(['g1>connected', 'g1<connected']);
  client.invoke('other', ['x']);
  await settled();
  expect(client.heard()).toEqual([{ type: 3, invocationId: '1', result: 'x' }]);
});

test.each([
  ['before', () => Promise.reject(new HubException('c')), []],
  [
    'after',
    async (...[lifetime, next]: Parameters<NonNullable<HubFilter['onConnected']>>) => {
      await next(lifetime);
      throw new HubException('c');
    },
    ['h1>connected', 'hub connected', 'h1<connected'],
  ],
])('a filter that throws %s onConnected ends the client for good', async (_when, onConnected, inner) => {
  const { harness, trace } = start({ onConnected });
  const client = harness.connect();
  await settled();
  const error = 'Connection closed with an error. HubException: c';
  expect(client.heard()).toEqual([{ type: 7, error }]);
  expect(trace).toEqual(['g1>connected', ...inner]);
});

test('what a filter of onDisconnected throws is logged, and the client is gone', async () => {
  const { harness, client, trace } = await connected({ onDisconnected: () => Promise.reject(new Error('d')) });
  client.leave();
  await settled();
  expect(trace).toEqual(['g1>disconnected undefined']);
  expect(harness.log.lines.filter((line) => line.includes('onDisconnected of a hub failed.'))).toHaveLength(1);
  expect(harness.core.clients.count).toBe(0);
});

test('a filter knows the client and reaches others', async () => {
  const { harness, client } = await connected({
    invokeMethod: async ({ context, hub }) => {
      await hub.clients.all.send('seen', context.connectionId);
      context.items.set('calls', Number(context.items.get('calls') ?? 0) + 1);
      return context.items.get('calls');
    },
  });
  client.invoke('other', ['x'], '1');
  client.invoke('other', ['x'], '2');
  await settled();
  const [payloads] = harness.outlet.take(10).map((message) => decodePayload(message.payloads, 'json'));
  expect(payloads).toEqual({ type: 1, target: 'seen', arguments: ['client1'] });
  expect(client.heard()).toEqual([
    { type: 3, invocationId: '1', result: 1 },
    { type: 3, invocationId: '2', result: 2 },
  ]);
});

test('what has no filter around it is answered in the same turn', () => {
  const leaving: HubFilter = { onDisconnected: (lifetime, error, next) => next(lifetime, error) };
  const harness = new HubHarness({ hub: filteredHub([]), filters: [leaving] });
  const client = harness.connect();
  client.invoke('other', ['x']);
  expect(client.heard()).toEqual([{ type: 3, invocationId: '1', result: 'x' }]);
});

test('a filter gets streams from the client among the arguments', async () => {
  const { client, trace } = await connected();
  client.say({ type: 1, invocationId: '1', target: 'sum', arguments: [5], streamIds: ['s'] });
  client.say({ type: 2, invocationId: 's', item: 1 }, { type: 3, invocationId: 's' });
  await settled();
  expect(client.heard()).toEqual([{ type: 3, invocationId: '1', result: 6 }]);
  expect(trace[0]).toBe('g1>sum(stream,5)');
});

test('filters of classes keep their own state', async () => {
  class Counting implements HubFilter {
    #calls = 0;
    get calls(): number {
      return this.#calls;
    }
    invokeMethod(...[invocation, next]: Parameters<NonNullable<HubFilter['invokeMethod']>>): Promise<unknown> {
      this.#calls += 1;
      return next(invocation);
    }
  }
  class Plain extends Hub {
    one(): number {
      return 1;
    }
  }
  const counting = new Counting();
  const harness = new HubHarness({ hub: Plain, filters: [counting] });
  const client = harness.connect();
  client.invoke('one');
  client.invoke('one');
  await settled();
  expect(counting.calls).toBe(2);
});
